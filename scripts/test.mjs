/**
 * Runs every check and every test, after installing what is missing:
 *
 *     npm test
 *
 * Every step is run, whatever became of the ones before. The end repeats the last that each failed step printed and names
 * them all; the last line says how many tests passed and failed, and the exit code is 0 only where nothing did.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import {
	developmentNode,
	findOnPath,
	hasArmTools,
	hasDoctest,
	installChromium,
	installClangFormat,
	installNativeTools,
	installPackages,
	installWorkbench,
	repositoryRoot,
} from "./install.mjs";
import { makeArguments, missingForNative } from "./native.mjs";
import { packageExtension } from "./package.mjs";
import { runLanes, runStep, runSteps } from "./steps.mjs";

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

const missing = missingForNative();

/** What the later ones need, one after the other: package managers don't run twice at once. */
const installations = [
	installPackages,
	installChromium,
	installWorkbench,
	...(missing === undefined ? [installClangFormat, installNativeTools] : []),
];

const lint = () => check("lint", tools.eslint, ".");

/** What they find out of an unchanged file is kept: a file's format and its types depend on nothing else. */
const format = () =>
	check(
		...["format", tools.prettier, "--check", "--log-level=warn", "."],
		...["--cache", "--cache-strategy=content", `--cache-location=${cacheFile("prettier")}`],
	);
const types = () =>
	check(
		...["types", tools.tsc, "--noEmit"],
		...["--incremental", `--tsBuildInfoFile`, cacheFile("types.tsbuildinfo")],
	);
const typesOfViews = () => check("types of the views", tools.tsc, "--noEmit", "-p", "src/webview");
const layers = () =>
	check("layers", tools.dependencyCruiser, "--config", ".dependency-cruiser.mjs", "src");

/**
 * Whatever became of one, the others are run, so that one run says all that is wrong. Lanes run side by side, since the
 * tests in an editor wait more than they compute; more than two of them would only wait for each other. What is built in the
 * first group, the second needs.
 */
const groups = [
	[[lint], [format, types, typesOfViews, layers, packageExtension, ...nativeBuildSteps()]],
	[
		[
			() => testWithVitest("core"),
			() => testWithVitest("package"),
			...nativeTestSteps(),
			() => testWithVitest("webview"),
			soak,
		],
		[testInExtensionHost, () => testWithVitest("workbench")],
	],
];

/** Counts faults and not minutes, so that a busy machine only takes longer; each kind is among them. */
async function soak() {
	if (process.platform === "linux") {
		await check(
			...["soak", "--experimental-transform-types", "bench/soak.ts"],
			...["--faults", "20", "--model", "nano"],
		);
	} else {
		leaveOut("The soak is left out", "it needs Linux");
	}
}

/** @param {string} name */
function cacheFile(name) {
	return path.join(repositoryRoot, "out/cache", name);
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
function nativeBuildSteps() {
	if (missing !== undefined) {
		return [];
	}
	return [
		// Again, and this time a compiler that fails or warns is a failure.
		() => runStep("native: build", "make", makeArguments("addon", "STRICT=1")),
		async () => {
			if (findOnPath("clang-format-14") === undefined) {
				leaveOut("The format of native/ isn't checked", "clang-format-14 can't be had here");
			} else {
				await runStep("native: format", "make", makeArguments("format-check"));
			}
		},
	];
}

function nativeTestSteps() {
	if (missing !== undefined) {
		return [() => leaveOut("The tests of native/ are left out", missing)];
	}
	return [
		() => testWithVitest("addon"),
		async () => {
			if (hasDoctest()) {
				await testWithDoctest("native: tests (sanitizers)", "test");
			} else {
				leaveOut("The tests of native/ are left out", "doctest-dev can't be installed here");
			}
		},
		async () => {
			if (hasDoctest() && hasArmTools()) {
				await testWithDoctest("native: tests (NEON under qemu)", "test-arm");
			} else {
				leaveOut(
					"The tests of native/ for AArch64 are left out",
					"qemu-user and g++-aarch64-linux-gnu can't be installed here",
				);
			}
		},
	];
}

/**
 * @param {string} what
 * @param {string} why
 */
function leaveOut(what, why) {
	console.log(`\n${what}, because ${why}.`);
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

// For native/Makefile, so that the package's build needn't be repeated with warnings as errors.
process.env["STRICT"] = "1";
rmSync(reportFolder, { recursive: true, force: true });
mkdirSync(reportFolder, { recursive: true });
const start = performance.now();
const failures = [...(await runSteps(installations))];
for (const lanes of groups) {
	failures.push(...(await runLanes(lanes)));
}
console.log(`\nAll steps: ${((performance.now() - start) / 60_000).toFixed(1)} min`);
if (failures.length > 0) {
	process.exitCode = 1;
	// Far above, among the output of other steps, nobody would find it.
	for (const { sentence, outputEnd } of failures.filter((failure) => failure.outputEnd !== "")) {
		console.log(`\n=== ${sentence} Its end once more:\n${outputEnd}`);
	}
	console.log(`\nFailed:\n${failures.map(({ sentence }) => `  ${sentence}`).join("\n")}`);
}
// A step without tests of its own, such as lint, counts as one that failed.
const failed = Math.max(counts.failed, failures.length);
console.log(`${counts.passed} passed, ${failed} failed`);
