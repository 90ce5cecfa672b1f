import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import * as z from "zod";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const module = pathToFileURL(path.resolve(import.meta.dirname, "../../../scripts/steps.mjs")).href;

/** What a script prints that knows the functions of the module. */
async function printed(script: string): Promise<string> {
	const child = spawn(process.execPath, [
		...["--input-type=module", "--eval"],
		`import { runLanes, runStep, runSteps } from ${JSON.stringify(module)}; ${script}`,
	]);
	let output = "";
	child.stdout.on("data", (data) => (output += String(data)));
	await new Promise((resolve) => child.once("close", resolve));
	return output;
}

test("every step is run, and each that failed is named", async () => {
	const output = await printed(`
		const node = process.execPath;
		const failures = await runSteps([
			() => runStep("one", node, ["--eval", "console.log('first')"]),
			() => runStep("two", node, ["--eval", "process.exit(3)"]),
			() => { throw new Error("three is broken"); },
			() => runStep("four", "/nowhere/at/all", []),
			() => runStep("five", node, ["--eval", "console.log('last')"]),
		]);
		console.log(failures.map((failure) => "- " + failure.sentence).join("\\n"));
	`);
	expect(output).toContain("first");
	expect(output).toContain("last");
	expect(output.split("\n").filter((line) => line.startsWith("- "))).toEqual([
		expect.stringMatching(/^- "two" failed after .* \(exit code 3\)/),
		"- Error: three is broken",
		expect.stringMatching(/^- "four" did not start/),
	]);
});

test("nothing is named where nothing failed", async () => {
	expect(await printed("console.log(JSON.stringify(await runSteps([() => undefined])));")).toBe(
		"[]\n",
	);
});

test("lanes run side by side, each step's output stays in one piece, and what failed in any is named", async () => {
	using folder = new TemporaryFolder();
	const output = await printed(`
		const node = process.execPath;
		// The first step waits for the file that the other lane's step writes, and prints before and after.
		const file = ${JSON.stringify(path.join(folder.path, "met"))};
		const waiting = "const fs = require('fs'); console.log('a1'); while (!fs.existsSync(" + JSON.stringify(file) + ")); console.log('a2')";
		const writing = "console.log('b1'); require('fs').writeFileSync(" + JSON.stringify(file) + ", ''); console.error('b2')";
		const lines = [];
		const failures = await runLanes([
			[
				() => runStep("waiting", node, ["--eval", waiting], { onLine: (line) => lines.push(line) }),
				() => runStep("failing", node, ["--eval", "process.exit(3)"]),
			],
			[() => runStep("writing", node, ["--eval", writing])],
		]);
		console.log("- " + lines.join() + " - " + failures.length + " - " + failures[0].sentence);
	`);
	expect(output).toContain("a1\na2\n");
	expect(output).toContain("b1\nb2\n");
	expect(output).toMatch(/^- a1,a2 - 1 - "failing" failed after .* \(exit code 3\)/m);
});

test("what failed can be read again at the end, whole lines and no more than fits a screen", async () => {
	const output = await printed(`
		const failing = "for (let i = 1; i <= 3000; i++) console.log('line ' + i); console.log('the cause'); process.exitCode = 3";
		const [failure] = await runLanes([[() => runStep("failing", process.execPath, ["--eval", failing])]]);
		console.log(JSON.stringify(failure.outputEnd));
	`);
	const lines = z
		.string()
		.parse(JSON.parse(output.trimEnd().split("\n").at(-1) ?? ""))
		.split("\n");
	expect(lines.at(-1)).toBe("the cause");
	expect(lines.join("\n").length).toBeGreaterThan(3_900);
	expect(lines.join("\n").length).toBeLessThanOrEqual(4_000);
	expect(lines.slice(0, -1).every((line) => /^line \d{4}$/.test(line))).toBe(true);
});
