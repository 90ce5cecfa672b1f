import { describe, expect, test } from "vitest";
import { languageIdOfPath } from "../../../../src/context/files/languageIds.ts";
import { cursorScope } from "../../../../src/context/sources/cursorScope.ts";
import { TypeGuesser } from "../../../../src/context/sources/declaredTypes.ts";
import { cursorFile } from "../../../support/fixture.ts";
import { withIndexOf } from "../../../support/indexedFolder.ts";

/** The types of what stands before the dot at the cursor, in a repository with some types of its own. */
async function check(code: string, path: string, expected: readonly string[]): Promise<void> {
	const fixture = `
//- /types.ts
export class Basket {}
export class Shop {
	readonly basket: Basket = new Basket();
	openBasket(id: Shelf): Basket {
		return this.basket;
	}
}
export interface Shelf { width: number }
//- /types.go
package shop
type Server struct { Port int }
func NewServer(port int) *Server { return nil }
//- /types.py
class Parser:
    def parse_all(self):
        pass
//- /${path}
${code}
`;
	await withIndexOf(fixture, (index) => {
		const file = cursorFile(fixture);
		const scope = cursorScope({ ...file, languageId: languageIdOfPath(path) });
		const { name = "", isCall = false } = scope.receiver ?? {};
		expect(new TypeGuesser(index, scope).typesOf(name, isCall)).toEqual(expected);
	});
}

describe("the types of a receiver", () => {
	const cases: readonly (readonly [string, string, readonly string[]])[] = [
		["function f(basket: Basket) { basket.║ }", "a.ts", ["Basket"]],
		["const b = new Basket();\nb.║", "a.ts", ["Basket"]],
		["const b = shop.openBasket(1);\nb.║", "a.ts", ["Basket"]],
		["shop.basket.║", "a.ts", ["Basket"]],
		["shop.openBasket(1).║", "a.ts", ["Basket"]],
		["class Mine extends Shop {\n\topen() { this.║ }\n}", "a.ts", ["Mine", "Shop"]],
		["unknown.║", "a.ts", []],
		["func f(server *Server, n int) { server.║ }", "a.go", ["Server"]],
		["server := NewServer(1)\nserver.║", "a.go", ["Server"]],
		["parser = Parser()\nparser.║", "a.py", ["Parser"]],
		["def f(parser: Parser):\n    parser.║", "a.py", ["Parser"]],
	];

	test.for(cases)("%s", async ([code, path, expected]) => {
		await check(code, path, expected);
	});
});
