import type { MarkdownIt, Token } from "markdown-it";
import { countFences } from "./parser.ts";
import { readOpenFence, type OpenFence } from "./openFence.ts";

/** One block at the top level of an answer: a paragraph, a list, a code block and so on. */
export interface Block {
	/** Tells whether a block that was drawn is still the same. */
	readonly source: string;
	readonly tokens: readonly Token[];
	/** Number of its first code block within the answer; undefined when numbers are no longer sure. */
	readonly firstCodeIndex: number | undefined;
}

export interface Progress {
	/** Blocks that no later text can change, after those of earlier calls. */
	readonly settled: readonly Block[];
	/** What comes after all settled ones, for now; undefined when it hasn't changed. */
	readonly open: readonly Block[] | undefined;
	/** Whether text that was appended is still to be looked at. */
	readonly isMoreWaiting: boolean;
}

/** Most UTF-16 units of new text that one call of `advance` takes in: what a frame can draw. */
export const stepLength = 16_384;
/** Open blocks longer than this are parsed again only after growing by a quarter, so work stays linear. */
export const largeBlockLength = 16_384;
/** An open block longer than this is cut, or each step would take longer than a frame. */
export const maxBlockLength = 65_536;

/**
 * Parses Markdown as it arrives, the text of settled blocks once. CommonMark reads line by line, so once a
 * block has begun for sure, the blocks before it are settled whatever follows.
 */
export class StreamedMarkdown {
	readonly #markdown: MarkdownIt;
	#text = "";
	/** Appended text that ended within "\r\n". */
	#heldBack = "";
	#isEnded = false;
	#limit = Infinity;
	/** Text before is settled. */
	#settledEnd = 0;
	/** Text before was looked at. */
	#seenEnd = 0;
	#endWasSeen = false;
	#codeCount: number | undefined = 0;
	/** Length that the open text must have before it is parsed again. */
	#nextParseLength = 0;
	#openFence: OpenFence | undefined;
	/** UTF-16 units parsed so far, the same text counted as often as it was parsed. */
	parsedLength = 0;

	constructor(markdown: MarkdownIt) {
		this.#markdown = markdown;
	}

	/** Length of all text so far. */
	get length(): number {
		return this.#text.length + this.#heldBack.length;
	}

	/** Text beyond this many UTF-16 units waits. */
	set limit(length: number) {
		this.#limit = length;
	}

	append(text: string): void {
		const all = this.#heldBack + text;
		const end = all.endsWith("\r") ? all.length - 1 : all.length;
		this.#heldBack = all.slice(end);
		this.#text += all.slice(0, end).replaceAll(/\r\n?/g, "\n").replaceAll("\0", "\uFFFD");
	}

	/** Nothing will be appended: the last block is settled too. */
	end(): void {
		this.#text += this.#heldBack === "" ? "" : "\n";
		this.#heldBack = "";
		this.#isEnded = true;
	}

	/** Takes in one step of what was appended. */
	advance(): Progress {
		const bound = Math.min(this.#text.length, this.#limit);
		const seenBefore = this.#seenEnd;
		this.#seenEnd = Math.max(seenBefore, Math.min(bound, seenBefore + stepLength));
		const isLast = this.#isEnded && this.#seenEnd === this.#text.length;
		const isMoreWaiting = this.#seenEnd < bound;
		if (this.#seenEnd === seenBefore && (!isLast || this.#endWasSeen)) {
			return { settled: [], open: undefined, isMoreWaiting };
		}
		this.#endWasSeen = isLast;
		const source = this.#text.slice(this.#settledEnd, this.#seenEnd);
		if (!isLast && this.#openFence?.extend(source) === true) {
			return { settled: [], open: [this.#fenceBlock(source, this.#openFence)], isMoreWaiting };
		}
		if (this.#openFence !== undefined) {
			this.#openFence = undefined;
			this.#nextParseLength = 0;
		}
		if (!isLast && source.length < this.#nextParseLength) {
			return { settled: [], open: undefined, isMoreWaiting };
		}
		return { ...this.#parse(source, isLast), isMoreWaiting };
	}

	#parse(source: string, isLast: boolean): Pick<Progress, "settled" | "open"> {
		this.parsedLength += source.length;
		const parts = topLevelParts(this.#markdown.parse(source, {}));
		const lineStarts = lineStartsOf(source);
		const settledCount = isLast ? parts.length : countSettled(parts, lineStarts.length);
		const blocks: Block[] = [];
		let codeCount = this.#codeCount;
		let settledCodeCount = codeCount;
		for (const [index, part] of parts.entries()) {
			const next = parts[index + 1];
			const start = lineStarts[part.startLine] ?? source.length;
			const end =
				next === undefined ? source.length : (lineStarts[next.startLine] ?? source.length);
			blocks.push({
				source: source.slice(start, end),
				tokens: part.tokens,
				firstCodeIndex: codeCount,
			});
			codeCount = codeCount === undefined ? undefined : codeCount + countFences(part.tokens);
			if (index < settledCount) {
				settledCodeCount = codeCount;
			}
		}
		const settled = blocks.slice(0, settledCount);
		const open = blocks.slice(settledCount);
		const firstOpen = parts[settledCount];
		const settledLength =
			firstOpen === undefined ? source.length : (lineStarts[firstOpen.startLine] ?? source.length);
		if (isLast || firstOpen !== undefined) {
			// Blank lines before the first open block are left behind too.
			this.#settledEnd += settledLength;
		}
		this.#codeCount = settledCodeCount;
		const openLength = this.#seenEnd - this.#settledEnd;
		this.#nextParseLength = openLength > largeBlockLength ? Math.ceil(openLength * 1.25) : 0;
		this.#openFence = open.length === 1 && open[0] ? readOpenFence(open[0]) : undefined;
		if (openLength > maxBlockLength && this.#openFence === undefined) {
			return this.#cut(settled, open);
		}
		return { settled, open };
	}

	/** Gives up on telling where an endless block ends: what follows is read as if it began anew. */
	#cut(settled: readonly Block[], open: readonly Block[]): Pick<Progress, "settled" | "open"> {
		this.#settledEnd = this.#seenEnd;
		this.#codeCount = undefined;
		this.#nextParseLength = 0;
		return { settled: [...settled, ...open], open: [] };
	}

	#fenceBlock(source: string, fence: OpenFence): Block {
		return { source, tokens: [fence.token], firstCodeIndex: this.#codeCount };
	}
}

interface Part {
	readonly tokens: Token[];
	readonly startLine: number;
}

/**
 * How many of `parts` no later text can change, in a text of `lineCount` lines, of which the last isn't
 * whole. What a block is shows in its first line, and for a table in its second.
 */
function countSettled(parts: readonly Part[], lineCount: number): number {
	const lastSure = parts.findLastIndex(({ startLine }) => startLine + 1 < lineCount - 1);
	return Math.max(0, lastSure);
}

/** Groups the flat list of tokens into what stands at the top level. */
function topLevelParts(tokens: readonly Token[]): Part[] {
	const parts: Part[] = [];
	let current: Token[] = [];
	for (const token of tokens) {
		current.push(token);
		if (token.level === 0 && token.nesting <= 0) {
			parts.push({ tokens: current, startLine: current[0]?.map?.[0] ?? 0 });
			current = [];
		}
	}
	return parts;
}

/** Offsets at which the lines of `source` start. */
function lineStartsOf(source: string): number[] {
	const starts = [0];
	for (let end = source.indexOf("\n"); end >= 0; end = source.indexOf("\n", end + 1)) {
		starts.push(end + 1);
	}
	return starts;
}
