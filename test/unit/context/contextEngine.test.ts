import { describe, expect, test } from "vitest";
import { createContextEngine } from "../../../src/context/contextEngine.ts";
import { CoChanges } from "../../../src/context/sources/coChanges.ts";
import {
	collectAt,
	contextAt,
	contextEngineOn,
	countTokens,
	headerTokens,
	queryAt,
} from "../../support/contextAt.ts";
import { openIndex, withIndexOf } from "../../support/indexedFolder.ts";
import { TemporaryFolder } from "../../support/temporaryFolder.ts";

const { signal } = new AbortController();

const shop = `
//- /basket.ts
import { Item } from "./item";
export class Basket {
	readonly items: Item[] = [];
	addItem(item: Item): void {
		this.items.push(item);
	}
	totalPrice(currency: string): number {
		return this.items.length;
	}
}
//- /item.ts
export interface Item {
	readonly itemName: string;
	readonly unitPrice: number;
}
//- /weather.ts
export function forecastOf(city: string): string {
	return city;
}
//- /checkout.ts
import { Basket } from "./basket";
export function checkout(basket: Basket): number {
	return basket.║
}
`;

describe("what is found", () => {
	test("members of the receiver's type come as signatures below their class", async () => {
		const { pieces } = await contextAt(shop);
		expect(pieces.at(-1)?.path).toBe("basket.ts");
		expect(pieces.at(-1)?.text).toContain("export class Basket");
		expect(pieces.at(-1)?.text).toContain("\ttotalPrice(currency: string): number");
	});

	test("the document itself is never in its own context", async () => {
		const { pieces } = await contextAt(shop, { budgetTokens: 4000 });
		expect(pieces.map(({ path }) => path)).not.toContain("checkout.ts");
	});

	test("what is imported under a namespace is offered behind it", async () => {
		const { pieces } = await contextAt(`
//- /shapes.py
def circle_area(radius):
    return radius
//- /main.py
import shapes
print(shapes.║)
`);
		expect(pieces.map(({ text }) => text).join("\n")).toContain("def circle_area(radius)");
	});

	test("inherited members are members", async () => {
		const { pieces } = await contextAt(`
//- /base.ts
export abstract class Widget {
	renderFrame(width: number): void {}
}
//- /button.ts
import { Widget } from "./base";
export class Button extends Widget {
	click(): void {
		this.║
	}
}
`);
		expect(pieces.at(-1)?.text).toContain("renderFrame(width: number)");
	});

	test("the definition of a name that is used at the cursor comes although the name is above", async () => {
		const { pieces } = await contextAt(`
//- /deep/geometry.go
package deep

func RotateVector(angle float64, axis int) float64 { return angle }
//- /main.go
package main

func main() {
	RotateVector(║)
}
`);
		expect(pieces.at(-1)?.text).toContain("func RotateVector(angle float64, axis int) float64");
	});

	test("lines around recent edits in other files come with their reason", async () => {
		const { pieces } = await contextAt(shop, {
			recentEdits: [
				{ path: "weather.ts", startLine: 1, endLine: 1 },
				{ path: "gone.ts", startLine: 0, endLine: 3 },
				{ path: "checkout.ts", startLine: 0, endLine: 3 },
			],
		});
		expect(pieces.find(({ path }) => path === "weather.ts")).toMatchObject({
			reason: "recentEdit",
			startLine: 0,
		});
	});

	test("open documents aren't looked at unless it is asked for", async () => {
		await withIndexOf(shop, async (index) => {
			const query = queryAt("//- /new.md\n║", { openFiles: ["weather.ts"] });
			const collectWith = async (usesOpenFiles: boolean): Promise<readonly string[]> => {
				const engine = createContextEngine({ index, countTokens, headerTokens, usesOpenFiles });
				return (await engine.collect(query, signal)).pieces.map(({ reason }) => reason);
			};
			expect(await collectWith(false)).toEqual([]);
			expect(await collectWith(true)).toEqual(["openFile"]);
		});
	});

	test("files that changed together with this one count as close", async () => {
		const files = `
//- /a.py
def run_everything():
    pass
//- /far/away/helpers.py
def sprocket_of(thing):
    return thing
//- /b/main.py
value = ║
`;
		await withIndexOf(files, async (index) => {
			const history = Promise.resolve(new CoChanges([["b/main.py", "far/away/helpers.py"]]));
			const engine = createContextEngine({ index, countTokens, headerTokens, history });
			await history;
			const { pieces } = await engine.collect(queryAt(files), signal);
			expect(pieces.map(({ path, reason }) => [path, reason])).toContainEqual([
				"far/away/helpers.py",
				"coChange",
			]);
		});
	});
});

