import { describe, expect, test } from "vitest";
import { pauseMs } from "../../../../src/extension/nextEdit/nextEditSession.ts";
import { NextEditBench } from "../../../support/nextEditBench.ts";

const text = `export function totalPrice(items) {
	return 0;
}
`;

const shop = `import { totalPrice } from "./prices.ts";

show(totalPrice(basket));
const other = 1;
`;
const bill = `import { totalPrice } from "./prices.ts";

print(totalPrice(items));
`;

/** A function gets another name, and somebody rests. */
async function renamed(
	others: Readonly<Record<string, string>> = { shop, bill },
	lineBreak: "\n" | "\r\n" = "\n",
): Promise<NextEditBench> {
	const bench = new NextEditBench(text, lineBreak, others);
	bench.type("totalPrice", "sumOfPrices");
	await bench.rest();
	return bench;
}

/** The lines of each file that something follows on. */
const linesOf = ({ others }: NextEditBench): Record<string, readonly number[]> =>
	Object.fromEntries(
		others.files.map(({ path, edits }) => [path, edits.map(({ edit }) => edit.line)]),
	);

const textOf = (bench: NextEditBench, name: string): string | undefined =>
	bench.models.get(name)?.text;

describe("next edits in other files", () => {
	test("are listed by file and line, and show nothing where nobody is", async () => {
		const bench = await renamed();
		expect(linesOf(bench)).toEqual({ bill: [0, 2], shop: [0, 2] });
		expect(bench.session.shown).toBeUndefined();
		expect(textOf(bench, "shop")).toBe(shop);
	});

	test.each<["\n" | "\r\n"]>([["\n"], ["\r\n"]])(
		"are accepted by Tab alone where they are opened, and undone byte for byte (%j)",
		async (lineBreak) => {
			const bench = await renamed({ shop, bill }, lineBreak);
			const before = textOf(bench, "shop");
			bench.open("shop");
			expect(bench.session.shown?.current.edit.line).toBe(0);
			while (await bench.accept()) {
				await bench.rest();
			}
			expect(bench.model.lines.join("\n")).toBe(shop.replaceAll("totalPrice", "sumOfPrices"));
			expect(bench.model.text.includes("\r\n")).toBe(lineBreak === "\r\n");
			// What is left in the other file still is.
			expect(linesOf(bench)).toEqual({ bill: [0, 2] });
			bench.undo();
			bench.undo();
			expect(textOf(bench, "shop")).toBe(before);
		},
	);

	test("begin at the one that somebody has gone to", async () => {
		const bench = await renamed();
		const second = bench.others.editsOf("shop")[1];
		expect(second?.edit.line).toBe(2);
		bench.front = "shop";
		if (second !== undefined) {
			bench.session.goneTo(second);
		}
		expect(bench.session.shown?.current).toBe(second);
		expect(bench.session.shown?.others.map(({ edit }) => edit.line)).toEqual([0]);
	});

	test("move with their lines, and are dropped where these change", async () => {
		const bench = await renamed();
		bench.open("shop");
		const place = { startLine: 1, startColumn: 0, endLine: 1, endColumn: 0 };
		bench.edit({ ...place, text: "// one\n// two\n" });
		expect(linesOf(bench)["shop"]).toEqual([0, 4]);
		bench.type("show(total", "show(1, total");
		expect(linesOf(bench)["shop"]).toEqual([0]);
	});

	test("are dropped where a file has changed without anybody saying so", async () => {
		const bench = await renamed();
		const change = { startLine: 2, startColumn: 0, endLine: 2, endColumn: 4, text: "hide" };
		bench.models.get("shop")?.apply(change);
		bench.open("shop");
		expect(linesOf(bench)["shop"]).toEqual([0]);
		expect(bench.session.shown?.others).toEqual([]);
	});

	test("go with what they follow from", async () => {
		const bench = await renamed();
		bench.undo();
		await bench.rest();
		expect(linesOf(bench)).toEqual({});
	});

	test("go with the document that they follow from where it is closed without being saved", async () => {
		const bench = await renamed();
		bench.session.closed("shop", false);
		bench.session.closed("doc", true);
		expect(linesOf(bench)).toEqual({ bill: [0, 2], shop: [0, 2] });
		bench.session.closed("doc", false);
		expect(linesOf(bench)).toEqual({});
	});

	test("are looked for once for the same edits, after a pause, and not by a key", async () => {
		const bench = new NextEditBench(text, "\n", { shop });
		bench.type("totalPrice", "sum");
		await bench.clock.advance(pauseMs - 1);
		bench.type("sum", "sumOfPrices");
		expect(bench.askedUses).toBe(0);
		await bench.rest();
		expect(bench.askedUses).toBe(1);
		bench.type("return 0;", "return 1;");
		await bench.rest();
		expect(bench.askedUses).toBe(1);
		expect(linesOf(bench)).toEqual({ shop: [0, 2] });
	});

	test("that a key made void aren't listed, and are looked for again", async () => {
		const bench = new NextEditBench(text, "\n", { shop });
		bench.type("totalPrice", "sumOfPrices");
		bench.isHeld = true;
		await bench.rest();
		bench.type("return 0;", "return 1;");
		await bench.answer();
		expect(linesOf(bench)).toEqual({});
		await bench.rest();
		expect(linesOf(bench)).toEqual({ shop: [0, 2] });
	});

	test("stay away in a file where they were dismissed, and in the others they don't", async () => {
		const bench = await renamed();
		bench.open("shop");
		bench.session.dismiss();
		expect(bench.session.shown).toBeUndefined();
		expect(linesOf(bench)).toEqual({ bill: [0, 2] });
	});

	test("aren't listed for files that none are shown in", async () => {
		expect(linesOf(await renamed({ notShown: shop, bill }))).toEqual({ bill: [0, 2] });
	});

	test("that were found in an older text than the editor's are listed only where their lines stand", async () => {
		const bench = new NextEditBench(text, "\n", { shop });
		bench.knowsOpened = true;
		bench.indexed.set("shop", shop);
		const change = { startLine: 2, startColumn: 0, endLine: 2, endColumn: 4, text: "hide" };
		bench.modelOf("shop").apply(change);
		bench.type("totalPrice", "sumOfPrices");
		await bench.rest();
		expect(linesOf(bench)).toEqual({ shop: [0] });
	});

	test("are looked for again in the next pause where nothing was found: files may not have been read yet", async () => {
		const bench = new NextEditBench(text, "\n", { shop });
		bench.indexed.set("shop", "");
		bench.type("totalPrice", "sumOfPrices");
		await bench.rest();
		expect(linesOf(bench)).toEqual({});
		bench.indexed.clear();
		bench.type("return 0;", "return 1;");
		await bench.rest();
		expect(linesOf(bench)).toEqual({ shop: [0, 2] });
	});

	test("are looked for again in the next pause while the repository is still being read", async () => {
		const bench = new NextEditBench(text, "\n", { shop, bill });
		bench.isScanned = false;
		bench.indexed.set("bill", "");
		bench.type("totalPrice", "sumOfPrices");
		await bench.rest();
		expect(linesOf(bench)).toEqual({ shop: [0, 2] });
		bench.isScanned = true;
		bench.indexed.clear();
		bench.type("return 0;", "return 1;");
		await bench.rest();
		expect(linesOf(bench)).toEqual({ bill: [0, 2], shop: [0, 2] });
	});
});
