import { assert } from "../base/assert.ts";
import { UserError } from "../base/userError.ts";
import type { ChatFormat } from "../model/manifest.ts";
import type { TokenId, Tokenizer } from "../tokenizer/tokenizer.ts";
import { parseJinja, renderJinja, type JinjaProgram } from "./boundedJinja.ts";
import { layOut, LayoutProblem, type ChatLayout } from "./chatLayout.ts";
import { rememberEncodings } from "./encodingCache.ts";

export interface ChatTurn {
	readonly role: "system" | "user" | "assistant";
	readonly content: string;
}

/** The tokens of an answer that the model itself wrote, by its text; undefined for any other text. */
export type KnownAnswer = (text: string) => readonly TokenId[] | undefined;

/**
 * Turns conversations into tokens for one model, by its own template. The template sees marks in place of
 * messages (see {@link layOut}); what it writes around them is encoded with the special tokens that the
 * manifest allows, and messages as plain text. So text of a message can never become a special token, nor
 * anything else that the template gives a meaning to.
 */
export class ChatTemplate {
	/** Most tokens that a message takes beside its content, in a conversation of two or more. */
	readonly tokensPerMessage: number;
	readonly #modelName: string;
	readonly #program: JinjaProgram;
	readonly #variables: Readonly<Record<string, string | boolean>>;
	readonly #encode: (text: string) => readonly TokenId[];
	readonly #specialTokens: ReadonlyMap<string, TokenId>;
	/** Matches any of the names above, a longer one before what it begins with. */
	readonly #specialNames: RegExp | undefined;

	/** Throws a UserError "chatUnusable" when the template can't be used for a conversation of both sides. */
	constructor(format: ChatFormat, tokenizer: Tokenizer, modelName: string) {
		this.#modelName = modelName;
		try {
			this.#program = parseJinja(format.template);
		} catch (error) {
			throw this.#unusable("it is not a template", error);
		}
		this.#variables = {
			...(format.bosToken !== undefined && { bos_token: format.bosToken }),
			...(format.eosToken !== undefined && { eos_token: format.eosToken }),
			add_generation_prompt: true,
			// Of models that can think aloud before they answer: nobody would see it here, only wait.
			enable_thinking: false,
		};
		this.#encode = rememberEncodings(tokenizer);
		this.#specialTokens = new Map(
			format.specialTokens.map((name) => {
				const token = tokenizer.specialToken(name);
				if (token === undefined) {
					throw this.#unusable(`its tokenizer has no token ${name}`);
				}
				return [name, token];
			}),
		);
		this.#specialNames = patternOf(format.specialTokens);
		const [short, long] = [2, 4].map((count) => this.#structureTokens(probe.slice(0, count)));
		assert(short !== undefined && long !== undefined, "two conversations were measured");
		this.tokensPerMessage = Math.ceil(Math.max(short, long - short) / 2);
	}

	/**
	 * The prompt for the answer to `turns`, which aren't empty. A conversation that goes on after its answer
	 * begins with the same tokens, where the template allows it and `known` knows the answer's own tokens.
	 *
	 * Throws a UserError "chatUnusable" when the template refuses the conversation.
	 */
	render(turns: readonly ChatTurn[], known: KnownAnswer = () => undefined): readonly TokenId[] {
		const { layout, turns: shown } = this.#layOut(turns);
		const contents = layout.contents.map(({ index, ...trim }) => {
			const turn = shown[index];
			assert(turn !== undefined, "a layout is of the turns that are shown");
			const content = trimmed(turn.content, trim);
			const own = turn.role === "assistant" ? known(content) : undefined;
			return own ?? this.#encodeText(content);
		});
		return layout.structure.flatMap((gap, at) => [
			...(contents[at - 1] ?? []),
			...this.#encodeStructure(gap),
		]);
	}

	/**
	 * A template that refuses a conversation may know no system message, or want the two sides to alternate;
	 * then the system message begins the first question, and messages of one side in a row become one.
	 */
	#layOut(turns: readonly ChatTurn[]): {
		readonly layout: ChatLayout;
		readonly turns: readonly ChatTurn[];
	} {
		try {
			return { layout: this.#layOutAsTheyAre(turns), turns };
		} catch (refusal) {
			const folded = alternating(turns);
			try {
				return { layout: this.#layOutAsTheyAre(folded), turns: folded };
			} catch {
				// The first refusal is of what was asked.
				throw this.#unusable(
					refusal instanceof LayoutProblem ? refusal.message : "it fails on a conversation",
					refusal,
				);
			}
		}
	}

	#layOutAsTheyAre(turns: readonly ChatTurn[]): ChatLayout {
		return layOut(turns.length, (contents) =>
			renderJinja(this.#program, {
				...this.#variables,
				messages: turns.map(({ role }, index) => ({ role, content: contents[index] ?? "" })),
			}),
		);
	}

	#structureTokens(turns: readonly ChatTurn[]): number {
		const { layout, turns: shown } = this.#layOut(turns);
		const tokens = layout.structure.flatMap((gap) => this.#encodeStructure(gap)).length;
		return tokens + (turns.length - shown.length) * foldTokens;
	}

	#encodeStructure(text: string): readonly TokenId[] {
		const tokens: TokenId[] = [];
		let end = 0;
		for (const { 0: name, index } of this.#specialNames ? text.matchAll(this.#specialNames) : []) {
			const token = this.#specialTokens.get(name);
			assert(token !== undefined, "the pattern matches names of tokens only");
			tokens.push(...this.#encodeText(text.slice(end, index)), token);
			end = index + name.length;
		}
		return [...tokens, ...this.#encodeText(text.slice(end))];
	}

	#encodeText(text: string): readonly TokenId[] {
		return text === "" ? [] : this.#encode(text.toWellFormed());
	}

	#unusable(problem: string, cause?: unknown): UserError<"chatUnusable"> {
		return new UserError(
			"chatUnusable",
			`The chat template of the model ${this.#modelName} can't be used because ${problem}; choose another model for the chat.`,
			{ cause },
		);
	}
}

/** Throws a UserError "chatUnusable" for a format with which {@link ChatTemplate} can't be made. */
export function checkChatFormat(format: ChatFormat, tokenizer: Tokenizer, modelName: string): void {
	const { tokensPerMessage } = new ChatTemplate(format, tokenizer, modelName);
	assert(Number.isFinite(tokensPerMessage), "a template that was tried out is measured");
}

/** All roles, and the two sides alternating. */
const probe: readonly ChatTurn[] = (["system", "user", "assistant", "user"] as const).map(
	(role) => ({ role, content: role }),
);

function trimmed(
	content: string,
	{ trimStart, trimEnd }: { readonly trimStart: boolean; readonly trimEnd: boolean },
): string {
	const text = trimStart ? content.trimStart() : content;
	return trimEnd ? text.trimEnd() : text;
}

/** Most tokens that two line breaks take. */
const foldTokens = 2;

function alternating(turns: readonly ChatTurn[]): readonly ChatTurn[] {
	const folded: ChatTurn[] = [];
	for (const turn of turns) {
		const role = turn.role === "system" ? "user" : turn.role;
		const last = folded.at(-1);
		if (last?.role === role) {
			folded[folded.length - 1] = { role, content: `${last.content}\n\n${turn.content}` };
		} else {
			folded.push({ role, content: turn.content });
		}
	}
	return folded;
}

function patternOf(names: readonly string[]): RegExp | undefined {
	const escaped = names
		.toSorted((a, b) => b.length - a.length)
		.map((name) => name.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`));
	return escaped.length === 0 ? undefined : new RegExp(escaped.join("|"), "g");
}
