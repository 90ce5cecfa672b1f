import { describe, expect, test } from "vitest";
import { parseJinja, renderJinja } from "../../../src/prompt/boundedJinja.ts";

const render = (template: string, variables = {}): string =>
	renderJinja(parseJinja(template), variables);

test("renders what chat templates use", () => {
	expect(
		render(
			`{%- set ns = namespace(last=-1) -%}
{% for item in items if item.on %}
{% set ns.last = loop.index0 %}
{{ loop.index }}: {{ item.name | trim }}{{ ", " if not loop.last }}
{% endfor %}
{%- macro twice(x) %}{{ x }}{{ x }}{% endmacro %}
{{ twice("ab") }} {{ ns.last }} {{ range(1, 8, 3) | join("-") }} {{ range(3) | length }} {{ none is none }}`,
			{
				items: [
					{ name: " a ", on: true },
					{ name: "b", on: false },
					{ name: "c", on: true },
				],
			},
		),
	).toBe("1: a, \n2: c\nabab 1 1-4-7 3 true");
});

test("has no clock", () => {
	expect(render("{{ strftime_now is defined }}")).toBe("false");
});

describe("a template that would run for ever or fill the memory fails:", () => {
	const deep = (levels: number, body: string): string =>
		"{% for a in range(10000) %}".repeat(levels) + body + "{% endfor %}".repeat(levels);
	test.each([
		["a huge range", "{{ range(1000000000) }}", "too long"],
		["an endless range", "{{ range(0, 10, 0) }}", "too long"],
		["loops in loops", deep(4, "x"), "too much"],
		["empty loops in loops", deep(4, ""), "too much"],
		["loops over many keys", deep(4, "{% for k in {'a': 1} %}{% endfor %}"), "too much"],
		[
			"a string that doubles",
			"{% set ns = namespace(s='ab') %}{% for i in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
			"too long",
		],
		[
			"a long string again and again",
			`{% set ns = namespace(s='ab') %}{% for i in range(18) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}${deep(2, "{% set x = ns.s | upper %}")}`,
			"too much",
		],
		[
			"a replacement that multiplies",
			"{% set ns = namespace(s='aaaaaaaa') %}{% for i in range(9) %}{% set ns.s = ns.s | replace('a', ns.s) %}{% endfor %}",
			"",
		],
		["an enormous indent", "{{ 'a\nb' | indent(500000000) }}", ""],
		["a macro that calls itself", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", ""],
		[
			"macros that fan out",
			"{% macro a(n) %}{% if n > 0 %}{{ a(n - 1) }}{{ a(n - 1) }}{% endif %}{% endmacro %}{{ a(60) }}",
			"too much",
		],
		[
			"a value inside itself",
			"{% set ns = namespace(a=1) %}{% set ns.a = ns %}{{ ns | tojson }}",
			"",
		],
	])("%s", (_, template, message) => {
		expect(() => render(template)).toThrow(message);
	});

	test("white space that takes seconds to read", () => {
		for (const template of [" ".repeat(65_536), `{#${"\n".repeat(65_000)}`]) {
			expect(() => parseJinja(template)).toThrow("too much white space");
		}
		expect(render(`a${" ".repeat(1024)}b`)).toHaveLength(1026);
	});

	test("deep nesting doesn't end the process", () => {
		for (const template of [
			"{{ " + "(".repeat(20_000) + "1" + ")".repeat(20_000) + " }}",
			"{% if true %}".repeat(5000) + "{% endif %}".repeat(5000),
			"{{ " + "not ".repeat(15_000) + "1 }}",
		]) {
			expect(() => render(template)).toThrow();
		}
	});
});
