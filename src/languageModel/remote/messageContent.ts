import { isList, isRecord } from "./serverWords.ts";

/** What a message, or a part of one, says. */
export interface MessageContent {
	/** Undefined where there is no text, as opposed to an empty one. */
	readonly text: string | undefined;
	/** Whether a reasoning model thinks, which is no part of its answer. */
	readonly thinks: boolean;
}

const nothing: MessageContent = { text: undefined, thinks: false };

/** Parts in parts; what lies deeper is no text. */
const maxDepth = 4;

/**
 * Reads the content of a message: a text, or its parts, of which some are thoughts (Mistral's and others'). A part has
 * its text as `text`, `content`, or `text.value`, and what has none, such as a picture, says nothing.
 */
export function contentOf(content: unknown, depth = maxDepth): MessageContent {
	if (typeof content === "string") {
		return { text: content, thinks: false };
	}
	if (typeof content === "number") {
		return { text: String(content), thinks: false };
	}
	if (depth === 0) {
		return nothing;
	}
	if (isList(content)) {
		const parts = content.map((part) => contentOf(part, depth - 1));
		return {
			text: parts.map(({ text }) => text ?? "").join(""),
			thinks: parts.some(({ thinks }) => thinks),
		};
	}
	if (!isRecord(content)) {
		return nothing;
	}
	const { type, text, content: inner, value } = content;
	if (typeof type === "string" && /think|reason|thought/i.test(type)) {
		return { text: undefined, thinks: true };
	}
	return contentOf(text ?? inner ?? value, depth - 1);
}

/** Under which names servers put what a reasoning model thinks. */
const thoughtFields = [
	"reasoning_content",
	"reasoning",
	"reasoning_text",
	"reasoning_details",
	"thinking",
];

/** Reads a message, or what is new of one. What a model refuses with is what it says. */
export function messageOf(message: unknown): MessageContent {
	if (!isRecord(message)) {
		return contentOf(message);
	}
	const { text, thinks } = contentOf(message["content"]);
	const { refusal } = message;
	return {
		text: (text ?? "") === "" && typeof refusal === "string" ? refusal : text,
		thinks: thinks || thoughtFields.some((field) => isThought(message[field])),
	};
}

function isThought(value: unknown): boolean {
	return (
		value !== undefined && value !== null && value !== "" && !(isList(value) && value.length === 0)
	);
}
