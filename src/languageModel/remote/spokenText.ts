import { thoughtMarks } from "../thoughtMarks.ts";

/**
 * What a chat model says, out of what a server passes on: without the thoughts that a reasoning model puts in tags
 * before its answer, and without the token that ends its turn where the server spells it out. In whatever chunks
 * the text comes, the result is the same.
 */
export class SpokenText {
	/** Undefined once it is known that the answer has begun. */
	#opening: "undecided" | "thinking" | undefined = "undecided";
	/** What ends the thoughts. */
	#close = "";
	#held = "";
	#hasThought = false;
	#hasEnded = false;

	/** Whether there were thoughts. */
	get hasThought(): boolean {
		return this.#hasThought;
	}

	/** What of the answer is certain with `chunk`; may be "". */
	push(chunk: string): string {
		this.#held += chunk;
		if (this.#opening !== undefined && !this.#decide()) {
			return "";
		}
		return this.#take(false);
	}

	/** The rest, once nothing more comes. */
	end(): string {
		if (this.#opening === "thinking") {
			return "";
		}
		if (this.#opening === "undecided" && this.#hasThought) {
			this.#held = this.#held.trimStart();
		}
		this.#opening = undefined;
		return this.#take(true);
	}

	/** Whether what is held belongs to the answer. */
	#decide(): boolean {
		for (;;) {
			if (this.#opening === "undecided") {
				const start = this.#held.trimStart();
				const tag = thoughtMarks.find(({ open }) => start.startsWith(open));
				if (tag === undefined) {
					const mayBecome =
						this.#held.length <= maxHeldLength &&
						thoughtMarks.some(({ open }) => open.startsWith(start));
					if (mayBecome) {
						return false;
					}
					this.#opening = undefined;
					// What stands between thoughts and answer is white space.
					this.#held = this.#hasThought ? start : this.#held;
					return true;
				}
				this.#opening = "thinking";
				this.#hasThought = true;
				this.#close = tag.close;
				this.#held = start.slice(tag.open.length);
			}
			const end = this.#held.indexOf(this.#close);
			if (end < 0) {
				// Enough to find a tag that comes in two chunks; thoughts may be long.
				this.#held = this.#held.slice(-this.#close.length);
				return false;
			}
			// A second thought may follow.
			this.#held = this.#held.slice(end + this.#close.length);
			this.#opening = "undecided";
		}
	}

	/** Without a turn's end, or what may become one. */
	#take(isLast: boolean): string {
		if (this.#hasEnded) {
			return "";
		}
		const nextTurn = turnChange.exec(this.#held);
		if (nextTurn !== null) {
			this.#hasEnded = true;
			return this.#held.slice(0, nextTurn.index);
		}
		const certain = isLast ? endOfTurnAt(this.#held) : certainLength(this.#held);
		if (!isLast && this.#held.length - certain > maxHeldLength) {
			// White space without end behind what looks like one: it is looked through once, not with each chunk.
			this.#hasEnded = true;
		}
		const text = this.#held.slice(0, certain);
		this.#held = this.#held.slice(certain);
		return text;
	}
}

/** With which common chat models end a turn. In the middle of an answer they are something that it is about. */
const endTokens: readonly string[] = [
	"<|im_end|>",
	"<|endoftext|>",
	"<|eot_id|>",
	"<|end_of_text|>",
	"<|end|>",
	"<|return|>",
	"<|eom_id|>",
	"<|END_OF_TURN_TOKEN|>",
	"<|end_of_turn|>",
	"<|end_of_role|>",
	"<end_of_turn>",
	"<eos>",
	"<｜end▁of▁sentence｜>",
	"[EOS]",
	"</s>",
];

/** With which another turn begins. */
const startTokens: readonly string[] = ["<|im_start|>", "<|start_header_id|>", "<start_of_turn>"];

const turnTokens = [...endTokens, ...startTokens];

/** A turn's end with the beginning of another behind it: the server didn't stop the model. */
const turnChange = new RegExp(`(?:${anyOf(endTokens)})\\s*(?:${anyOf(startTokens)})`);

function anyOf(tokens: readonly string[]): string {
	return tokens.map((token) => token.replace(/[|[\]/]/g, "\\$&")).join("|");
}

/** Where the tokens begin that end `text`, with the white space between and behind them. */
function endOfTurnAt(text: string): number {
	let end = text.length;
	for (;;) {
		const rest = text.slice(0, end).trimEnd();
		const token = endTokens.find((each) => rest.endsWith(each));
		if (token === undefined) {
			return end;
		}
		end = rest.length - token.length;
	}
}

/** How much of `text` can't belong to what ends a turn, whatever follows. */
function certainLength(text: string): number {
	for (let start = text.length - longestToken + 1; start < text.length; start++) {
		const tail = start < 0 ? "" : text.slice(start);
		if (tail !== "" && turnTokens.some((token) => token.startsWith(tail))) {
			return endOfTurnAt(text.slice(0, start));
		}
	}
	return endOfTurnAt(text);
}

/** More than ends a turn anywhere, in UTF-16 units. */
const maxHeldLength = 1000;

const longestToken = Math.max(...turnTokens.map(({ length }) => length));
