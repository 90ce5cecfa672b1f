import { UserError } from "../base/userError.ts";
import type {
	CompletionConfig,
	CompletionOutcome,
	CompletionProvider,
	CompletionRequest,
} from "../completion/completionProvider.ts";

/**
 * Asks the whole pipeline as the editor does while somebody types: automatic trigger, the stop rules, the
 * filters, the gate. Throws a UserError "evaluationFailed" when the engine fails: the pipeline hides faults from who
 * types, and a figure must not hide them.
 */
export async function askPipeline(
	where: Omit<CompletionRequest, "trigger">,
	provider: CompletionProvider,
	config: CompletionConfig,
): Promise<CompletionOutcome> {
	const outcome = await provider.provide(
		{ ...where, trigger: "automatic" },
		config,
		new AbortController().signal,
	);
	if (outcome.kind === "none" && outcome.reason === "engineUnavailable") {
		throw new UserError(
			"evaluationFailed",
			"The engine failed during the evaluation; run it again, and import the model anew if that does not help.",
		);
	}
	return outcome;
}
