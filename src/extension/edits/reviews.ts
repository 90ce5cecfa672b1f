import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { isConfined } from "../../chat/edits/proposedChange.ts";
import { hunkAt, Review } from "../../chat/edits/review.ts";
import type { ReviewView } from "../../chat/messages.ts";
import { assert } from "../../base/assert.ts";
import { plainText, textEditsOf } from "./documentText.ts";
import { ProposedDocuments, proposedScheme } from "./proposedDocuments.ts";
import { displayPath } from "../workspacePaths.ts";

export interface Proposal {
	/** The document; a file that isn't there is made when the proposal is accepted. */
	readonly uri: vscode.Uri;
	/** What the proposal was made for, with "\n" line breaks; "" for a new file. */
	readonly base: string;
	readonly proposed: string;
	/** What it is, and who proposes it: "Fix by …". */
	readonly title: string;
	/** All that may change, as offsets into `base`. */
	readonly range: { readonly start: number; readonly end: number } | undefined;
	readonly isNewFile?: boolean;
	/** The conversation that it came from, if any. */
	readonly conversationId?: string | undefined;
}

interface OpenReview {
	readonly review: Review;
	readonly uri: vscode.Uri;
	readonly isNewFile: boolean;
	/** What the diff shows on the left and on the right. */
	readonly left: vscode.Uri;
	readonly right: vscode.Uri;
	/** While what was accepted goes into the document, its changes are no news. */
	isApplying: boolean;
}

/** More are forgotten, the oldest first: nobody comes back to them. */
const maxOpenReviews = 20;

/**
 * Proposed changes, each shown as a diff of the document and a read-only text. Nothing is changed before each
 * hunk is decided; then all that was accepted goes in by one edit, and the diff closes.
 */
export class Reviews implements vscode.Disposable {
	private readonly changes = new vscode.EventEmitter<ReviewView>();
	readonly onDidChange = this.changes.event;
	private readonly closings = new vscode.EventEmitter<string>();
	/** Hears the id of a review that is over. */
	readonly onDidClose = this.closings.event;
	private readonly documents = new ProposedDocuments();
	private readonly open = new Map<string, OpenReview>();
	private readonly listeners: vscode.Disposable;

