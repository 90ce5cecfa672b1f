import path from "node:path";
import { expect, test } from "vitest";
import { Grammars } from "../../../../src/context/syntax/grammars.ts";
import type { WantedMentions } from "../../../../src/context/syntax/nameMentions.ts";
import { TagReader } from "../../../../src/context/syntax/tagReader.ts";
import { grammarFiles } from "../../../support/grammarFiles.ts";

const reader = new TagReader(
	new Grammars(grammarFiles),
	path.join(import.meta.dirname, "../../../../syntaxes"),
);

/** The mentions of `target`, one a line: its line, how it is used, and what it is selected of. */
async function check(
	languageId: string,
	text: string,
	expected: readonly string[],
	wanted: WantedMentions = { names: new Set(["target", "Target"]) },
): Promise<void> {
	const mentions = await reader.mentions(languageId, text.trimStart(), wanted);
	expect(
		mentions?.map(
			({ line, isCall, isMember, receiver }) =>
				`${line} ${isCall ? "call" : "mention"}${isMember ? ` of ${receiver ?? "something"}` : ""}`,
		),
	).toEqual(expected);
}

test("TypeScript: calls, members, constructors, decorators and type arguments are told apart", () =>
	check(
		"typescript",
		`
import { target } from "./a.ts";
target(1);
values.map(target);
a.target<string>(1);
a.b.target?.();
new Target();
new ns.Target<string>();
let x: ns.Target;
@target class K {}
@target() class L {}
// target
"target";
`,
		[
			"0 mention",
			"1 call",
			"2 mention",
			"3 call of a",
			"4 call of something",
			"5 call",
			"6 call of ns",
			"7 mention of ns",
			"8 call",
			"9 call",
		],
	));

test("TSX: an element is made of what it names", () =>
	check("typescriptreact", `\nconst a = <Target x={target} />;\nconst b = <Target>x</Target>;`, [
		"0 call",
		"0 mention",
		"1 call",
		"1 mention",
	]));

test("Python: calls, attributes and decorators", () =>
	check(
		"python",
		`
from a import target
target(1)
self.target(2)
a.b.target
@target
def f(): pass
map(target, x)
class B(Target): pass
`,
		[
			"0 mention",
			"1 call",
			"2 call of self",
			"3 mention of something",
			"4 call",
			"6 mention",
			"7 mention",
		],
	));

test("Go: calls, methods, packages and literals", () =>
	check(
		"go",
		`
package a
func f() {
	target(1)
	pkg.target(2)
	s.inner.target()
	x := Target{a: 1}
	y := &pkg.Target{}
	var z Target
	go target(1)
	use(target)
}
`,
		[
			"2 call",
			"3 call of pkg",
			"4 call of something",
			"5 call",
			"6 call of pkg",
			"7 mention",
			"8 call",
			"9 mention",
		],
	));

test("Rust: calls, paths, methods, literals and what stands in macros", () =>
	check(
		"rust",
		`
use crate::a::target;
fn f() {
	target(1);
	a::target(2);
	s.target();
	target::<u8>(3);
	assert_eq!(target(1), 2);
	let t = Target { a: 1 };
	target!(1);
	let t: Target = Target::new();
	g(target);
}
`,
		[
			"0 mention of something",
			"2 call",
			"3 call of a",
			"4 call of s",
			"5 call",
			"6 call",
			"7 call",
			"8 call",
			"9 mention",
			"9 mention",
			"10 mention",
		],
	));

test("Java, C#, C++, PHP, Ruby and JavaScript know calls too", async () => {
	await check("java", "class A { void f() { target(); a.target(); new Target(); Target t; } }", [
		"0 call",
		"0 call of a",
		"0 call",
		"0 mention",
	]);
	await check("csharp", "class A { void F() { target(); a.target(); new Target(); Target t; } }", [
		"0 call",
		"0 call of a",
		"0 call",
		"0 mention",
	]);
	await check(
		"cpp",
		"void f() { target(); a.target(); n::target<int>(); Target t; new Target(); }",
		["0 call", "0 call of a", "0 call of n", "0 mention", "0 call"],
	);
	await check("php", "<?php target(); $a->target(); A::target(); new Target(); ", [
		"0 call",
		"0 call of $a",
		"0 call of A",
		"0 call",
	]);
	await check("ruby", "target(1)\na.target\nTarget.new\n", ["0 call", "1 call of a", "2 mention"]);
	await check("javascript", "target(); a.target(); new Target(); x = target;", [
		"0 call",
		"0 call of a",
		"0 call",
		"0 mention",
	]);
});

test("only the wanted lines are read", () =>
	check("typescript", "target();\ntarget();\nother();\ntarget();", ["1 call", "2 call"], {
		lines: { startLine: 1, endLine: 2 },
	}));

test("a language without a grammar has no mentions, which isn't none", async () => {
	expect(await reader.mentions("cobol", "target", {})).toBeUndefined();
});
