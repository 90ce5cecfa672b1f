import * as z from "zod";

/**
 * What the chat view and the extension say to each other. The view is hostile to the extension (it shows
 * what a model wrote), so each message from it is validated; the extension's messages are plain data.
 * The view imports only types from here.
 */

const id = z.string().regex(/^[\w-]{1,64}$/);
const blockIndex = z.int().nonnegative().max(10_000);
/** Longest text that a person sends at once, in UTF-16 units. */
export const maxQuestionLength = 200_000;
const text = z.string().max(maxQuestionLength);

export const fromViewSchema = z.discriminatedUnion("kind", [
	/** The view is there and knows nothing: answered with `state`. */
	z.object({ kind: z.literal("ready") }),
	z.object({ kind: z.literal("send"), text }),
	z.object({ kind: z.literal("stop") }),
	/** Answers the last question again. */
	z.object({ kind: z.literal("regenerate"), messageId: id }),
	/** Replaces a question, and forgets what came after it. */
	z.object({ kind: z.literal("resend"), messageId: id, text }),
	z.object({ kind: z.literal("copyBlock"), messageId: id, blockIndex }),
	z.object({ kind: z.literal("copyMessage"), messageId: id }),
	z.object({ kind: z.literal("insertBlock"), messageId: id, blockIndex }),
	/** Opens the block as a proposed change of a file, to be accepted or rejected hunk by hunk. */
	z.object({ kind: z.literal("applyBlock"), messageId: id, blockIndex }),
	z.object({
		kind: z.literal("decideHunk"),
		reviewId: id,
		hunkIndex: blockIndex,
		accept: z.boolean(),
	}),
	z.object({ kind: z.literal("decideAll"), reviewId: id, accept: z.boolean() }),
	z.object({ kind: z.literal("showReview"), reviewId: id }),
	/** A person agrees that the earlier messages go to this server with the next question. */
	z.object({ kind: z.literal("shareEarlier"), server: z.string().max(1_000) }),
	z.object({ kind: z.literal("newConversation") }),
	z.object({ kind: z.literal("openConversation"), conversationId: id }),
	z.object({ kind: z.literal("deleteConversation"), conversationId: id }),
	z.object({ kind: z.literal("exportConversation"), conversationId: id }),
	/** Conversations whose title or text has these words; empty for all. */
	z.object({
		kind: z.literal("search"),
		requestId: z.int().nonnegative(),
		query: z.string().max(500),
	}),
	/** What may follow an `@` or `/` at the caret. */
	z.object({
		kind: z.literal("suggest"),
		requestId: z.int().nonnegative(),
		trigger: z.enum(["@", "/"]),
		query: z.string().max(200),
	}),
	/** How many tokens a question of this text would take. */
	z.object({ kind: z.literal("measure"), requestId: z.int().nonnegative(), text }),
	z.object({ kind: z.literal("chooseModel") }),
	/** One of {@link ChatViewState.waysOn}. */
	z.object({ kind: z.literal("takeWay"), wayId: z.string().max(6_000) }),
	/** Opens the view of all models. */
	z.object({ kind: z.literal("manageModels") }),
	/** Only http and https are ever opened, and the editor asks first. */
	z.object({ kind: z.literal("openLink"), href: z.string().max(4096) }),
	/** Opens a file of the workspace that a message mentions. */
	z.object({
		kind: z.literal("openFile"),
		path: z.string().max(4096),
		line: z.int().nonnegative().optional(),
	}),
]);

export type FromView = z.infer<typeof fromViewSchema>;

export type ToView =
	| { readonly kind: "state"; readonly state: ChatViewState }
	/** The text of the answer that is being written, after what was sent of it before. */
	| { readonly kind: "delta"; readonly messageId: string; readonly text: string }
	/** A message is new or has changed as a whole. */
	| { readonly kind: "message"; readonly message: MessageView }
	| { readonly kind: "review"; readonly review: ReviewView }
	| {
			readonly kind: "conversations";
			readonly requestId: number;
			readonly conversations: readonly ConversationSummary[];
	  }
	| {
			readonly kind: "suggestions";
			readonly requestId: number;
			readonly items: readonly Suggestion[];
	  }
	| { readonly kind: "measured"; readonly requestId: number; readonly meter: TokenMeter }
	/** A sentence for screen readers and for a moment on the screen. */
	| { readonly kind: "notice"; readonly text: string }
	/** Puts the caret into the input, with `text` instead of what is there when it is given. */
	| { readonly kind: "focusInput"; readonly text?: string };

