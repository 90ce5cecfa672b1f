import type { PastTurn } from "../../chat/promptBudget.ts";
import { questionWords } from "../../chat/slashCommands.ts";
import { mentionText } from "../../chat/mentions.ts";

/** What somebody added to a question in the editor's own chat. */
export type AddedReference =
	| { readonly kind: "file"; readonly path: string }
	| { readonly kind: "selection" }
	/** A value that isn't a place: what a variable stands for. */
	| { readonly kind: "text"; readonly text: string };

/** More text than this was never meant to be read by a small model. */
const maxTextLength = 20_000;

/** The question as the sidebar's chat would have it: a slash command in front, mentions at the end. */
export function participantQuestion(
	prompt: string,
	command: string | undefined,
	references: readonly AddedReference[],
): string {
	const mentions: string[] = [];
	const texts: string[] = [];
	for (const reference of references) {
		switch (reference.kind) {
			case "file":
				mentions.push(mentionText({ kind: "file", path: reference.path }));
				break;
			case "selection":
				mentions.push(mentionText({ kind: "selection" }));
				break;
			case "text":
				texts.push(reference.text.slice(0, maxTextLength));
				break;
		}
	}
	const words = command === undefined ? prompt : `/${command} ${prompt}`;
	return [words.trim(), [...new Set(mentions)].join(" "), ...texts]
		.filter((part) => part !== "")
		.join("\n\n");
}

/** One turn of the editor's own chat, as text. */
export type HistoryTurn =
	| { readonly kind: "request"; readonly prompt: string; readonly command: string | undefined }
	| { readonly kind: "response"; readonly text: string };

/** Questions with their answers, in order; what was never answered is left out. */
export function pastTurns(history: readonly HistoryTurn[]): PastTurn[] {
	const past: PastTurn[] = [];
	let question: string | undefined;
	for (const turn of history) {
		if (turn.kind === "request") {
			question = participantQuestion(turn.prompt, turn.command, []);
		} else if (question !== undefined && question !== "" && turn.text.trim() !== "") {
			past.push({ prompt: questionWords(question), answer: turn.text });
			question = undefined;
		}
	}
	return past;
}
