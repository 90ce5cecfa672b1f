import { defineConfig } from "vitest/config";
import { hangMs, testHangMs } from "./test/support/hangGuard.ts";

const shared = {
	// Also of tests that load the runtime themselves. Whether the engine keeps it silent is tested without.
	env: { ORT_DISABLE_TELEMETRY: "1" },
	testTimeout: testHangMs,
	hookTimeout: testHangMs,
	teardownTimeout: testHangMs,
	expect: { poll: { interval: 20, timeout: hangMs } },
};

const laws = { setupFiles: ["test/support/lawSeed.ts"] };

const addonTests = ["test/unit/engine/native/**/*.test.ts", "test/property/*OnAddon.test.ts"];

export default defineConfig({
	test: {
		// One core less is vitest's own choice, which leaves half of a small machine idle.
		maxWorkers: "100%",
		projects: [
			{
				test: {
					name: "core",
					include: ["test/{unit,property,contract}/**/*.test.ts"],
					exclude: addonTests,
					...shared,
					...laws,
				},
			},
			{
				// Runs Mote's addon: needs a compiler, and `npm run build` first.
				test: {
					name: "addon",
					include: addonTests,
					...shared,
					...laws,
				},
			},
			{
				// Looks at what ships: needs `npm run package` first.
				test: { name: "package", include: ["test/package/**/*.test.ts"], ...shared },
			},
			{
				// Loads the built chat view into Chromium: needs `npm run build` first.
				test: {
					name: "webview",
					include: ["test/webview/**/*.test.ts"],
					...shared,
					...laws,
				},
			},
			{
				// Drives a real VS Code in Chromium: needs the package, and the editor of test/workbench.
				test: {
					name: "workbench",
					include: ["test/workbench/*.test.ts"],
					...shared,
				},
			},
		],
	},
});
