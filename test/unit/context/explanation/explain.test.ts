import { expect, test } from "vitest";
import { explanationLimits } from "../../../../src/context/explanation/explanation.ts";
import { explained, factsOf } from "../../../support/explained.ts";

async function check(fixture: string, expected: string): Promise<void> {
	expect(factsOf(await explained(fixture))).toBe(expected.replace(/^\n/, "").trimEnd());
}

test("TypeScript: a function is explained by its comment, its callers, its tests and what it calls", () =>
	check(
		`
//- /src/math.ts
import { z } from "zod";
import { round as nearest } from "./round";
import type { Money } from "./money";
/**
 * Adds two amounts.
 * @param a the first
 */
‹export function add(a: Money, b: Money): Money {
	check(z.parse(a));
	return nearest(a.cents + b.cents);
}›
function check(value: unknown): void {}
export const twice = (a: Money) => add(a, a);
//- /src/round.ts
/** To whole cents. */
export function round(value: number) {}
//- /src/money.ts
export interface Money { cents: number }
//- /src/cart.ts
import { add } from "./math";
export class Cart {
	total() {
		return add(add(1, 2), 3);
	}
	all = [].reduce(add);
}
//- /src/renamed.ts
import { add as plus } from "./math";
plus(1, 2);
//- /src/other.ts
const add = (x) => x;
add(1);
// add is a word here
//- /test/math.test.ts
import { add } from "../src/math";
test("adds", () => {
	expect(add(1, 2)).toBe(3);
});
`,
		`
function add src/math.ts:8 | export function add(a: Money, b: Money): Money
  doc: Adds two amounts. / @param a the first
  called by twice src/math.ts:13
  called by Cart.total src/cart.ts:4 ×2
  called by top src/renamed.ts:2
  mentioned by Cart src/cart.ts:6
  tested by top test/math.test.ts:3 | expect(add(1, 2)).toBe(3);
calls check src/math.ts:12
calls nearest round src/round.ts:2
uses Money src/money.ts:1
elsewhere z zod
elsewhere parse zod
`,
	));

test("TypeScript: a class is explained with its members, and its own methods aren't what it calls", () =>
	check(
		`
//- /a.ts
‹/** Counts. */
export class Counter {
	#count = 0;
	add() {
		this.log();
		this.#count++;
	}
	private log() {
		console.log(format(this.#count));
	}
}›
//- /b.ts
import { Counter } from "./a";
const counter = new Counter();
function f(c: Counter) {
	counter.add();
}
//- /format.ts
export function format() {}
`,
		`
class Counter a.ts:2 | export class Counter
  doc: Counts.
  has #count a.ts:3
  has add a.ts:4
  has log a.ts:8
  called by top b.ts:2
  mentioned by f b.ts:3
unknown format
`,
	));

test("TypeScript: code that declares nothing is about what it names, and the declaration around it is told", () =>
	check(
		`
//- /a.ts
import { load } from "./load";
export function run(path: string) {
	const name = 1;
	‹const text = load(path, name);›
	return text;
}
//- /load.ts
// Reads it.
export function load(path: string, name: number): string { return ""; }
export const name = 3;
export const path = 4;
`,
		`
function load load.ts:2 | export function load(path: string, name: number): string
  doc: Reads it.
  called by run a.ts:4
in run a.ts:2
`,
	));

test("Python: docstrings, methods by name, and tests in files of their own", () =>
	check(
		`
//- /shop/cart.py
import os.path
from shop.money import Money, round_up as up
class Cart:
    ‹def total(self, rate: float) -> Money:
        """Sums up.

        Taxes are in.
        """
        os.path.join("a")
        self.check_all()
        return up(Money(1))›
    def check_all(self): pass
//- /shop/money.py
# An amount.
class Money:
    pass
def round_up(value):
    'To whole cents.'
//- /shop/app.py
from shop.cart import Cart
def main():
    Cart().total(0.1)
//- /tests/test_cart.py
from shop.cart import Cart
def test_total():
    assert Cart().total(1) == 2
`,
		`
method Cart.total shop/cart.py:4 | def total(self, rate: float) -> Money:
  doc: Sums up. /  / Taxes are in.
  called by main shop/app.py:3
  tested by test_total tests/test_cart.py:3 | assert Cart().total(1) == 2
calls Money shop/money.py:2
calls check_all Cart.check_all shop/cart.py:12
calls up round_up shop/money.py:4
elsewhere os os.path
elsewhere path os.path
`,
	));

test("Go: names of the package, of other packages, and methods", () =>
	check(
		`
//- /go.mod
module example.com/shop
//- /cart/cart.go
package cart
import (
	"fmt"
	"example.com/shop/money"
)
‹// Total sums up.
func (c *Cart) Total() money.Amount {
	fmt.Println("x")
	helper()
	return money.Round(c.sum)
}›
type Cart struct { sum int }
//- /cart/helper.go
package cart
func helper() {}
//- /money/money.go
package money
// Round rounds.
func Round(v int) Amount { return Amount(v) }
type Amount int
//- /main.go
package main
import "example.com/shop/cart"
func main() {
	c := cart.Cart{}
	c.Total()
}
//- /cart/cart_test.go
package cart
func TestTotal(t *testing.T) {
	c := Cart{}
	c.Total()
}
`,
		`
method Cart.Total cart/cart.go:7 | func (c *Cart) Total() money.Amount
  doc: Total sums up.
  called by main main.go:5
  tested by TestTotal cart/cart_test.go:4 | c.Total()
calls helper cart/helper.go:2
calls Round money/money.go:3
uses Amount money/money.go:4
elsewhere fmt fmt
elsewhere Println fmt
`,
	));

