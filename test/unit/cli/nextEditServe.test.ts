import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { serveNextEdits } from "../../../src/cli/nextEditServe.ts";
import type { EditJudge } from "../../../src/nextEdit/judge/modelJudge.ts";

async function check(
	lines: readonly unknown[],
	expected: readonly unknown[],
	judge?: EditJudge,
): Promise<void> {
	const output = new PassThrough();
	await serveNextEdits(
		Readable.from(
			lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`),
		),
		output,
		judge,
	);
	output.end();
	const answers = (await text(output)).trim().split("\n");
	expect(answers.map((line): unknown => JSON.parse(line))).toEqual(expected);
}

const content = "let total = 1;\nuse(x);\nprint(sum);\nprint(sum + 1);";
const edits = [{ line: 0, old: ["let sum = 1;"], new: ["let total = 1;"] }];

describe("next edits by the protocol of the runner", () => {
	test("are answered one line each, with the edit or null", async () => {
		await check(
			[
				{ op: "ping" },
				{ id: 7, file: "a.ts", lang: "ts", content, edits },
				{ id: 8, file: "a.ts", lang: "ts", content: "a\nb", edits: [] },
			],
			[
				{ ok: true },
				{
					id: 7,
					edit: {
						line: 2,
						old: ["print(sum);", "print(sum + 1);"],
						new: ["print(total);", "print(total + 1);"],
					},
					probability: expect.any(Number) as unknown,
					proposers: expect.arrayContaining(["replacement"]) as unknown,
				},
				{ id: 8, edit: null },
			],
		);
	});

	test("are those that a judge leaves, which hears the file's name", async () => {
		const heard: string[] = [];
		const judgeWith = (withEdit: number): EditJudge => ({
			judge: ({ path }, asked) => {
				heard.push(path);
				return Promise.resolve(asked.map(() => ({ withEdit, without: -40, tokens: 10 })));
			},
		});
		const question = { id: 7, file: "src/a.ts", content, edits };
		await check([question], [{ id: 7, edit: null }], judgeWith(-200));
		await check(
			[question],
			[expect.objectContaining({ id: 7, edit: expect.objectContaining({ line: 2 }) as unknown })],
			judgeWith(-5),
		);
		expect(heard).toEqual(["src/a.ts", "src/a.ts"]);
	});

	test("are refused by a sentence where the question is none, and go on", async () => {
		await check(
			[
				"{",
				{ file: "a.ts", content: "a", edits: [{ line: 5, old: ["b"], new: ["c"] }] },
				{ file: "a.ts", content: 3, edits: [] },
				{ op: "ping" },
			],
			[
				{ error: "not a request: expected {file, content, edits} or {op}" },
				{ error: "the edits don't stand in the content where they say" },
				{ error: "not a request: expected {file, content, edits} or {op}" },
				{ ok: true },
			],
		);
	});
});
