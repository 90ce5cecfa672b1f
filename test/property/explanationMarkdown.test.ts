import fc from "fast-check";
import createMarkdownIt from "markdown-it";
import { expect, test } from "vitest";
import {
	cleanText,
	escapedInline,
	escapedProse,
	inlineCode,
} from "../../src/chat/explanation/escapeMarkdown.ts";
import { explanationMarkdown } from "../../src/chat/explanation/explanationMarkdown.ts";
import { fileHref } from "../../src/chat/explanation/fileHref.ts";
import type { Explanation, UsagePlace } from "../../src/context/explanation/explanation.ts";
import { linkTarget } from "../../src/webview/chat/markdown/linkTarget.ts";
import { createMarkdown } from "../../src/webview/chat/markdown/parser.ts";

/** Reads more into a text than any view of Mote: raw HTML, addresses without marks, references, images. */
const eager = createMarkdownIt({ html: true, linkify: true });
eager.linkify.set({ fuzzyLink: false, fuzzyEmail: true });
/** The chat view's own. */
const parsers = [eager, createMarkdown()];

const hostileText = fc
	.array(
		fc.oneof(
			fc.constantFrom(
				...["```", "~~~", "`", "\n", "\n\n", "\r", "    ", "\t", "\\", "[", "]", "(", ")", "](x)"],
				...["<script>", "<!--", "-->", "<a href=x>", "&lt;", "&#60;", "![", "![a](b)", "[a](b.ts)"],
				...[
					"[a]: b",
					"# ",
					"===",
					"---",
					"- ",
					"* ",
					"1. ",
					"2) ",
					"> ",
					"|",
					"|---|",
					"*",
					"_",
					"~~",
				],
				...[
					"http://x.y",
					"https://evil.example/a",
					"www.evil.example",
					"a@b.example",
					"<http://x>",
				],
				...[
					"javascript:alert(1)",
					"command:x",
					"$",
					"$$",
					"@param x",
					"\u202e",
					"\u2028",
					"\0",
					"\ud800",
				],
				...["word", "Ünïcode", "日本", "😀", " ", ".", "!", ":"],
			),
			fc.string({ maxLength: 4 }),
		),
		{ maxLength: 10 },
	)
	.map((parts) => parts.join(""));

test("prose, names and code of files show themselves, whatever is in them", () => {
	fc.assert(
		fc.property(hostileText, (text) => {
			for (const markdown of parsers) {
				const inline = markdown.parseInline(`a ${escapedInline(text)} b`, {})[0]?.children ?? [];
				expect(new Set(inline.map(({ type }) => type))).toEqual(
					new Set(
						inline.some(({ type }) => type === "text_special")
							? ["text", "text_special"]
							: ["text"],
					),
				);
				expect(squeezed(inline.map(({ content }) => content).join(""))).toBe(
					squeezed(`a ${cleanText(text)} b`),
				);
				const code = markdown.parseInline(`a ${inlineCode(text)} b`, {})[0]?.children ?? [];
				expect(code.map(({ type }) => type)).toEqual(["text", "code_inline", "text"]);
				expect(squeezed(code[1]?.content ?? "")).toBe(squeezed(cleanText(text)));
				const prose = markdown.parse(escapedProse(text), {});
				expect(prose.every(({ type }) => /^(?:paragraph_(?:open|close)|inline)$/.test(type))).toBe(
					true,
				);
				const shown = prose.flatMap(({ children }) => children ?? []);
				expect(
					shown.every(({ type }) => /^(?:text|text_special|softbreak|hardbreak)$/.test(type)),
				).toBe(true);
				expect(
					squeezed(shown.map(({ content }) => content || " ").join("")).replaceAll(" ", ""),
				).toBe(squeezed(cleanText(text)).replaceAll(" ", ""));
			}
		}),
		{ numRuns: 3_000 },
	);
});

function squeezed(text: string): string {
	return text.replaceAll(/\s+/g, " ").trim();
}

test("a link leads to the file and line that it is made for, or there is none", () => {
	const segment = fc
		.oneof(hostileText, fc.constantFrom("a b", "[x]", "(y)", "c#", "100%", "a?b", "%23", "..", "~"))
		.map((text) => text.replaceAll("/", ""));
	fc.assert(
		fc.property(
			fc.array(segment, { minLength: 1, maxLength: 3 }),
			fc.nat(99_999),
			(segments, line) => {
				const path = segments.join("/");
				const href = fileHref(path, line);
				if (href !== undefined) {
					expect(linkTarget(href)).toEqual({ kind: "file", path, line });
				}
			},
		),
		{ numRuns: 3_000 },
	);
	for (const path of [
		"src/a b.ts",
		"src/[id]/(group)/page.tsx",
		"c#/a.cs",
		"what?.md",
		"100%/x.go",
	]) {
		expect(linkTarget(fileHref(path, 6) ?? "")).toEqual({ kind: "file", path, line: 6 });
	}
});

