import { expect, test } from "vitest";
import { CompletionBench } from "../support/completionBench.ts";
import { StepCounter } from "../support/countSteps.ts";
import { silentSyntax } from "../support/silentSyntax.ts";

/** Signs that some part of the pipeline looks for, and what makes one of its searches begin again and again. */
const patterns: readonly string[] = [
	"a",
	"$",
	"_",
	"0",
	" ",
	"\t",
	"(",
	")",
	"[",
	"]",
	"{",
	"}",
	"<",
	">",
	'"',
	"'",
	"`",
	"\\",
	"/",
	";",
	":",
	",",
	".",
	"#",
	"-",
	"*",
	"=",
	"|",
	"é",
	"中",
	"🙂",
	"a ",
	"a(",
	"'a",
	"'a ",
	'"a',
	'\\"',
	"\\'",
	"${",
	"`${",
	"#{",
	'"""',
	"```",
	"//",
	"/*",
	"/a",
	"</a>",
	"a<",
	"=> ",
	"', '..",
	"0, ",
	"end ",
	"done;",
	"\u001b[",
	"const a = ",
	"foo(bar, ",
];

/** Where a line's parts stand: before the cursor, after it, and in the answer. */
const shapes: readonly {
	readonly where: string;
	readonly fixture: (line: string) => string;
	readonly answer: (line: string) => string;
}[] = [
	{ where: "before the cursor", fixture: (line) => `${line}║`, answer: () => "a\n" },
	{
		where: "on the next line and in the answer",
		fixture: (line) => `foo(║)\n${line}`,
		answer: (line) => `${line})`,
	},
	{
		where: "on both sides of the cursor and in the answer",
		fixture: (line) => `${line}║ ${line}`,
		answer: (line) => line,
	},
	{
		where: "on the lines of the answer",
		fixture: () => "const a = ║\n",
		answer: (line) => `\n${line}\n${line}`,
	},
];

/** Longer than the bounds of the filters, but for those that compare whole lines. */
const units = 1500;

/** What is done once for any line. */
const slack = 10_000;

test.each(shapes)(
	"twice the units $where take twice the steps at most, whatever they are",
	async ({ fixture, answer }) => {
		await using counter = await StepCounter.start();
		const steps = async (pattern: string, length: number): Promise<number> => {
			const line = pattern.repeat(Math.ceil(length / pattern.length));
			const bench = new CompletionBench({ syntax: silentSyntax });
			bench.engine.enqueue({ kind: "answer", text: answer(line), finishReason: "unlikely" });
			const trigger = fixture("").includes("║ ") ? "invoked" : "automatic";
			return await counter.count(() =>
				bench.provide(fixture(line), { trigger, languageId: "typescript" }),
			);
		};
		const superlinear: string[] = [];
		for (const pattern of patterns) {
			const once = await steps(pattern, units);
			const twice = await steps(pattern, 2 * units);
			// The time of a sort grows a little faster than the text.
			if (twice > 2.2 * once + slack) {
				superlinear.push(`${JSON.stringify(pattern)}: ${once} steps, then ${twice}`);
			}
		}
		expect(superlinear).toEqual([]);
	},
);
