import { expect, test } from "vitest";
import { applied, block } from "../../../support/appliedBlock.ts";

test("a list in YAML whose items stand below the key's first letter is replaced whole", () => {
	const file = "on:\n  push:\n    b: 1\nsteps:\n- name: a\n  run: b\n- name: c\nlast: 1\n";
	expect(
		applied(block("yaml", "steps:\n  - name: a\n    run: d\n  - name: c"), "a.yml", file),
	).toBe("on:\n  push:\n    b: 1\nsteps:\n  - name: a\n    run: d\n  - name: c\nlast: 1\n");
	expect(applied(block("yaml", "steps:\n- name: d\n- name: c"), "a.yml", file)).toBe(
		"on:\n  push:\n    b: 1\nsteps:\n- name: d\n- name: c\nlast: 1\n",
	);
});

test("a part of a component that the answer leaves out isn't lost", () => {
	const file =
		"<script setup>\nconst a = 1;\n</script>\n\n<template>\n  <p>{{ a }}</p>\n</template>\n\n<style>\n.a { color: blue; }\n</style>\n";
	const parts = "<script setup>\nconst a = 2;\n</script>\n\n<style>\n.a { color: red; }\n</style>";
	expect(applied(block("vue", parts), "a.vue", file)).toMatch(/^refused: A part of a\.vue/);
	const whole = file.replace("= 1", "= 2");
	expect(applied(block("vue", whole.trimEnd()), "a.vue", file)).toBe(whole);
});

test("a second default export is refused", () => {
	const file =
		"function Header() {\n  return 1;\n}\n\nfunction App() {\n  return 1;\n}\n\nexport default App;\n";
	const content =
		"export default function App() {\n  return 2;\n}\n\nfunction Header() {\n  return 2;\n}";
	expect(applied(block("tsx", content), "a.tsx", file)).toMatch(/^refused: .*declare again/);
});

test("a rule of a style sheet isn't written a second time", () => {
	const file =
		".a {\n  color: blue;\n}\n\n@media (max-width: 1px) {\n  .a {\n    color: blue;\n  }\n}\n\n.b {\n  color: blue;\n}\n";
	const content =
		"@media (max-width: 1px) {\n  .a {\n    color: red;\n  }\n}\n\n.a {\n  color: green;\n}";
	expect(applied(block("css", content), "a.css", file)).toMatch(/^refused: .*declare again/);
});

test("an answer without its closing fence takes no declaration out of a file", () => {
	const file = "class A {\n  a() {\n    return 1;\n  }\n\n  b() {}\n}\n";
	const content = "```ts\nclass A {\n  a() {\n    return 10;\n  }\n}";
	expect(applied(content, "a.ts", file)).toMatch(/^refused: .*before it is complete/);
	expect(applied(content.replace("  }\n}", "  }\n\n  b() {}\n}"), "a.ts", file)).toBe(
		file.replace("1", "10"),
	);
});