const path = fc.oneof(hostileText, fc.constantFrom("src/a.ts", "src/[id]/a b.ts"));
const place = fc.record({
	path,
	name: hostileText,
	kind: fc.constantFrom("function" as const, "class" as const),
	container: fc.option(hostileText, { nil: undefined }),
	line: fc.nat(500),
});
const brief = fc
	.tuple(
		place,
		fc.option(hostileText, { nil: undefined }),
		fc.option(hostileText, { nil: undefined }),
	)
	.map(([at, signature, summary]) => ({ ...at, signature, summary }));
const use: fc.Arbitrary<UsagePlace> = fc.record({
	path,
	line: fc.nat(500),
	count: fc.integer({ min: 1, max: 3 }),
	within: fc.option(place, { nil: undefined }),
	code: hostileText,
});
const few = <Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> =>
	fc.array(item, { maxLength: 2 });
const counts = fc.nat(2);
const subject = fc
	.tuple(
		brief,
		few(brief),
		fc.record({
			callers: few(use),
			mentions: few(use),
			tests: few(use),
			callersNotShown: counts,
			mentionsNotShown: counts,
			testsNotShown: counts,
			ambiguousFiles: counts,
			unreadFiles: counts,
		}),
		hostileText,
	)
	.map(([{ summary, ...at }, members, usages, documentation]) => ({
		...at,
		documentation: summary === undefined ? undefined : documentation,
		languageId: "typescript",
		members,
		membersNotShown: 1,
		usages,
	}));
const named = fc.record({
	name: hostileText,
	line: fc.nat(9),
	definitions: fc.array(brief, { minLength: 1, maxLength: 2 }),
	isCertain: fc.boolean(),
});
const explanation: fc.Arbitrary<Explanation> = fc.record({
	query: fc.record({
		kind: fc.constant("code" as const),
		path,
		startLine: fc.nat(9),
		endLine: fc.integer({ min: 9, max: 20 }),
	}),
	isParsed: fc.boolean(),
	subjects: few(subject),
	furtherSubjects: few(brief),
	subjectsNotShown: counts,
	within: fc.option(brief, { nil: undefined }),
	calls: few(named),
	uses: few(named),
	elsewhere: few(fc.record({ name: hostileText, specifier: hostileText })),
	unknown: few(hostileText),
	namesNotShown: counts,
});

test("no text of a file becomes markup, HTML, an image or a link of an explanation", () => {
	fc.assert(
		fc.property(explanation, fc.boolean(), (facts, isComplete) => {
			const text = explanationMarkdown(facts, { isComplete });
			const allowed = new Set(hrefsOf(facts));
			for (const markdown of parsers) {
				const tokens = markdown
					.parse(text, {})
					.flatMap((token) => [token, ...(token.children ?? [])]);
				const kinds = new Set(tokens.map(({ type }) => type));
				for (const kind of [
					"html_block",
					"html_inline",
					"image",
					"code_block",
					"hr",
					"table_open",
					"em_open",
					"s_open",
				]) {
					expect(kinds).not.toContain(kind);
				}
				expect(tokens.filter(({ type }) => type === "heading_open")).toHaveLength(
					facts.subjects.length,
				);
				expect(
					tokens.filter(({ type }) => type === "fence").map(({ content }) => content.trim()),
				).toEqual(
					facts.subjects.flatMap(({ signature }) =>
						signature === undefined ? [] : [cleanText(signature).trim()],
					),
				);
				for (const link of tokens.filter(({ type }) => type === "link_open")) {
					expect(allowed).toContain(link.attrGet("href"));
				}
			}
		}),
		{ numRuns: 1_000 },
	);
});

function hrefsOf({ query, subjects, furtherSubjects, within, calls, uses }: Explanation): string[] {
	const places = [
		...(query.kind === "code" ? [{ path: query.path, line: query.startLine }] : []),
		...subjects.flatMap((each) => [
			each,
			...each.members,
			...(each.usages?.callers ?? []),
			...(each.usages?.mentions ?? []),
			...(each.usages?.tests ?? []),
		]),
		...furtherSubjects,
		...(within === undefined ? [] : [within]),
		...[...calls, ...uses].flatMap(({ definitions }) => definitions),
	];
	return places.flatMap((at) => fileHref(at.path, at.line) ?? []);
}
