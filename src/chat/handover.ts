import type { Turn } from "./conversations/conversation.ts";
import type { ChosenModel } from "./infillQuestion.ts";
import type { HandoverView } from "./messages.ts";
import { earlierLabel, questionLabel, rulesLabel } from "./promptBudget.ts";
import { questionWords } from "./slashCommands.ts";

/** As many places as are remembered for a question; somebody who forgets the oldest is asked again. */
export const maxServers = 16;
/** More names than these say no more to a person. */
const maxMaterials = 100;

/** Where earlier messages would go with the next question; undefined while they stay in the editor. */
export function serverOf(chosen: ChosenModel): string | undefined {
	if (chosen.kind !== "chat" || chosen.model.description.place === "local") {
		return undefined;
	}
	const { server, id } = chosen.model.description;
	return (server ?? id).slice(0, maxServerLength);
}

export const maxServerLength = 1_000;

/**
 * What the next question would bring to a server that didn't have it yet. Whoever wrote those messages may have
 * done so because the model ran on this machine; so nothing of them is sent before a person has agreed.
 */
export function handoverOf(turns: readonly Turn[], chosen: ChosenModel): HandoverView | undefined {
	const server = serverOf(chosen);
	if (server === undefined) {
		return undefined;
	}
	const unknown = turns.filter(
		({ question, answer }, index) =>
			question.servers?.includes(server) !== true &&
			(answer.text.trim() !== "" ||
				// It goes out with its material when it is answered again.
				(index === turns.length - 1 && question.prompt !== undefined)),
	);
	return unknown.length === 0
		? undefined
		: {
				server,
				messageCount: unknown.reduce(
					(sum, { answer }) => sum + (answer.text.trim() === "" ? 1 : 2),
					0,
				),
				materials: [...new Set(unknown.flatMap(materialsOf))].slice(0, maxMaterials),
			};
}

/** The turns, remembered as known to the server. */
export function sharedWith(turns: readonly Turn[], server: string): Turn[] {
	return turns.map(({ question, answer }) => ({
		question: { ...question, servers: withServer(question.servers, server) },
		answer,
	}));
}

export function withServer(known: readonly string[] | undefined, server: string): string[] {
	return [...(known ?? []).filter((each) => each !== server), server].slice(-maxServers);
}

const ownLabels: readonly string[] = [rulesLabel, earlierLabel, questionLabel];

/** Names of what stood in the question's prompt beside its words. */
function materialsOf({ question: { text, prompt, meter } }: Turn): string[] {
	if (prompt === undefined || prompt === questionWords(text)) {
		return [];
	}
	const labels = (meter?.parts ?? [])
		.map(({ label }) => label)
		.filter((label) => !ownLabels.includes(label));
	// A command's prompt was made elsewhere, so that its parts have no names.
	return labels.length > 0 ? labels : ["code"];
}