	/** `prefix` begins the names of the commands and context keys. */
	constructor(private readonly prefix: string) {
		const showWhereWeAre = (): void => this.setContext();
		this.listeners = vscode.Disposable.from(
			this.documents,
			vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
				showWhereWeAre();
				for (const id of closed.map(reviewIdOf)) {
					void this.leave(id);
				}
			}),
			vscode.window.tabGroups.onDidChangeTabGroups(showWhereWeAre),
			vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
				if (contentChanges.length > 0) {
					this.follow(document);
				}
			}),
			this.command("acceptHunk", () => this.decideAtCursor(true)),
			this.command("rejectHunk", () => this.decideAtCursor(false)),
			this.command("acceptAllHunks", () => this.decideShown(true)),
			this.command("rejectAllHunks", () => this.decideShown(false)),
			this.command("showReview", () => this.showLast()),
		);
		this.setContext();
	}

	dispose(): void {
		for (const { right, left } of this.open.values()) {
			this.documents.remove(right);
			this.documents.remove(left);
		}
		this.open.clear();
		this.setContext();
		this.listeners.dispose();
		this.changes.dispose();
		this.closings.dispose();
	}

	get views(): readonly ReviewView[] {
		return [...this.open.values()].map(({ review }) => review.view);
	}

	/**
	 * Opens a review, in front of the person unless `isShown` is false. A second one for the same document replaces the
	 * first, which loses its decisions.
	 */
	async propose(proposal: Proposal, isShown = true): Promise<ReviewView> {
		const { uri, base, proposed, title, range, isNewFile = false, conversationId } = proposal;
		assert(
			range === undefined || isConfined(base, proposed, range),
			"a proposal changes nothing outside its range",
		);
		for (const [id, other] of this.open) {
			if (other.uri.toString() === uri.toString() || this.open.size >= maxOpenReviews) {
				await this.close(id);
			}
		}
		const id = randomUUID();
		const review = new Review({
			id,
			path: displayPath(uri),
			title,
			conversationId,
			base,
			proposed,
		});
		const opened: OpenReview = {
			review,
			uri,
			isNewFile,
			left: isNewFile ? this.documents.add(uri, `${id}-empty`, () => "") : uri,
			right: this.documents.add(uri, id, () => review.proposedText),
			isApplying: false,
		};
		review.onDidChange((view) => {
			this.documents.changed(opened.right);
			this.changes.fire(view);
		});
		this.open.set(id, opened);
		if (!isNewFile) {
			review.follow(plainText(await vscode.workspace.openTextDocument(uri)));
		}
		this.changes.fire(review.view);
		if (isShown) {
			await this.show(id);
		}
		this.setContext();
		return review.view;
	}

	/** Brings the review's diff to the front; does nothing when it is over. */
	async show(id: string): Promise<void> {
		const opened = this.open.get(id);
		if (opened !== undefined) {
			const { review, left, right } = opened;
			const title = `${review.path}: ${review.title}`;
			await vscode.commands.executeCommand("vscode.diff", left, right, title, { preview: false });
			this.setContext();
		}
	}

	/** The review as it is then; undefined when it is over. */
	async decideHunk(id: string, index: number, accept: boolean): Promise<ReviewView | undefined> {
		this.open.get(id)?.review.decide(index, accept);
		return this.afterDecision(id);
	}

	async decideAll(id: string, accept: boolean): Promise<ReviewView | undefined> {
		this.open.get(id)?.review.decideAll(accept);
		return this.afterDecision(id);
	}

	private async afterDecision(id: string): Promise<ReviewView | undefined> {
		const opened = this.open.get(id);
		if (opened === undefined) {
			return undefined;
		}
		if (opened.review.isDecided && !opened.isApplying) {
			await this.finish(id, opened);
		}
		return this.open.has(id) ? opened.review.view : undefined;
	}

	private async finish(id: string, opened: OpenReview): Promise<void> {
		const { review, uri } = opened;
		const isShown = this.shownReview() === id;
		opened.isApplying = true;
		try {
			const problem = review.accepted.length === 0 ? undefined : await this.apply(opened);
			if (problem !== undefined) {
				void vscode.window.showWarningMessage(problem);
				return;
			}
		} finally {
			opened.isApplying = false;
		}
		const isChanged = review.accepted.length > 0;
		await this.remove(id, opened);
		try {
			if (isShown && (isChanged || !opened.isNewFile)) {
				await vscode.window.showTextDocument(uri, { preview: false });
			}
		} finally {
			// Whoever opens something then has it in front.
			this.closings.fire(id);
		}
	}

	/** Puts what was accepted into the document as one step of undo; a sentence when that can't be. */
	private async apply({ review, uri, isNewFile }: OpenReview): Promise<string | undefined> {
		// The editor refuses an edit for a version that is gone by then: a person typed. Once more, then.
		for (let attempt = 0; attempt < 2; attempt++) {
			const edit = new vscode.WorkspaceEdit();
			if (isNewFile) {
				const contents = new TextEncoder().encode(review.proposedText);
				edit.createFile(uri, { overwrite: false, contents });
			} else {
				const document = await vscode.workspace.openTextDocument(uri);
				review.follow(plainText(document));
				if (review.problem !== undefined) {
					return review.problem;
				}
				edit.set(uri, textEditsOf(review.accepted, review.base));
			}
			if (await vscode.workspace.applyEdit(edit)) {
				return undefined;
			}
		}
		return `${review.path} could not be changed; see whether it is read-only, or exists already.`;
	}

	/** Ends what a conversation proposed, without putting anything in. */
	async closeAllOf(conversationId: string): Promise<void> {
		for (const { id, conversationId: owner } of this.views) {
			if (owner === conversationId) {
				await this.close(id);
			}
		}
	}

	/**
	 * The person has closed the diff: what they accepted goes in, the rest is rejected. A diff that was moved has another
	 * tab by then.
	 */
	private async leave(id: string | undefined): Promise<void> {
		if (id === undefined || this.open.get(id)?.isApplying !== false || tabsOf(id).length > 0) {
			return;
		}
		await this.decideAll(id, false);
		// Also when it could not be put in, which has been said.
		await this.close(id);
	}

	private async close(id: string): Promise<void> {
		const opened = this.open.get(id);
		if (opened === undefined) {
			return;
		}
		await this.remove(id, opened);
		this.closings.fire(id);
	}

	private async remove(id: string, opened: OpenReview): Promise<void> {
		this.open.delete(id);
		await vscode.window.tabGroups.close(tabsOf(id), true);
		this.documents.remove(opened.right);
		this.documents.remove(opened.left);
		this.setContext();
	}

	private follow(document: vscode.TextDocument): void {
		for (const { review, uri, isApplying, isNewFile } of this.open.values()) {
			if (!isApplying && !isNewFile && uri.toString() === document.uri.toString()) {
				review.follow(plainText(document));
			}
		}
	}

	private async decideAtCursor(accept: boolean): Promise<void> {
		const id = this.shownReview();
		const opened = id === undefined ? undefined : this.open.get(id);
		const editor = vscode.window.activeTextEditor;
		if (id === undefined || opened === undefined || editor === undefined) {
			return;
		}
		const side = editor.document.uri.scheme === proposedScheme ? "proposed" : "document";
		const index = hunkAt(opened.review.places, side, editor.selection.active.line);
		if (index === undefined) {
			return;
		}
		const view = await this.decideHunk(id, index, accept);
		const next = hunkAt(opened.review.places, side, editor.selection.active.line);
		const place = opened.review.places.find((candidate) => candidate.index === next);
		if (view !== undefined && place !== undefined) {
			const position = new vscode.Position(place[side].start, 0);
			editor.selection = new vscode.Selection(position, position);
			editor.revealRange(new vscode.Range(position, position));
		}
	}

	private async decideShown(accept: boolean): Promise<void> {
		const id = this.shownReview();
		if (id !== undefined) {
			await this.decideAll(id, accept);
		}
	}

	private async showLast(): Promise<void> {
		const id = [...this.open.keys()].at(-1);
		if (id !== undefined) {
			await this.show(id);
		}
	}

	/** The review whose diff is in front. */
	private shownReview(): string | undefined {
		const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
		const id = tab === undefined ? undefined : reviewIdOf(tab);
		return id !== undefined && this.open.has(id) ? id : undefined;
	}

	private command(name: string, run: () => Promise<void>): vscode.Disposable {
		return vscode.commands.registerCommand(`${this.prefix}.${name}`, run);
	}

	private setContext(): void {
		const set = (key: string, value: boolean): void => {
			void vscode.commands.executeCommand("setContext", `${this.prefix}.${key}`, value);
		};
		set("isReviewing", this.shownReview() !== undefined);
		set("hasReview", this.open.size > 0);
	}
}

function tabsOf(id: string): readonly vscode.Tab[] {
	return vscode.window.tabGroups.all
		.flatMap(({ tabs }) => tabs)
		.filter((tab) => reviewIdOf(tab) === id);
}

function reviewIdOf(tab: vscode.Tab): string | undefined {
	return tab.input instanceof vscode.TabInputTextDiff &&
		tab.input.modified.scheme === proposedScheme
		? tab.input.modified.query
		: undefined;
}
