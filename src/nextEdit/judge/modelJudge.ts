import { promptPath } from "../../base/promptPath.ts";
import { greedySampling, type Engine } from "../../engine/engine.ts";
import type { FimFormat } from "../../model/manifest.ts";
import type { TokenId, Tokenizer } from "../../tokenizer/tokenizer.ts";
import type { EditedDocument } from "../editedDocument.ts";
import type { LineEdit } from "../lineEdit.ts";
import { judgedTexts } from "./judgedTexts.ts";

/** What a model says of an edit. */
export interface Verdict {
	/** The logarithm of the probability of the lines with the edit and the two behind them, in nats, and of the lines as they are. */
	readonly withEdit: number;
	readonly without: number;
	/** Of the lines with the edit. */
	readonly tokens: number;
}

export interface JudgedDocument extends EditedDocument {
	/** As the model is told it. */
	readonly path: string;
}

/** Judges edits of a document, one verdict each; undefined for those that are too long to be judged. */
export interface EditJudge {
	/** Resolves to "aborted" when `signal` aborts before all are judged. Rejects with an EngineError. */
	judge(
		document: JudgedDocument,
		edits: readonly LineEdit[],
		signal: AbortSignal,
	): Promise<readonly (Verdict | undefined)[] | "aborted">;
}

export interface ModelJudgeParts {
	readonly engine: Engine;
	/** Of the same model. */
	readonly tokenizer: Tokenizer;
	readonly manifest: { readonly fim?: FimFormat | undefined };
}

/** What is read of the document before the edit; the beginning is left out where there is more. */
const maxHeadTokens = 640;
/** A longer edit isn't judged. */
const maxTailTokens = 192;

/**
 * Asks the engine how likely the lines are with an edit and without it, one after the other: the second begins like the first, and edits
 * near each other alike, so that the engine reads what they share once. Completions go first.
 */
export class ModelJudge implements EditJudge {
	readonly #parts: ModelJudgeParts;
	readonly #file: TokenId | undefined;

	constructor(parts: ModelJudgeParts) {
		this.#parts = parts;
		const file = parts.manifest.fim?.file;
		this.#file = file === undefined ? undefined : parts.tokenizer.specialToken(file);
	}

	async judge(
		document: JudgedDocument,
		edits: readonly LineEdit[],
		signal: AbortSignal,
	): Promise<readonly (Verdict | undefined)[] | "aborted"> {
		const { tokenizer } = this.#parts;
		const heading =
			this.#file === undefined
				? []
				: [this.#file, ...tokenizer.encode(`${promptPath(document.path)}\n`)];
		const verdicts = new Map<LineEdit, Verdict | undefined>();
		// In the order of the document, for what neighbours share.
		for (const edit of edits.toSorted((a, b) => a.line - b.line)) {
			const texts = judgedTexts(document, edit);
			const head = [...heading, ...tokenizer.encode(texts.head).slice(-maxHeadTokens)];
			const [changed, unchanged] = [texts.withEdit, texts.without].map((text) =>
				tokenizer.encode(text),
			);
			if (head.length === 0 || !isJudgeable(changed) || !isJudgeable(unchanged)) {
				continue;
			}
			const withEdit = await this.#logProbability(head, changed, signal);
			const without = withEdit && (await this.#logProbability(head, unchanged, signal));
			if (withEdit === undefined || without === undefined) {
				return "aborted";
			}
			verdicts.set(edit, { withEdit, without, tokens: changed.length });
		}
		return edits.map((edit) => verdicts.get(edit));
	}

	/** Undefined when the request didn't come to its end. */
	async #logProbability(
		prompt: readonly TokenId[],
		answer: readonly TokenId[],
		signal: AbortSignal,
	): Promise<number | undefined> {
		const stream = this.#parts.engine.generate(
			{
				...{ prompt, maxNewTokens: answer.length, givenAnswer: answer, stopTokens: [] },
				...{ sampling: greedySampling, priority: "background", minJointProbability: 0 },
				maxDraftTokens: maxTailTokens,
			},
			signal,
		);
		let sum = 0;
		for (;;) {
			const step = await stream.next();
			if (step.done === true) {
				return step.value.finishReason === "length" ? sum : undefined;
			}
			for (const { probability } of step.value) {
				sum += Math.log(probability);
			}
		}
	}
}

function isJudgeable(tokens: readonly TokenId[] | undefined): tokens is readonly TokenId[] {
	return tokens !== undefined && tokens.length > 0 && tokens.length <= maxTailTokens;
}
