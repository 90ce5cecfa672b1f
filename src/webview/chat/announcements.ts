import type { ChatViewState, ToView } from "../../chat/messages.ts";
import { handoverSentence, statusSentence } from "./meterText.ts";

/** Answers up to this many UTF-16 units are read out; of longer ones only that they are there. */
const maxSpokenLength = 300;

/** What a screen reader says about `message`; undefined for what happens all the time. */
export function announcementFor(before: ChatViewState, message: ToView): string | undefined {
	if (message.kind === "notice") {
		return message.text;
	}
	if (message.kind === "state") {
		const { handover } = message.state;
		return handover === undefined || before.handover?.server === handover.server
			? undefined
			: handoverSentence(handover);
	}
	if (message.kind !== "message" || message.message.role !== "assistant") {
		return undefined;
	}
	const { status, text, notes = [] } = message.message;
	const known = before.conversation.messages.find(({ id }) => id === message.message.id);
	if (known?.status.kind === status.kind) {
		return notes.length > (known.notes?.length ?? 0) ? notes.join(" ") : undefined;
	}
	switch (status.kind) {
		case "writing":
			return "Answering.";
		case "complete":
			return text.length <= maxSpokenLength ? text : "The answer is complete.";
		case "stopped":
		case "cut":
		case "failed":
			return statusSentence(message.message);
	}
}
