import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
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
		console.log(failures.map((failure) => "- " + failure).join("\\n"));
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
		console.log("- " + lines.join() + " - " + failures.length + " - " + failures[0]);
	`);
	expect(output).toContain("a1\na2\n");
	expect(output).toContain("b1\nb2\n");
	expect(output).toMatch(/^- a1,a2 - 1 - "failing" failed after .* \(exit code 3\)/m);
});
