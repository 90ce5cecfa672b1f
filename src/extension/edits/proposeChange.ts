import * as vscode from "vscode";
import { hunksBetween, rebaseHunk } from "../../chat/edits/hunks.ts";
import { plainText } from "./documentText.ts";
import type { Proposal, Reviews } from "./reviews.ts";
import type { TaskPlace } from "./taskPlace.ts";

/** How a task ended. */
export interface TaskEnd {
	/** What to tell the person. */
	readonly sentence: string;
	/** A proposal that wasn't shown, because the person is elsewhere. */
	readonly waitingReviewId?: string;
	/** What came of it stands before the person: no message says it again. */
	readonly isSeen?: boolean;
}

/** Tells later whether the person still is where they are now, and has typed nothing there. */
export function attendance(): () => boolean {
	const editor = vscode.window.activeTextEditor;
	const version = editor?.document.version;
	const selection = editor?.selection;
	return () =>
		vscode.window.activeTextEditor === editor &&
		editor?.document.version === version &&
		(selection === undefined || editor?.selection.isEqual(selection) === true);
}

interface Attended {
	/** See {@link attendance}: a diff takes nobody's focus. */
	readonly isAttended: () => boolean;
}

/** Proposes a change of the document that a task is about, unless that has changed there by now. */
export async function proposeChange(
	task: Attended & { readonly place: TaskPlace },
	draft: Pick<Proposal, "proposed" | "title" | "range" | "conversationId">,
	reviews: Reviews,
): Promise<TaskEnd> {
	const { document, code } = task.place;
	const base = code.text;
	const changes = hunksBetween(base, plainText(document), { mergedGap: 0 });
	const isLost = hunksBetween(base, draft.proposed).some(
		(hunk) => rebaseHunk(hunk, changes) === undefined,
	);
	return isLost
		? { sentence: `${code.path} has changed meanwhile where it was to be changed; ask again.` }
		: openProposal(task, { ...draft, uri: document.uri, base }, reviews);
}

/** Opens the review in front of a person who waits for it, and behind whatever another one does. */
export async function openProposal(
	{ isAttended }: Attended,
	proposal: Proposal,
	reviews: Reviews,
): Promise<TaskEnd> {
	const isShown = isAttended();
	const { id } = await reviews.propose(proposal, isShown);
	return isShown
		? { sentence: `${proposal.title}: accept or reject it in the diff.` }
		: { sentence: `${proposal.title}: ready to be looked at.`, waitingReviewId: id };
}
