import * as z from "zod";
import { assert } from "../../base/assert.ts";
import { maxNoteLength, maxNotes } from "../copiedNotes.ts";
import type { ConversationSummary, ConversationView, MessageView } from "../messages.ts";

/** What is kept of a conversation, also on disk. A conversation is a value: each change makes a new one. */

export const conversationIdSchema = z.string().regex(/^[\w-]{1,64}$/);
/** Longest text of an answer, in UTF-16 units: more than any model writes in its longest context. */
export const maxAnswerLength = 1_000_000;
export const maxMessages = 2_000;
const maxTitleLength = 80;
const maxLabelLength = 1_000;

const count = z.int().nonnegative();
const statusSchema = z.discriminatedUnion("kind", [
	z.strictObject({ kind: z.literal("writing") }),
	z.strictObject({ kind: z.literal("complete") }),
	z.strictObject({ kind: z.literal("stopped") }),
	z.strictObject({ kind: z.literal("cut") }),
	z.strictObject({
		kind: z.literal("failed"),
		sentence: z.string().max(4_000),
		lacksModel: z.boolean().optional(),
	}),
]);
const label = z.string().max(maxLabelLength);
const meterSchema = z.strictObject({
	usedTokens: count,
	budgetTokens: count,
	parts: z
		.array(z.strictObject({ label, tokens: count }))
		.max(1_000)
		.readonly(),
	leftOut: z.array(label).max(1_000).readonly(),
});
const targetSchema = z.strictObject({
	path: z.string().max(4_096),
	languageId: z.string().max(100),
	startLine: count,
	endLine: count,
	text: z.string(),
});

const questionSchema = z.strictObject({
	role: z.literal("user"),
	id: conversationIdSchema,
	/** As the person wrote it. */
	text: z.string(),
	/**
	 * The question with its material, as the model read it: it stays the same in every later prompt. Undefined
	 * before it was sent, and when it was dropped to save space.
	 */
	prompt: z.string().optional(),
	target: targetSchema.optional(),
	meter: meterSchema.optional(),
	/** The servers that this turn may go to: it was asked there, or a person agreed later. */
	servers: z.array(z.string().max(1_000)).max(16).optional(),
});
const answerSchema = z.strictObject({
	role: z.literal("assistant"),
	id: conversationIdSchema,
	text: z.string().max(maxAnswerLength),
	status: statusSchema,
	modelName: z.string().max(500).optional(),
	modelPlace: z.enum(["local", "remote", "index"]).optional(),
	/** Whose text its code repeats, in whole sentences. */
	notes: z.array(z.string().max(maxNoteLength)).max(maxNotes).optional(),
});

export type Question = z.infer<typeof questionSchema>;
export type Answer = z.infer<typeof answerSchema>;

export const conversationSchema = z
	.strictObject({
		version: z.literal(1),
		id: conversationIdSchema,
		title: z.string().max(maxTitleLength),
		/** Milliseconds since 1970. */
		updatedAt: z.number().nonnegative().max(8.64e15),
		/** Questions and answers in turn, beginning with a question. */
		messages: z
			.array(z.discriminatedUnion("role", [questionSchema, answerSchema]))
			.max(maxMessages),
		/** Prompts begin with this question; older ones were dropped from them. */
		promptStart: conversationIdSchema.optional(),
		/** The model that `promptStart` was chosen for: another one has another length of context. */
		promptModel: z.string().max(500).optional(),
	})
	.refine(isConsistent, { message: "questions and answers must take turns, with distinct ids" });

export type Conversation = z.infer<typeof conversationSchema>;
export type ConversationMessage = Question | Answer;
export interface Turn {
	readonly question: Question;
	readonly answer: Answer;
}

/** What the schema can't say by itself. */
function isConsistent({
	messages,
	promptStart,
}: {
	readonly messages: readonly (Question | Answer)[];
	readonly promptStart?: string | undefined;
}): boolean {
	const ids = new Set(messages.map(({ id }) => id));
	return (
		ids.size === messages.length &&
		messages.length % 2 === 0 &&
		messages.every(({ role }, index) => role === (index % 2 === 0 ? "user" : "assistant")) &&
		(promptStart === undefined ||
			messages.some(({ id, role }) => id === promptStart && role === "user"))
	);
}

