import { expect, test } from "vitest";
import { EngineAnswers } from "../../../src/completion/engineAnswers.ts";
import { defaultCompletionConfig } from "../../../src/completion/defaultConfig.ts";
import { placeOf } from "../../../src/completion/completionPlace.ts";
import type { ContextPiece } from "../../../src/context/source.ts";
import type { ModelManifest } from "../../../src/model/manifest.ts";
import { FakeClock } from "../../support/fakeClock.ts";
import { ScriptedEngine } from "../../support/scriptedEngine.ts";
import { testManifest, testTokenizer, textWithMarkers } from "../../support/testModel.ts";

const { fim } = testManifest;
const manifest: ModelManifest = {
	...testManifest,
	...(fim && { fim: { ...fim, otherFile: "<|repo|>" } }),
};
const lines = Array.from({ length: 40 }, (_, i) => `const value${i} = areaOf(${i});\n`).join("");

function piece(name: string): ContextPiece {
	const range = { startLine: 0, endLine: 1 };
	const text = `export const ${name} = 1;\n`;
	return {
		path: `${name}.ts`,
		...range,
		ranges: [range],
		text,
		reason: "import",
		score: 1,
		tokens: 9,
	};
}

/** Asks about the same place with each of these pieces in turn; the prompts that may stand in, as text. */
async function standInsOf(
	...asked: readonly {
		readonly piece: string;
		readonly path?: string;
		readonly isStandIn?: boolean;
	}[]
): Promise<readonly (readonly string[])[]> {
	const engine = new ScriptedEngine(testTokenizer);
	const parts = { engine, tokenizer: testTokenizer, clock: new FakeClock() };
	const answers = new EngineAnswers({ ...parts, manifest });
	for (const { piece: name, path = "a.ts", isStandIn = false } of asked) {
		engine.enqueue({ kind: "answer", text: "1;", isStandIn });
		const where = { path, languageId: "typescript", text: lines, offset: lines.length };
		const located = placeOf({ ...where, trigger: "automatic" });
		if (located.kind === "none") {
			throw new Error("a place");
		}
		const question = {
			place: located.place,
			pieces: [piece(name)],
			config: { ...defaultCompletionConfig, adaptation: false },
			isAwaited: false,
		};
		const answer = answers.answer(question, new AbortController().signal);
		while ((await answer.next()).done !== true) {
			// Only what was asked counts.
		}
	}
	return engine.requests.map(({ standIns }) => standIns?.prompts.map(textWithMarkers) ?? []);
}

const nearestOnly: readonly unknown[] = [expect.not.stringContaining("<|repo|>")];
const behind = (name: string): readonly unknown[] => [
	expect.stringContaining(`<|repo|>${name}.ts\n`),
	...nearestOnly,
];

test("where other pieces come in front, the same behind those that were read may stand in", async () => {
	expect(await standInsOf({ piece: "one" }, { piece: "two" }, { piece: "three" })).toEqual([
		nearestOnly,
		behind("one"),
		behind("two"),
	]);
});

test("pieces that a prompt only would have had were not read", async () => {
	expect(
		await standInsOf({ piece: "one" }, { piece: "two", isStandIn: true }, { piece: "three" }),
	).toEqual([nearestOnly, behind("one"), behind("one")]);
});

test("pieces in front of another file are of no use", async () => {
	expect(await standInsOf({ piece: "one" }, { piece: "two", path: "b.ts" })).toEqual([
		nearestOnly,
		nearestOnly,
	]);
});
