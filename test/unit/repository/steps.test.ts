import { spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";

const module = pathToFileURL(path.resolve(import.meta.dirname, "../../../scripts/steps.mjs")).href;

/** What a script prints that knows `runStep` and `runSteps`. */
async function printed(script: string): Promise<string> {
	const child = spawn(process.execPath, [
		...["--input-type=module", "--eval"],
		`import { runStep, runSteps } from ${JSON.stringify(module)}; ${script}`,
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
