import { afterEach, beforeEach, expect, test } from "vitest";
import type { Explained } from "../../../src/context/explanation/explanation.ts";
import { ChatBench } from "../../support/chatBench.ts";
import { ScriptedInfill } from "../../support/scriptedInfill.ts";

const explained: Explained = {
	isComplete: true,
	explanation: {
		query: { kind: "code", path: "src/a b.ts", startLine: 1, endLine: 1 },
		isParsed: true,
		subjects: [
			{
				path: "src/a b.ts",
				name: "two",
				kind: "function",
				container: undefined,
				line: 1,
				languageId: "typescript",
				signature: "function two(): number",
				documentation: "Is *always* 2.",
				members: [],
				membersNotShown: 0,
				usages: {
					callers: [
						{ path: "lib/[x].ts", line: 6, count: 2, within: undefined, code: "two() + two()" },
					],
					mentions: [],
					tests: [],
					callersNotShown: 0,
					mentionsNotShown: 0,
					testsNotShown: 0,
					ambiguousFiles: 1,
					unreadFiles: 0,
				},
			},
		],
		furtherSubjects: [],
		subjectsNotShown: 0,
		within: undefined,
		calls: [],
		uses: [],
		elsewhere: [{ name: "z", specifier: "zod" }],
		unknown: ["three"],
		namesNotShown: 0,
	},
};

let bench: ChatBench;

beforeEach(async () => {
	bench = await ChatBench.open();
	bench.chosen = { kind: "infill", model: new ScriptedInfill() };
	bench.workspace.explained = explained;
	bench.workspace.files.set("src/a b.ts", "one\ntwo\nthree\n");
	bench.workspace.files.set("other.ts", "other\n");
	bench.workspace.show("src/a b.ts", { startLine: 1, endLine: 1 });
});

afterEach(() => bench[Symbol.asyncDispose]());

const twoOfA = {
	kind: "code",
	path: "src/a b.ts",
	text: "one\ntwo\nthree\n",
	startLine: 1,
	endLine: 1,
};

test("without a model that converses, /explain is answered from the index, with links, and says so", async () => {
	await bench.view({ kind: "send", text: "/explain @selection" });
	expect(bench.workspace.explainQueries).toEqual([twoOfA]);
	expect(bench.last).toMatchObject({
		modelName: "From the index",
		modelPlace: "index",
		status: { kind: "complete" },
	});
	expect(bench.last?.text).toBe(
		`
What the index knows about line 2 of [src/a b.ts](src/a%20b.ts#L2):

### [two](src/a%20b.ts#L2)

Function in [src/a b.ts:2](src/a%20b.ts#L2)

\`\`\`typescript
function two(): number
\`\`\`

> Is \\*always\\* 2.

**Called by**

- [lib/\\[x\\].ts:7](lib/%5Bx%5D.ts#L7) (2 times): \`two() + two()\`

1 more file mentions \`two\` and may mean something else that is called so.

**From outside this repository**

- \`z\` of \`zod\`

Not defined in this repository: \`three\`.
`.trim(),
	);
});

test("without any model too, and what is incomplete is said", async () => {
	bench.chosen = { kind: "none", reason: "No model." };
	bench.workspace.explained = { ...explained, isComplete: false };
	await bench.view({ kind: "send", text: "/explain" });
	expect(bench.last?.text).toMatch(
		/The repository is still being read: .* Ask again when that is done\.$/,
	);
	await bench.view({ kind: "send", text: "why?" });
	expect(bench.last?.status).toEqual({
		kind: "failed",
		sentence: "No model.",
		lacksModel: true,
	});
});

test("a model that converses explains as before", async () => {
	bench.chosen = { kind: "chat", model: bench.model };
	await bench.view({ kind: "send", text: "/explain" });
	expect(bench.last?.modelPlace).toBe("local");
	expect(bench.workspace.explainQueries).toEqual([]);
});

test("mentioned files and names are explained instead of the marked code", async () => {
	await bench.view({ kind: "send", text: "/explain @symbol:two and @file:other.ts" });
	expect(bench.workspace.explainQueries).toEqual([
		{ kind: "name", name: "two" },
		{ kind: "code", path: "other.ts", text: "other\n", startLine: 0, endLine: 0 },
	]);
});

test("nothing to answer from is one sentence that says what to do", async () => {
	bench.workspace.explained = undefined;
	await bench.view({ kind: "send", text: "/explain" });
	expect(bench.last?.status).toMatchObject({
		kind: "failed",
		sentence: expect.stringMatching(/^There is no index .* or choose a chat model\.$/) as string,
	});
	bench.workspace.active = undefined;
	await bench.view({ kind: "send", text: "/explain" });
	expect(bench.last?.status).toMatchObject({
		sentence: expect.stringMatching(/^No document/) as string,
	});
});

test("what a command asked about is explained again where it stands now, whatever is marked by then", async () => {
	const target = {
		path: "src/a b.ts",
		languageId: "typescript",
		startLine: 1,
		endLine: 1,
		text: "two",
	};
	const asked = { text: "/explain src/a b.ts", target, title: "Explanation" };
	await bench.session.askPrepared(asked, new AbortController().signal);
	bench.workspace.show("other.ts");
	bench.workspace.files.set("src/a b.ts", "zero\none\ntwo\n");
	await bench.view({ kind: "regenerate", messageId: bench.last?.id ?? "" });
	expect(bench.workspace.explainQueries).toEqual([
		twoOfA,
		{ ...twoOfA, text: "zero\none\ntwo\n", startLine: 2, endLine: 2 },
	]);
	bench.workspace.files.set("src/a b.ts", "gone\n");
	await bench.view({ kind: "regenerate", messageId: bench.last?.id ?? "" });
	expect(bench.last?.status).toMatchObject({
		sentence: "src/a b.ts has changed where it was asked about; mark the code and ask again.",
	});
});

test("a document that may hold credentials is not explained", async () => {
	bench.workspace.files.set(".env", "TOKEN=1");
	bench.workspace.show(".env");
	await bench.view({ kind: "send", text: "/explain" });
	expect(bench.workspace.explainQueries).toEqual([]);
	expect(bench.last?.status).toMatchObject({
		sentence: expect.stringMatching(/may hold credentials/) as string,
	});
});

test("an exported conversation says that no model answered", async () => {
	await bench.view({ kind: "send", text: "/explain" });
	await bench.view({ kind: "exportConversation", conversationId: bench.conversation.id });
	expect(bench.editor.calls.at(-1)?.[1]).toMatch(
		/## Answer from the index of the repository, without a model\n/,
	);
});