export function emptyConversation(id: string, now: number): Conversation {
	return { version: 1, id, title: "", updatedAt: now, messages: [] };
}

export function turnsOf(conversation: Conversation): Turn[] {
	const turns: Turn[] = [];
	for (let index = 0; index + 1 < conversation.messages.length; index += 2) {
		const question = conversation.messages[index];
		const answer = conversation.messages[index + 1];
		assert(question?.role === "user" && answer?.role === "assistant", "turns out of order");
		turns.push({ question, answer });
	}
	return turns;
}

export function withTurns(
	conversation: Conversation,
	turns: readonly Turn[],
	now: number,
): Conversation {
	const { promptStart, promptModel, ...rest } = conversation;
	const keepsStart = turns.some(({ question }) => question.id === promptStart);
	return {
		...rest,
		updatedAt: now,
		messages: turns.flatMap(({ question, answer }) => [question, answer]),
		...(keepsStart ? { promptStart, promptModel } : {}),
	};
}

/** The first line of the question that says something, without its slash command. */
export function titleOf(question: string): string {
	const line = question
		.split("\n", 50)
		.map((text) => text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ").trim())
		.find((text) => text !== "");
	const title = line ?? "…";
	return title.length <= maxTitleLength
		? title.toWellFormed()
		: `${title.slice(0, maxTitleLength - 1).replace(/[\ud800-\udbff]$/, "")}…`.toWellFormed();
}

export function summaryOf(conversation: Conversation): ConversationSummary {
	const { id, title, updatedAt, messages } = conversation;
	return { id, title, updatedAt, messageCount: messages.length };
}

export function conversationView(conversation: Conversation): ConversationView {
	const { id, title, messages } = conversation;
	return { id, title, messages: messages.map(messageView) };
}

export function messageView(message: ConversationMessage): MessageView {
	return message.role === "user"
		? {
				id: message.id,
				role: "user",
				text: message.text,
				status: { kind: "complete" },
				modelName: undefined,
				meter: message.meter,
			}
		: {
				id: message.id,
				role: "assistant",
				text: message.text,
				status: message.status,
				modelName: message.modelName,
				modelPlace: message.modelPlace,
				notes: message.notes,
				meter: undefined,
			};
}

/**
 * A conversation as it is after a restart: nobody writes any more.
 */
export function withoutWriter(conversation: Conversation): Conversation {
	return {
		...conversation,
		messages: conversation.messages.map((message) =>
			message.role === "assistant" && message.status.kind === "writing"
				? { ...message, status: { kind: "stopped" } }
				: message,
		),
	};
}

/** Bytes that a conversation takes on disk. */
export function bytesOf(conversation: Conversation): number {
	return Buffer.byteLength(JSON.stringify(conversation));
}

/**
 * Drops what a conversation can do without until it has at most `maxBytes`: first the material of its oldest
 * questions, then its oldest turns. The last turn always stays.
 */
export function shrinkTo(conversation: Conversation, maxBytes: number): Conversation {
	const turns = turnsOf(conversation);
	let excess = bytesOf(conversation) - maxBytes;
	if (excess <= 0) {
		return conversation;
	}
	for (const [index, turn] of turns.entries()) {
		if (excess <= 0 || index === turns.length - 1) {
			break;
		}
		const { prompt, target, ...question } = turn.question;
		if (prompt !== undefined || target !== undefined) {
			const slim = { ...turn, question };
			excess -= turnBytes(turn) - turnBytes(slim);
			turns[index] = slim;
		}
	}
	let dropped = 0;
	for (const turn of turns.slice(0, -1)) {
		if (excess <= 0) {
			break;
		}
		excess -= turnBytes(turn);
		dropped++;
	}
	return {
		...withTurns(conversation, turns.slice(dropped), conversation.updatedAt),
		title: conversation.title,
	};
}

function turnBytes(turn: Turn): number {
	return Buffer.byteLength(JSON.stringify(turn));
}
