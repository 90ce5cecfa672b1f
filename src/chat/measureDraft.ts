import { UserError } from "../base/userError.ts";
import type { ChatModel } from "../languageModel/languageModel.ts";
import { buildPrompt, promptLimits } from "./chatPrompt.ts";
import type { ChatWorkspace } from "./chatWorkspace.ts";
import type { ChosenModel } from "./infillQuestion.ts";
import type { TokenMeter } from "./messages.ts";
import type { PastTurn } from "./promptBudget.ts";
import type { TokenCounter } from "./tokenCounter.ts";

export interface DraftInput {
	readonly text: string;
	readonly past: readonly PastTurn[];
	readonly firstTurn: number;
	readonly chosen: ChosenModel;
	readonly counterOf: (model: ChatModel) => TokenCounter;
	/** A guarded one. */
	readonly workspace: ChatWorkspace;
}

/** Says nothing: no model is there whose tokens could be counted. */
const noMeter: TokenMeter = { usedTokens: 0, budgetTokens: 0, parts: [], leftOut: [] };

/** What a draft would take if it were sent now, without the related code, which is found on sending. */
export async function measureDraft(input: DraftInput, signal: AbortSignal): Promise<TokenMeter> {
	const { text, past, firstTurn, chosen, workspace } = input;
	if (chosen.kind !== "chat") {
		return noMeter;
	}
	const { model } = chosen;
	try {
		const counter = input.counterOf(model);
		const { meter } = await buildPrompt(
			{ text, past, firstTurn, workspace, model, counter, isDraft: true },
			signal,
		);
		return meter;
	} catch (error) {
		if (!(error instanceof UserError)) {
			throw error;
		}
		const budgetTokens = Math.max(0, promptLimits(model).budgetTokens);
		return { usedTokens: 0, budgetTokens, parts: [], leftOut: [error.message] };
	}
}
