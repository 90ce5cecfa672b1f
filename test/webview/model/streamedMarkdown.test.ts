import fc from "fast-check";
import { expect, test } from "vitest";
import { codeBlocks } from "../../../src/chat/edits/codeBlocks.ts";
import { codeBlocksOf, createMarkdown } from "../../../src/webview/chat/markdown/parser.ts";
import {
	largeBlockLength,
	maxBlockLength,
	stepLength,
	StreamedMarkdown,
	type Block,
} from "../../../src/webview/chat/markdown/streamedMarkdown.ts";

const markdown = createMarkdown();

/** Pieces of which Markdown is made, so that random texts of them are full of its constructs. */
const piece = fc.constantFrom(
	...[
		"\n",
		"\n",
		"\n\n",
		"\r\n",
		"\r",
		" ",
		"    ",
		"\t",
		"word",
		"a *b* `c`",
		"# h",
		"===",
		"---",
	],
	...[
		"- item",
		"1. one",
		"> quote",
		"```",
		"```ts",
		"````",
		"~~~",
		"| a | b |",
		"|---|---|",
		"| 1 |",
	],
	...[
		"[x](https://a.example)",
		"[r]: https://a.example",
		"[r]",
		"![i](b.png)",
		"<b>",
		"\\",
		"\0",
		"**",
	],
	...["+", "*", "`", "~", "#", ">", "-", "=", "|", "2)", "é", "‮", "😀"],
);
const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
/** A text, and where a stream cuts it. */
const stream = fc
	.tuple(text, fc.array(fc.nat(), { maxLength: 20 }))
	.map(([whole, cuts]) => ({ whole, chunks: chunksOf(whole, cuts) }));

function chunksOf(whole: string, cuts: readonly number[]): string[] {
	const places = cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b);
	return [...places, whole.length].map((end, index) => whole.slice(places[index - 1] ?? 0, end));
}

function html(blocks: readonly Block[]): string {
	return blocks
		.map(({ tokens }) => markdown.renderer.render([...tokens], markdown.options, {}))
		.join("");
}

/** Blank lines at the end of code that is still being written can't be seen. */
function visible(drawn: string): string {
	return drawn.replaceAll(/\s+(?=<\/code>)/g, "");
}

/** All blocks after a stream of `chunks`, looked at after each. */
function streamed(chunks: readonly string[]): {
	readonly settled: Block[];
	readonly parsedLength: number;
} {
	const source = new StreamedMarkdown(markdown);
	const settled: Block[] = [];
	const drain = (): void => {
		for (let isMore = true; isMore;) {
			const progress = source.advance();
			settled.push(...progress.settled);
			isMore = progress.isMoreWaiting;
		}
	};
	for (const chunk of chunks) {
		source.append(chunk);
		drain();
	}
	source.end();
	drain();
	return { settled, parsedLength: source.parsedLength };
}

test("a text streamed in any chunks becomes the same blocks as the whole text", () => {
	fc.assert(
		fc.property(stream, ({ whole, chunks }) => {
			expect(html(streamed(chunks).settled)).toBe(markdown.render(whole));
		}),
		{ numRuns: 2000 },
	);
});

test("what is shown after each chunk is the text so far", () => {
	fc.assert(
		fc.property(stream, ({ chunks }) => {
			const source = new StreamedMarkdown(markdown);
			const settled: Block[] = [];
			let open: readonly Block[] = [];
			let sofar = "";
			for (const chunk of chunks) {
				sofar += chunk;
				source.append(chunk);
				const progress = source.advance();
				settled.push(...progress.settled);
				open = progress.open ?? open;
				// A line break that is cut in two is held back until its other half is there.
				const shown = sofar.endsWith("\r") ? sofar.slice(0, -1) : sofar;
				expect(visible(html([...settled, ...open]))).toBe(visible(markdown.render(shown)));
			}
		}),
		{ numRuns: 1000 },
	);
});

test("a fence with a bar in its info may still become the head of a table", () => {
	const source = new StreamedMarkdown(markdown);
	source.append("```|---|---|\n");
	expect(html(source.advance().open ?? [])).toContain("<pre>");
	source.append("-|---|---|");
	expect(html(source.advance().open ?? [])).toContain("<table>");
});

test("code blocks have the numbers that the extension gives them", () => {
	fc.assert(
		fc.property(stream, ({ whole, chunks }) => {
			const numbered = streamed(chunks).settled.flatMap(({ tokens, firstCodeIndex }) =>
				codeBlocksOf(tokens)
					.filter(({ isFenced }) => isFenced)
					.map(({ code }, index) => ({ index: (firstCodeIndex ?? NaN) + index, content: code })),
			);
			const expected = codeBlocks(whole).map(({ index, content }) => ({ index, content }));
			expect(numbered).toEqual(expected);
		}),
		{ numRuns: 1000 },
	);
});

test("a step takes in a bounded piece however much is waiting", () => {
	const source = new StreamedMarkdown(markdown);
	source.append("word ".repeat(100_000));
	source.advance();
	expect(source.parsedLength).toBe(stepLength);
});

test.each([
	["many paragraphs", "Some words of prose.\n\n"],
	["one endless line", "word "],
	["one endless paragraph", "Some words\n"],
	["one endless list", "- item\n"],
	["one endless quote", "> quote\n"],
	["one endless table", "| a | b |\n|---|---|\n"],
	["code", "```\nlet a = 1;\n"],
])("a megabyte of %s is parsed a bounded number of times", (_, unit) => {
	const whole = unit.repeat(Math.ceil(1_000_000 / unit.length));
	const { parsedLength } = streamed(chunksOf(whole, []));
	// An open block is parsed again after a quarter more, until it is cut: a geometric series.
	expect(parsedLength / whole.length).toBeLessThan(12);
});

test("a long code block is parsed when it begins and when it ends", () => {
	const whole = "```ts\n" + "let a = 1;\n".repeat(20_000);
	const { parsedLength } = streamed(
		chunksOf(
			whole,
			Array.from({ length: 500 }, (_, i) => i * 440),
		),
	);
	expect(parsedLength).toBeLessThan(1.2 * whole.length);
});

test("a block without an end is cut, and code after the cut has no number", () => {
	const list = "- item\n".repeat(maxBlockLength / 3);
	const { settled } = streamed([`${list}\n\ntext\n\n`, "```\ncode\n```\n"]);
	expect(settled.length).toBeGreaterThan(2);
	expect(settled.at(-1)?.firstCodeIndex).toBeUndefined();
});

test("text beyond the limit waits for it to rise", () => {
	const source = new StreamedMarkdown(markdown);
	source.limit = largeBlockLength;
	source.append("paragraph\n\n".repeat(10_000));
	source.end();
	const drain = (): string => {
		let drawn = "";
		for (let isMore = true; isMore;) {
			const progress = source.advance();
			drawn += html(progress.settled);
			isMore = progress.isMoreWaiting;
		}
		return drawn;
	};
	const first = drain();
	expect(first.length).toBeLessThan(2 * largeBlockLength);
	source.limit = Infinity;
	expect(first + drain()).toBe(markdown.render("paragraph\n\n".repeat(10_000)));
});
