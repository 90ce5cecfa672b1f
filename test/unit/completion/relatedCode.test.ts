import { describe, expect, test } from "vitest";
import { nullLogger } from "../../../src/base/log.ts";
import { RelatedCode } from "../../../src/completion/relatedCode.ts";
import { noContext, type CollectedContext } from "../../../src/context/contextEngine.ts";
import type { ContextPiece } from "../../../src/context/source.ts";
import { FakeClock, settle } from "../../support/fakeClock.ts";
import { placeAt } from "../../support/placeAt.ts";

const never = new AbortController().signal;

function collected(text: string): CollectedContext {
	const lines = { startLine: 0, endLine: 0 };
	const piece: ContextPiece = {
		...lines,
		path: "b.ts",
		ranges: [lines],
		text,
		reason: "definition",
		score: 1,
		tokens: 3,
	};
	return {
		...noContext,
		pieces: [piece],
		statistics: { ...noContext.statistics, isAborted: false },
	};
}

/** A collector whose answers come when the test says so. */
function harness() {
	const clock = new FakeClock();
	const asked: { readonly signal: AbortSignal; readonly answer: (text: string) => void }[] = [];
	const related = new RelatedCode({
		clock,
		logger: nullLogger,
		collect: (_query, signal) =>
			new Promise((resolve) => {
				asked.push({ signal, answer: (text) => resolve(collected(text)) });
			}),
	});
	const ask = async (text: string): Promise<() => readonly string[] | undefined> => {
		let texts: readonly string[] | undefined;
		void related.piecesFor(placeAt(`${text}║`), 500, never).then((pieces) => {
			texts = pieces.map((piece) => piece.text);
		});
		await settle();
		return () => texts;
	};
	return { clock, asked, ask };
}

describe("related code", () => {
	test("stays while a line is typed, and is collected anew on the next", async () => {
		const { asked, ask } = harness();
		const first = await ask("const a");
		asked[0]?.answer("one");
		await settle();
		const second = await ask("const ab");
		expect([first(), second(), asked.length]).toEqual([["one"], ["one"], 1]);
		await ask("const ab;\nl");
		expect(asked.length).toBe(2);
	});

	test("that is late serves the keystrokes that follow", async () => {
		const { clock, asked, ask } = harness();
		const first = await ask("const a");
		await clock.advance(101);
		expect(first()).toEqual([]);
		const second = await ask("const ab");
		asked[0]?.answer("one");
		await settle();
		expect([second(), asked.length, asked[0]?.signal.aborted]).toEqual([["one"], 1, false]);
	});

	test("for a line that was left is given up", async () => {
		const { asked, ask } = harness();
		await ask("const a");
		await ask("const a;\nb");
		expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
	});
});