describe("what never is", () => {
	test("files with secrets", async () => {
		using folder = new TemporaryFolder({
			".env": "SPROCKET_TOKEN=hunter2\n",
			"keys/server.pem": "SPROCKET_TOKEN hunter2\n",
			"main.ts": "export const sprocketToken = 1;\n",
			"use.ts": "const x = SPROCKET_TOKEN;\n",
		});
		await using index = await openIndex(folder.path);
		await index.scan(signal);
		const { pieces } = await collectAt(index, "//- /new.ts\nconst SPROCKET_TOKEN = ║\n", {
			budgetTokens: 131_072,
			recentEdits: [{ path: ".env", startLine: 0, endLine: 5 }],
			openFiles: [".env", "../.env"],
		});
		expect(pieces.map(({ path }) => path).sort()).toEqual(["main.ts", "use.ts"]);
		expect(JSON.stringify(pieces)).not.toContain("hunter2");
	});

	test("an aborted query has no pieces", async () => {
		await withIndexOf(shop, async (index) => {
			const collected = await contextEngineOn(index).collect(queryAt(shop), AbortSignal.abort());
			expect(collected).toMatchObject({ pieces: [], statistics: { isAborted: true, tokens: 0 } });
		});
	});
});

describe("from keystroke to keystroke", () => {
	test("typing on leaves the context as it is", async () => {
		await withIndexOf(shop, async (index) => {
			const engine = contextEngineOn(index);
			const before = await engine.collect(queryAt(shop), signal);
			const typed = shop.replace("basket.║", "basket.to║");
			const after = await engine.collect(queryAt(typed, { previous: before.answer }), signal);
			expect(after.pieces.map(({ text }) => text)).toEqual(before.pieces.map(({ text }) => text));
			expect(after.statistics.unchangedTokens).toBe(after.statistics.tokens);
		});
	});

	test("pieces whose file has changed aren't kept", async () => {
		await withIndexOf(shop, async (index) => {
			const engine = contextEngineOn(index);
			const before = await engine.collect(queryAt(shop), signal);
			await index.update(
				"basket.ts",
				"export class Basket {\n\ttotalPrice(inEuro: boolean): number {\n\t\treturn 1;\n\t}\n}\n",
			);
			const after = await engine.collect(queryAt(shop, { previous: before.answer }), signal);
			expect(JSON.stringify(after.pieces)).toContain("inEuro");
			expect(JSON.stringify(after.pieces)).not.toContain("currency");
		});
	});

	test("pieces of a file that was touched, but says the same, are kept", async () => {
		await withIndexOf(shop, async (index) => {
			const engine = contextEngineOn(index);
			const before = await engine.collect(queryAt(shop), signal);
			const basket = index.textOf("basket.ts", 0, Number.MAX_SAFE_INTEGER) ?? "";
			await index.update("basket.ts", `${basket}// The end.\n`);
			const after = await engine.collect(queryAt(shop, { previous: before.answer }), signal);
			expect(after.statistics.unchangedTokens).toBe(before.statistics.tokens);
		});
	});

	test("an answer that is long forgotten is built on no more", async () => {
		await withIndexOf(shop, async (index) => {
			const engine = contextEngineOn(index);
			const { answer } = await engine.collect(queryAt(shop), signal);
			for (let other = 0; other < 10; other++) {
				await engine.collect(queryAt(shop), signal);
			}
			const after = await engine.collect(queryAt(shop, { previous: answer }), signal);
			expect(after.statistics.unchangedTokens).toBe(0);
			expect(after.pieces).not.toEqual([]);
		});
	});
});
