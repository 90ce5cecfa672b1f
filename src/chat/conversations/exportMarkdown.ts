import { fenced } from "../tasks/fence.ts";
import { turnsOf, type Answer, type Conversation } from "./conversation.ts";

/**
 * A conversation as a Markdown document. Questions are plain text, so they are quoted in fences that
 * nothing in them can close; answers are Markdown already.
 */
export function conversationMarkdown(conversation: Conversation): string {
	const sections = turnsOf(conversation).flatMap(({ question, answer }) => [
		`## Question\n\n${fenced(question.text, "text")}`,
		`## Answer${byWhom(answer)}\n\n${answer.text.trim()}${endOf(answer)}${notesOf(answer)}`,
	]);
	return `${[`# ${headingText(conversation.title)}`, ...sections].join("\n\n")}\n`;
}

function byWhom({ modelName, modelPlace }: Answer): string {
	if (modelName === undefined) {
		return "";
	}
	if (modelPlace === "index") {
		return " from the index of the repository, without a model";
	}
	const place = modelPlace === "remote" ? ", on a server" : ", on this machine";
	return ` of ${headingText(modelName)}${modelPlace === undefined ? "" : place}`;
}

function endOf({ status }: Answer): string {
	switch (status.kind) {
		case "failed":
			return `\n\n*The answer failed: ${headingText(status.sentence)}*`;
		case "stopped":
		case "writing":
			return "\n\n*The answer was stopped.*";
		case "cut":
			return "\n\n*The answer was cut at its greatest length.*";
		case "complete":
			return "";
	}
}

function notesOf({ notes = [] }: Answer): string {
	return notes.map((note) => `\n\n*${headingText(note)}*`).join("");
}

/** One line that no Markdown in it can turn into anything else. */
function headingText(text: string): string {
	return text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_[\]<>#]/g, (mark) => `\\${mark}`);
}
