import { defineConfig } from "vitest/config";

const addonTests = ["test/unit/engine/native/**/*.test.ts", "test/property/*OnAddon.test.ts"];

export default defineConfig({
	test: {
		projects: [
			{
				test: {
					name: "core",
					include: ["test/{unit,property,contract}/**/*.test.ts"],
					exclude: addonTests,
					// Ends what hangs. No test is about time, and a busy machine is no failure.
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				// Runs Mote's addon: needs a compiler, and `npm run build` first.
				test: {
					name: "addon",
					include: addonTests,
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				// Looks at what ships: needs `npm run package` first.
				test: { name: "package", include: ["test/package/**/*.test.ts"] },
			},
			{
				// Loads the built chat view into Chromium: needs `npm run build` first.
				test: {
					name: "webview",
					include: ["test/webview/**/*.test.ts"],
					testTimeout: 120_000,
					hookTimeout: 60_000,
				},
			},
			{
				// Drives a real VS Code in Chromium: needs the package, and the editor of test/workbench.
				test: {
					name: "workbench",
					include: ["test/workbench/*.test.ts"],
					testTimeout: 60_000,
					hookTimeout: 180_000,
				},
			},
		],
	},
});
