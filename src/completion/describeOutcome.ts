import type { GenerateStats } from "../engine/engine.ts";
import type { CompletionOutcome } from "./completionProvider.ts";

/** One line for the log. Never source text. */
export function describeOutcome(
	outcome: CompletionOutcome,
	stats: GenerateStats | undefined,
	elapsedMs: number,
): string {
	const result =
		outcome.kind === "completion"
			? `${outcome.completion.origin}, ${outcome.completion.insertText.length} characters`
			: `none, ${outcome.reason}`;
	const work =
		stats === undefined
			? ""
			: `; ${stats.isStandIn ? "stand-in " : ""}prompt ${stats.promptTokens} (reused ${stats.reusedTokens}, prefilled ${stats.prefilledTokens}), ` +
				`generated ${stats.generatedTokens}, drafted ${stats.draftedTokens}, accepted ${stats.acceptedTokens}, ` +
				`queued ${stats.queuedMs.toFixed(0)} ms, first token ${stats.firstTokenMs?.toFixed(0) ?? "-"} ms, ` +
				`engine ${stats.totalMs.toFixed(0)} ms`;
	return `Completion: ${result} in ${elapsedMs.toFixed(0)} ms${work}`;
}
