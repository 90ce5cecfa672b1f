import { LanguageModelError, type LanguageModelErrorCode } from "../errors.ts";
import {
	uncountedUsage,
	type AnswerResult,
	type ChatModel,
	type InfillModel,
	type ModelDescription,
} from "../languageModel.ts";

/** Hears with each answer who wrote it, before its first text. Must not throw. */
export type DidAnswerListener = (description: ModelDescription) => void;

/** The server's faults. A refused key or a missing model is for the user to mend, and shows. */
const standInCodes: ReadonlySet<LanguageModelErrorCode> = new Set<LanguageModelErrorCode>([
	"serverUnreachable",
	"serverPaused",
	"serverLoading",
	"rateLimited",
	"badAnswer",
]);

/** A chat model that is `standIn` while `preferred` can't answer. It describes itself as `preferred`. */
export function chatWithFallback(
	preferred: ChatModel,
	standIn: ChatModel,
	onDidAnswer: DidAnswerListener,
): ChatModel {
	return {
		get description() {
			return preferred.description;
		},
		tokensPerMessage: Math.max(preferred.tokensPerMessage, standIn.tokensPerMessage),
		countTokens: (text) => preferred.countTokens(text),
		answer: (request, signal) =>
			answerOrStandIn(
				{ description: preferred.description, start: () => preferred.answer(request, signal) },
				{ description: standIn.description, start: () => standIn.answer(request, signal) },
				onDidAnswer,
			),
	};
}

/** As {@link chatWithFallback}, for filling holes. */
export function infillWithFallback(
	preferred: InfillModel,
	standIn: InfillModel,
	onDidAnswer: DidAnswerListener,
): InfillModel {
	return {
		get description() {
			return preferred.description;
		},
		infill: (request, signal) =>
			answerOrStandIn(
				{ description: preferred.description, start: () => preferred.infill(request, signal) },
				{ description: standIn.description, start: () => standIn.infill(request, signal) },
				onDidAnswer,
			),
	};
}

interface Answering<Piece> {
	readonly description: ModelDescription;
	readonly start: () => AsyncGenerator<Piece, AnswerResult, void>;
}

async function* answerOrStandIn<Piece>(
	preferred: Answering<Piece>,
	standIn: Answering<Piece>,
	onDidAnswer: DidAnswerListener,
): AsyncGenerator<Piece, AnswerResult, void> {
	let hasText = false;
	const hasBegun = (): boolean => hasText;
	const told = async function* (by: Answering<Piece>): AsyncGenerator<Piece, AnswerResult, void> {
		const stream = by.start();
		try {
			for (;;) {
				const next = await stream.next();
				if (!hasText) {
					const isAnswer = next.done !== true || next.value.end !== "cancelled";
					if (isAnswer) {
						onDidAnswer(by.description);
					}
					hasText = true;
				}
				if (next.done === true) {
					return next.value;
				}
				yield next.value;
			}
		} finally {
			// Nobody reads what a generator returns that was left.
			await stream.return({ end: "cancelled", usage: uncountedUsage });
		}
	};
	try {
		return yield* told(preferred);
	} catch (error) {
		if (hasBegun() || !(error instanceof LanguageModelError) || !standInCodes.has(error.code)) {
			throw error;
		}
		try {
			return yield* told(standIn);
		} catch (failure) {
			// A smaller context is not what the user can do something about; the server is.
			const isSmaller =
				!hasBegun() && failure instanceof LanguageModelError && failure.code === "promptTooLong";
			throw isSmaller ? error : failure;
		}
	}
}