export interface ChatViewState {
	readonly conversation: ConversationView;
	readonly conversations: readonly ConversationSummary[];
	/** Undefined: nothing can answer; `noModelReason` says what to do about it. */
	readonly model: ModelView | undefined;
	readonly noModelReason: string | undefined;
	/** What leads to a model that converses, the likeliest first; none where one does. */
	readonly waysOn: readonly WayOnView[];
	readonly isAnswering: boolean;
	readonly reviews: readonly ReviewView[];
	/** Set while nothing can be asked before a person has decided about it. */
	readonly handover: HandoverView | undefined;
}

export interface WayOnView {
	readonly id: string;
	readonly label: string;
	/** What it takes, in a line. */
	readonly detail: string;
}

/** Earlier messages that the chosen model would take to a server that didn't have them yet. */
export interface HandoverView {
	/** Its origin. */
	readonly server: string;
	readonly messageCount: number;
	/** Names of the files and other material in them, without repetition. */
	readonly materials: readonly string[];
}

export interface ModelView {
	readonly id: string;
	readonly name: string;
	/** Says whether text leaves the machine, and whereto. */
	readonly place: "local" | "remote";
	readonly server: string | undefined;
	/** False: it writes code but can't converse; /fix still works, by infilling, and /explain from the index. */
	readonly canChat: boolean;
}

export interface ConversationView {
	readonly id: string;
	readonly title: string;
	readonly messages: readonly MessageView[];
}

export interface ConversationSummary {
	readonly id: string;
	readonly title: string;
	/** Milliseconds since 1970. */
	readonly updatedAt: number;
	readonly messageCount: number;
}

export interface MessageView {
	readonly id: string;
	readonly role: "user" | "assistant";
	/** Markdown for an answer, plain text for a question. */
	readonly text: string;
	readonly status: MessageStatus;
	/** Who answered: the model's name, or that it was the index. */
	readonly modelName: string | undefined;
	/** Where that model runs: an answer from elsewhere is marked as such, and one that no model gave. */
	readonly modelPlace?: "local" | "remote" | "index" | undefined;
	/** Whose text its code repeats, in whole sentences. */
	readonly notes?: readonly string[] | undefined;
	/** What went into the question's prompt. */
	readonly meter: TokenMeter | undefined;
}

export type MessageStatus =
	| { readonly kind: "writing" }
	| { readonly kind: "complete" }
	/** The user stopped it. */
	| { readonly kind: "stopped" }
	/** It was cut at the most tokens of an answer. */
	| { readonly kind: "cut" }
	/** One sentence that says what to do about it. With `lacksModel` another model would have answered. */
	| {
			readonly kind: "failed";
			readonly sentence: string;
			readonly lacksModel?: boolean | undefined;
	  };

export interface TokenMeter {
	readonly usedTokens: number;
	/** For the prompt, the answer's share taken off. */
	readonly budgetTokens: number;
	/** What is in it, in order. */
	readonly parts: readonly { readonly label: string; readonly tokens: number }[];
	/** What didn't fit, in words: "3 older messages", "the end of src/a.ts". */
	readonly leftOut: readonly string[];
}

export interface Suggestion {
	/** What the list shows. */
	readonly label: string;
	/** What replaces the trigger and what was typed after it, for example `@file:src/a.ts `. */
	readonly insert: string;
	readonly detail: string;
}

/** A proposed change of one file. */
export interface ReviewView {
	readonly id: string;
	readonly path: string;
	readonly title: string;
	/** The conversation that it came from; undefined for one that came from none. */
	readonly conversationId?: string | undefined;
	readonly hunks: readonly HunkView[];
	/** Set when it can't be applied any more, in a sentence. */
	readonly problem: string | undefined;
}

export interface HunkView {
	/** Counted from 1, in the file as it was. */
	readonly startLine: number;
	/** Lines with their sign: " ", "-" or "+". */
	readonly lines: readonly string[];
	readonly decision: "open" | "accepted" | "rejected";
}
