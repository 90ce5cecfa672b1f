import type { HandoverView, MessageView, ModelView, TokenMeter } from "../../chat/messages.ts";

const numbers = new Intl.NumberFormat();

export function formatTokens(count: number): string {
	return numbers.format(count);
}

/** Share of the budget that is used, from 0 to 1. */
export function usedShare({ usedTokens, budgetTokens }: TokenMeter): number {
	return budgetTokens <= 0 ? 1 : Math.min(1, Math.max(0, usedTokens / budgetTokens));
}

export function meterSummary(meter: TokenMeter): string {
	return `${formatTokens(meter.usedTokens)} of ${formatTokens(meter.budgetTokens)} tokens`;
}

/** A sentence about what the prompt had no room for; undefined when it had. */
export function leftOutSentence({ leftOut }: TokenMeter): string | undefined {
	return leftOut.length === 0 ? undefined : `Did not fit: ${leftOut.join(", ")}.`;
}

/** More names make the line too long to be read; the tooltip has them all. */
const namedMaterials = 3;

/** What would go where, before it does. */
export function handoverSentence({ server, messageCount, materials }: HandoverView): string {
	const messages =
		messageCount === 1 ? "1 earlier message" : `${formatTokens(messageCount)} earlier messages`;
	const named = materials.slice(0, namedMaterials).join(", ");
	const more = materials.length - namedMaterials;
	const material =
		materials.length === 0
			? ""
			: ` with ${named}${more > 0 ? ` and ${formatTokens(more)} more` : ""}`;
	return `${messages}${material} will be sent to ${server} with the next question.`;
}

/** Where the model runs, in words. */
export function placeText({ place, server }: ModelView): string {
	return place === "local" ? "on this machine" : `on ${server ?? "a server"}`;
}

/** What a message's end means to the reader, where it isn't simply complete. */
export function statusSentence({ status }: MessageView): string | undefined {
	switch (status.kind) {
		case "writing":
		case "complete":
			return undefined;
		case "stopped":
			return "Stopped.";
		case "cut":
			return "The answer was cut: it reached the longest length an answer may have.";
		case "failed":
			return status.sentence;
	}
}