test("Rust: paths, modules, tests among the code and in macros", () =>
	check(
		`
//- /src/lib.rs
mod money;
use crate::money::Money;
‹/// Adds them.
#[inline]
pub fn add(a: Money, b: Money) -> Money {
    money::round(a.cents + b.cents)
}›
pub fn twice(a: Money) -> Money { add(a, a) }
#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn adds() {
        assert_eq!(add(1, 2), 3);
    }
}
//- /src/money.rs
pub struct Money { pub cents: u64 }
pub fn round(v: u64) -> Money { Money { cents: v } }
`,
		`
function add src/lib.rs:5 | pub fn add(a: Money, b: Money) -> Money
  doc: Adds them.
  called by twice src/lib.rs:8
  tested by tests.adds src/lib.rs:14 | assert_eq!(add(1, 2), 3);
calls round src/money.rs:2
uses Money src/money.rs:1
`,
	));

test("a language without a grammar: names are looked up by their spelling, and that is said", () =>
	check(
		`
//- /deploy.sh
‹run_server --port 80 # start›
//- /server.py
def run_server(): pass
`,
		`
uses run_server perhaps server.py:1
not parsed
`,
	));

test("nothing known: the names that were looked for are told", () =>
	check("//- /a.ts\n‹frobnicate(quux(1));›\n", "unknown frobnicate\nunknown quux\n"));

test("what so many define is no name of one thing, and a file with its own is counted, not shown", () =>
	check(
		`
//- /a.ts
export class A {
‹	get() {}›
}
//- /b.ts
class B { get() {} }
//- /c.ts
value.get();
`,
		`
method A.get a.ts:2 | get()
  ambiguousFiles 2
`,
	));

test("a name without an import is a local one in TypeScript, and a name of the package in Go", async () => {
	await check(
		"//- /a.ts\n‹run(path);›\n//- /b.ts\nexport function run() {}\nexport const path = 1;\n",
		"unknown run",
	);
	await check(
		"//- /a.go\npackage a\nfunc f() {\n‹	run()›\n}\n//- /b.go\npackage a\nfunc run() {}\n",
		`
function run b.go:2 | func run()
  called by f a.go:3
in f a.go:2
`,
	);
});

test("what has the name in a package from elsewhere, or in a variable, is no use of it", () =>
	check(
		`
//- /assert.ts
‹export function assert() {}›
//- /a.test.ts
import assert from "node:assert";
assert(true);
//- /b.ts
import { assert } from "./assert";
assert();
//- /c.ts
import * as checks from "./assert";
checks.assert();
other.assert();
//- /d.ts
const f = (assert: () => void) => assert();
//- /e.ts
import { assert } from "vitest";
assert.assert();
`,
		`
function assert assert.ts:1 | export function assert()
  called by top b.ts:2
  called by top c.ts:2
`,
	));

test("scripts without imports see each other's names", () =>
	check(
		"//- /a.js\n‹function draw() {}›\n//- /b.js\ndraw();\n",
		`
function draw a.js:1 | function draw()
  called by top b.js:1
`,
	));

test("words of prose are no names, unless they look like code", () =>
	check(
		"//- /a.md\n‹It runs on the machine with readList.›\n//- /a.ts\nexport const runs = 1, machine = 2;\nexport const readList = 3;\n",
		"uses readList perhaps a.ts:2\nnot parsed",
	));

test("however many use it, files are read and places shown within bounds, and the rest is counted", async () => {
	const callers = Array.from(
		{ length: 100 },
		(_, index) => `//- /caller${index}.ts\nimport { busy } from "./a";\nbusy();\n`,
	);
	const { subjects } = await explained(
		`//- /a.ts\n‹export function busy() {}›\n${callers.join("")}`,
	);
	const usages = subjects[0]?.usages;
	expect(usages?.callers).toHaveLength(explanationLimits.usagePlaces);
	// The file itself is read too.
	expect(usages?.unreadFiles).toBe(101 - explanationLimits.readFiles);
	expect(usages?.callersNotShown).toBe(
		explanationLimits.readFiles - 1 - explanationLimits.usagePlaces,
	);
});

test("after an abort no further file is read", async () => {
	const { subjects } = await explained(
		"//- /a.ts\n‹export function f() {}›\n//- /b.ts\nimport { f } from './a';\nf();\n",
		AbortSignal.abort(),
	);
	expect(subjects[0]?.usages).toMatchObject({ callers: [], unreadFiles: 2 });
});

test("comments in all their forms are read without their marks", async () => {
	const documentationOf = async (fixture: string): Promise<string | undefined> =>
		(await explained(fixture)).subjects[0]?.documentation;
	expect(await documentationOf("//- /a.ts\n‹/* One. */\nexport function f() {}›\n")).toBe("One.");
	expect(await documentationOf("//- /a.rs\n‹/// One.\n///\n/// Two.\n#[x]\nfn f() {}›\n")).toBe(
		"One.\n\nTwo.",
	);
	expect(
		await documentationOf(
			"//- /a.ts\n‹/**\n * One `a`.\n *   indented\n */\nexport const f = 1;›\n",
		),
	).toBe("One `a`.\n  indented");
	expect(await documentationOf('//- /a.py\n‹def f():\n    r"""One."""›\n')).toBe("One.");
	expect(await documentationOf("//- /a.py\n‹@cached\n# One.\ndef f(): pass›\n")).toBe("One.");
	expect(await documentationOf("//- /a.ts\n‹@decorated\nclass A {}›\n")).toBeUndefined();
});
