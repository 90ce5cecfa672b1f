import type { ReviewView } from "./messages.ts";

/**
 * What a conversation has the editor do, each time because a person pressed something. API boundary of
 * src/chat: the editor implements it. A model's answer alone never leads to any of these calls.
 *
 * They may reject with a {@link import("../base/userError.ts").UserError}, whose sentence is shown.
 */
export interface ChatEditor {
	copy(text: string): Promise<void>;
	/** Puts code at the cursor of the document that was looked at last, as one step of undo. */
	insertAtCursor(code: string): Promise<void>;
	chooseModel(): Promise<void>;
	/** Takes one of the ways to a model that converses; see {@link import("./chatSession.ts").ChatSessionOptions}. */
	takeWay(wayId: string): Promise<void>;
	/** Shows all models. */
	manageModels(): Promise<void>;
	/** `href` is http or https already; the editor still asks before it opens it. */
	openLink(href: string): Promise<void>;
	/** `path` is relative and inside of the workspace already. */
	openFile(path: string, line: number | undefined): Promise<void>;
	/** Opens it as a new document, which can be saved anywhere. */
	openMarkdown(markdown: string): Promise<void>;
	/** Whether to delete a conversation for good. */
	confirmDelete(title: string): Promise<boolean>;
}

/** Changes that answers propose, with what was decided about each hunk. */
export interface ChatEdits {
	reviews(): readonly ReviewView[];
	/** Opens a review of the block's code; rejects with a UserError when no file can be told. */
	propose(block: ProposedBlock): Promise<ReviewView>;
	decideHunk(reviewId: string, hunkIndex: number, accept: boolean): Promise<ReviewView | undefined>;
	decideAll(reviewId: string, accept: boolean): Promise<ReviewView | undefined>;
	/** Brings the review's diff to the front. */
	show(reviewId: string): Promise<void>;
	/** Closes all that this conversation proposed: it was deleted. */
	closeAllOf(conversationId: string): Promise<void>;
}

export interface ProposedBlock {
	readonly conversationId: string;
	readonly messageId: string;
	readonly blockIndex: number;
	/** What the fence says after its backticks: "ts src/a.ts", "diff", "". Foreign text. */
	readonly info: string;
	readonly code: string;
	/** The whole answer: it may name the file in the line before the block. */
	readonly answer: string;
	/** The code that the question was about, for an answer that names no file. */
	readonly target: QuestionTarget | undefined;
}

/** The whole lines that a question marked, as they were when it was sent. */
export interface QuestionTarget {
	readonly path: string;
	readonly languageId: string;
	/** Counted from 0; the last one included. */
	readonly startLine: number;
	readonly endLine: number;
	readonly text: string;
}
