import { defineConfig } from "vitest/config";
import { hangMs } from "./test/support/hangGuard.ts";

const limits = {
	testTimeout: hangMs,
	hookTimeout: hangMs,
	teardownTimeout: hangMs,
	expect: { poll: { interval: 20, timeout: hangMs } },
};

const addonTests = ["test/unit/engine/native/**/*.test.ts", "test/property/*OnAddon.test.ts"];

export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: "core",
					include: ["test/{unit,property,contract}/**/*.test.ts"],
					exclude: addonTests,
					...limits,
				},
			},
			{
				// Runs Mote's addon: needs a compiler, and `npm run build` first.
				test: {
					name: "addon",
					include: addonTests,
					...limits,
				},
			},
			{
				// Looks at what ships: needs `npm run package` first.
				test: { name: "package", include: ["test/package/**/*.test.ts"], ...limits },
			},
			{
				// Loads the built chat view into Chromium: needs `npm run build` first.
				test: {
					name: "webview",
					include: ["test/webview/**/*.test.ts"],
					...limits,
				},
			},
			{
				// Drives a real VS Code in Chromium: needs the package, and the editor of test/workbench.
				test: {
					name: "workbench",
					include: ["test/workbench/*.test.ts"],
					...limits,
				},
			},
		],
	},
});
