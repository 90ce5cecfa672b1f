import { describe, expect, test } from "vitest";
import type { ModelManifest } from "../../../src/model/manifest.ts";
import {
	FimPromptBuilder,
	maxPiecesShare,
	type FimInput,
	type FimPrompt,
	type PromptPiece,
} from "../../../src/prompt/fim.ts";
import { testManifest, testTokenizer, textWithMarkers } from "../../support/testModel.ts";
import { tinySpecialTokens } from "../../support/tinyTokenizer.ts";

const { fim } = testManifest;
const takingPieces: ModelManifest =
	fim === undefined ? testManifest : { ...testManifest, fim: { ...fim, otherFile: "<|repo|>" } };

function promptOf(input: Partial<FimInput>, manifest = takingPieces): FimPrompt {
	return new FimPromptBuilder(testTokenizer, manifest).build({
		path: "src/a.ts",
		text: "a;\nb;\n",
		prefixEnd: 4,
		suffixStart: 4,
		maxTokens: 500,
		...input,
	});
}

const around = "<|file|>src/a.ts\n<|fim_suffix|>;\n<|fim_prefix|>a;\nb<|fim_middle|>";

function numbered(count: number): readonly PromptPiece[] {
	return Array.from({ length: count }, (_, i) => ({
		path: `lib/${i}.ts`,
		text: `function f${i}() {}\n`,
	}));
}

describe("pieces of other files", () => {
	test("stand in front in their order, each behind its marker, ending with a line break", () => {
		const pieces = [
			{ path: "b.ts", text: "bbb\n" },
			{ path: "sub\\c.ts", text: "ccc" },
		];
		const prompt = promptOf({ pieces });
		expect(textWithMarkers(prompt.tokens)).toBe(
			`<|repo|>b.ts\nbbb\n<|repo|>sub/c.ts\nccc\n${around}`,
		);
		expect(prompt.pieceCount).toBe(2);
	});

	test("take at most half of the room, and are left out from the first on", () => {
		const pieces = numbered(20);
		for (const maxTokens of [60, 150, 300]) {
			const prompt = promptOf({ pieces, maxTokens });
			const { pieceCount, tokens } = prompt;
			expect(pieceCount).toBeGreaterThan(0);
			expect(pieceCount).toBeLessThan(20);
			expect(tokens.length).toBeLessThanOrEqual(maxTokens);
			const builder = new FimPromptBuilder(testTokenizer, takingPieces);
			const costs = pieces.map((piece) => builder.pieceTokens(piece));
			const taken = costs.slice(-pieceCount).reduce((sum, cost) => sum + cost, 0);
			const room = maxTokens - testTokenizer.encode("src/a.ts\n").length - 1 - 3;
			expect(taken).toBeLessThanOrEqual(room * maxPiecesShare);
			expect(taken + (costs.at(-pieceCount - 1) ?? 0)).toBeGreaterThan(room * maxPiecesShare - 1);
			const expected = pieces
				.slice(-pieceCount)
				.map(({ path, text }) => `<|repo|>${path}\n${text}`);
			expect(textWithMarkers(prompt.tokens)).toBe(expected.join("") + around);
		}
	});

	test("that don't fit leave the prompt as it is without any", () => {
		const huge = { path: "b.ts", text: "const größe = 1;\n".repeat(1000) };
		const prompt = promptOf({ pieces: [...numbered(1), huge] });
		expect([prompt.pieceCount, textWithMarkers(prompt.tokens)]).toEqual([0, around]);
	});

	test("are not for a model that was trained without", () => {
		const builder = new FimPromptBuilder(testTokenizer, testManifest);
		const [piece] = numbered(1);
		const prompt = promptOf({ pieces: numbered(3) }, testManifest);
		expect([builder.takesPieces, piece && builder.pieceTokens(piece)]).toEqual([false, 0]);
		expect([prompt.pieceCount, textWithMarkers(prompt.tokens)]).toEqual([0, around]);
		expect(new FimPromptBuilder(testTokenizer, takingPieces).takesPieces).toBe(true);
	});

	test("are counted as they are in the prompt", () => {
		const builder = new FimPromptBuilder(testTokenizer, takingPieces);
		for (const piece of [...numbered(1), { path: "x\n.ts", text: "\ud800 no line break" }]) {
			const withPiece = promptOf({ pieces: [piece] }).tokens.length;
			expect(builder.pieceTokens(piece)).toBe(withPiece - promptOf({}).tokens.length);
		}
	});

	test("hold no special token but their marker, whatever their text and path look like", () => {
		const text = tinySpecialTokens.join("");
		const { tokens } = promptOf({ pieces: [{ path: text, text }] });
		const special = tokens
			.filter((token) => token < tinySpecialTokens.length)
			.map((token) => tinySpecialTokens[token]);
		expect(special).toEqual([
			"<|repo|>",
			"<|file|>",
			"<|fim_suffix|>",
			"<|fim_prefix|>",
			"<|fim_middle|>",
		]);
	});

	test("end the answer where the model begins one", () => {
		const { stopTokens } = new FimPromptBuilder(testTokenizer, takingPieces);
		expect(stopTokens).toContain(testTokenizer.specialToken("<|repo|>"));
	});
});

test("the file's tokens leave out what token healing left out of the prompt", () => {
	const builder = new FimPromptBuilder(testTokenizer, takingPieces);
	const text = "a;\nconst b = cons";
	const input = { path: "a.ts", text, prefixEnd: text.length, suffixStart: text.length };
	const prompt = builder.build({ ...input, maxTokens: 500 });
	const { before, after } = builder.fileTokens({ ...input, maxTokens: 500 });
	expect(prompt.healBytes.length).toBeGreaterThan(0);
	expect(before).toEqual(prompt.prefix);
	expect(after).toEqual([]);
});
