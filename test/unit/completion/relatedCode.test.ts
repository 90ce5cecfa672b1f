import { describe, expect, test } from "vitest";
import { nullLogger } from "../../../src/base/log.ts";
import { RelatedCode } from "../../../src/completion/relatedCode.ts";
import type { WindowStorage } from "../../../src/completion/recentPieces.ts";
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

/** Storage in memory, of what went through the serializer as it does in the editor. */
function storageWith(value?: unknown): WindowStorage & { readonly written: unknown[] } {
	const written: unknown[] = [];
	return {
		written,
		read: () => written.at(-1) ?? value,
		write: (next) => written.push(JSON.parse(JSON.stringify(next))),
	};
}

/** A collector whose answers come when the test says so. */
function harness(storage?: WindowStorage) {
	const clock = new FakeClock();
	const asked: {
		readonly signal: AbortSignal;
		readonly previous: number | undefined;
		readonly answer: (text: string) => void;
	}[] = [];
	const related = new RelatedCode({
		clock,
		storage,
		logger: nullLogger,
		collect: ({ previous }, signal) =>
			new Promise((resolve) => {
				const answer = (text: string): void => {
					resolve({ ...collected(text), answer: asked.length });
				};
				asked.push({ signal, previous, answer });
			}),
	});
	const ask = async (text: string, path?: string): Promise<() => readonly string[] | undefined> => {
		let texts: readonly string[] | undefined;
		const place = placeAt(`${text}║`);
		void related.piecesFor({ ...place, path: path ?? place.path }, 500, never).then((pieces) => {
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

	test("is collected anew after a look at another document, from what it was", async () => {
		const { asked, ask } = harness();
		await ask("const a", "a.ts");
		asked[0]?.answer("one");
		await settle();
		await ask("const b", "b.ts");
		asked[1]?.answer("two");
		await settle();
		const back = await ask("const a", "a.ts");
		asked[2]?.answer("three");
		await settle();
		expect(back()).toEqual(["three"]);
		expect(asked.map(({ previous }) => previous)).toEqual([undefined, undefined, 1]);
	});

	test("of the last window stays while the line that it was collected for is typed", async () => {
		const storage = storageWith();
		const before = harness(storage);
		await before.ask("const a;\nconst b", "a.ts");
		before.asked[0]?.answer("one");
		await settle();
		const { asked, ask } = harness(storage);
		const first = await ask("const a;\nconst bc", "a.ts");
		expect([first(), asked.length]).toEqual([["one"], 0]);
		await ask("const a;\nconst bc;\n", "a.ts");
		expect([asked.length, asked[0]?.previous]).toEqual([1, undefined]);
		await ask("const c", "c.ts");
		expect(asked.length).toBe(2);
	});

	test("that another version has stored, or nobody, is no fault", async () => {
		for (const value of [undefined, 7, [{ path: "a.ts" }], { pieces: [] }, [[]]]) {
			const { asked, ask } = harness(storageWith(value));
			await ask("const a", "a.ts");
			expect(asked.length).toBe(1);
		}
	});

	test("is stored of the latest documents, unless it is large", async () => {
		const storage = storageWith();
		const { asked, ask } = harness(storage);
		for (let i = 0; i < 10; i++) {
			await ask("const a", `${i}.ts`);
			asked[i]?.answer(i === 5 ? "x".repeat(40_000) : "short");
			await settle();
		}
		const paths = storageWith(storage.written.at(-1)).read();
		expect(paths).toMatchObject([2, 3, 4, 6, 7, 8, 9].map((i) => ({ path: `${i}.ts` })));
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
