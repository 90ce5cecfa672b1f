/**
 * Runs every check and every test, after installing what is missing:
 *
 *     npm test
 *
 * Stops at the first step that fails. The last line says how many tests passed and failed.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import {
	developmentNode,
	installChromium,
	installClangFormat,
	installNativeTools,
	installPackages,
	installWorkbench,
	repositoryRoot,
} from "./install.mjs";
import { makeArguments, missingForNative } from "./native.mjs";
import { packageExtension } from "./package.mjs";
import { runStep, StepError } from "./steps.mjs";

const reportFolder = path.join(repositoryRoot, "out/reports");

/** Programs by their entry points: the shims in .bin would run under the machine's own Node. */
const tools = {
	prettier: "node_modules/prettier/bin/prettier.cjs",
	eslint: "node_modules/eslint/bin/eslint.js",
	dependencyCruiser: "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
	tsc: "node_modules/typescript/bin/tsc",
	vitest: "node_modules/vitest/vitest.mjs",
};

const counts = { passed: 0, failed: 0 };

async function main() {
	// For native/Makefile, so that the package's build needn't be repeated with warnings as errors.
	process.env["STRICT"] = "1";
	rmSync(reportFolder, { recursive: true, force: true });
	mkdirSync(reportFolder, { recursive: true });
	await installPackages();
	await check("format", tools.prettier, "--check", "--log-level=warn", ".");
	await check("types", tools.tsc, "--noEmit");
	await check("types of the views", tools.tsc, "--noEmit", "-p", "src/webview");
	await check("lint", tools.eslint, ".");
	await check("layers", tools.dependencyCruiser, ...["--config", ".dependency-cruiser.mjs", "src"]);
	await packageExtension();
	await testNative();
	await testWithVitest("core");
	await testWithVitest("package");
	await installChromium();
	await testWithVitest("webview");
	await installWorkbench();
	await testInExtensionHost();
	await testWithVitest("workbench");
}

/**
 * @param {string} name
 * @param {...string} command
 */
async function check(name, ...command) {
	await runStep(name, developmentNode(), command, { cwd: repositoryRoot, env: environment() });
}

/** @param {"core" | "addon" | "package" | "webview" | "workbench"} project as in vitest.config.ts */
async function testWithVitest(project) {
	const report = path.join(reportFolder, `${project}.json`);
	const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
	await countingTests(report, () =>
		check(`tests: ${project}`, tools.vitest, "run", "--project", project, ...reporters),
	);
}

async function testInExtensionHost() {
	const report = path.join(reportFolder, "extensionHost.json");
	await countingTests(report, () =>
		check("tests: in the extension host", "test/workbench/hostTests.ts"),
	);
}

/** The addon where it can be built; everything else is tested without it too. */
async function testNative() {
	const missing = missingForNative();
	if (missing !== undefined) {
		console.log(`\nThe tests of native/ are left out, because ${missing}.`);
		return;
	}
	// Again, and this time a compiler that fails or warns is a failure.
	await runStep("native: build", "make", makeArguments("addon", "STRICT=1"));
	if (await installClangFormat()) {
		await runStep("native: format", "make", makeArguments("format-check"));
	} else {
		console.log(
			"\nThe format of native/ isn't checked, because clang-format-14 can't be had here.",
		);
	}
	await testWithVitest("addon");
	const can = await installNativeTools();
	if (can.tests) {
		await testWithDoctest("native: tests (sanitizers)", "test");
	} else {
		console.log(
			"\nThe tests of native/ are left out, because doctest-dev can't be installed here.",
		);
	}
	if (can.armTests) {
		await testWithDoctest("native: tests (NEON under qemu)", "test-arm");
	} else {
		console.log(
			"\nThe tests of native/ for AArch64 are left out, because qemu-user and g++-aarch64-linux-gnu can't be installed here.",
		);
	}
}

/**
 * @param {string} name
 * @param {string} target of native/Makefile
 */
async function testWithDoctest(name, target) {
	await runStep(name, "make", makeArguments(target), {
		onLine: (line) => {
			const summary = /test cases: +\d+ \| +(\d+) passed \| +(\d+) failed/.exec(line);
			if (summary !== null) {
				counts.passed += Number(summary[1]);
				counts.failed += Number(summary[2]);
			}
		},
	});
}

/**
 * Adds up what `report` says, whether `run` succeeds or not.
 *
 * @param {string} report
 * @param {() => Promise<void>} run
 */
async function countingTests(report, run) {
	try {
		await run();
	} finally {
		if (existsSync(report)) {
			const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
			counts.passed += numPassedTests;
			counts.failed += numFailedTests;
		}
	}
}

function environment() {
	const node = path.dirname(developmentNode());
	return { ...process.env, PATH: `${node}${path.delimiter}${process.env["PATH"] ?? ""}` };
}

const start = performance.now();
try {
	await main();
} catch (error) {
	// A step without tests of its own, such as lint, counts as one that failed.
	counts.failed = Math.max(counts.failed, 1);
	process.exitCode = 1;
	console.error(error instanceof StepError ? `\n${error.message}` : error);
}
console.log(`\nAll steps: ${((performance.now() - start) / 60_000).toFixed(1)} min`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
