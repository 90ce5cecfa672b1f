import { readFile } from "node:fs/promises";
import { abortReason, yieldToEventLoop } from "../../base/abort.ts";
import type { Logger } from "../../base/log.ts";
import { isUserError } from "../../base/userError.ts";
import type { CopiedFile, CopiedQuery } from "../../context/copied/copiedFile.ts";
import { repeatedPackages } from "../../provenance/repeatedPackages.ts";
import { readTrainingTable, type TrainingTable } from "../../provenance/trainingTable.ts";
import type { Ghost } from "../../statistics/ghostWatch.ts";
import { copiedSentence, type CopiedSource } from "./copiedNotice.ts";

export interface CopiedTextOptions {
	/** What says which package of the training data a text repeats. Absolute. */
	readonly tableFile: string;
	/** Which file of the workspace has the same text below a licence header. */
	readonly copiedFile: (query: CopiedQuery, signal: AbortSignal) => Promise<CopiedFile | undefined>;
	/** Of a document by its URI, as the repository knows it. */
	readonly pathOf: (document: string) => string | undefined;
	/** Hears what is to be said of the suggestion that is shown; undefined where nothing is. */
	readonly onDidChange: (notice: string | undefined) => void;
	readonly logger: Logger;
}

/** Fewer characters can't be as many lexemes as a run has that is looked for. */
const minLength = 64;
/** Sentences about one answer. */
const maxNotices = 3;

/** A suggestion that is compared with others, once however much of it is typed along. */
interface LookedAt {
	/** What is left of it. */
	ghost: Ghost;
	/** What was found. */
	notice: string | undefined;
}

/**
 * Says of long suggestions and answers whose text they repeat. All of it happens after they were shown: nobody waits for it, and
 * nothing is read before there is a long one.
 */
export class CopiedText {
	#table: Promise<TrainingTable | undefined> | undefined;
	#latest = new AbortController();
	/** Undefined where the last suggestion was a short one. */
	#looked: LookedAt | undefined;
	#last: string | undefined;

	constructor(private readonly options: CopiedTextOptions) {}

	/** What was said last, of whichever suggestion; undefined while nothing was. */
	get lastNotice(): string | undefined {
		return this.#last;
	}

	/** A suggestion was given to the editor. Returns at once. */
	shown(ghost: Ghost): void {
		const before = this.#looked;
		if (before !== undefined && isRestOf(ghost, before.ghost)) {
			// What is left of it when somebody types along comes from where all of it came, also where that is still looked for.
			before.ghost = ghost;
			this.options.onDidChange(before.notice);
			return;
		}
		this.#latest.abort(abortReason);
		this.#looked = undefined;
		this.options.onDidChange(undefined);
		if (ghost.text.length >= minLength) {
			this.#latest = new AbortController();
			const looked: LookedAt = { ghost, notice: undefined };
			this.#looked = looked;
			void this.#look(looked, this.#latest.signal);
		}
	}

	/** Whole sentences about code in an answer; none after an abort. Never rejects. */
	async noticesOn(
		blocks: readonly string[],
		path: string | undefined,
		signal: AbortSignal,
	): Promise<readonly string[]> {
		const notices = new Set<string>();
		for (const text of blocks) {
			const source = await this.#sourceOf({ path, text }, signal);
			if (source !== undefined && notices.size < maxNotices) {
				notices.add(copiedSentence("Code in this answer", source));
			}
		}
		return signal.aborted ? [] : [...notices];
	}

	dispose(): void {
		this.#latest.abort(abortReason);
	}

	async #look(looked: LookedAt, signal: AbortSignal): Promise<void> {
		const { document, text } = looked.ghost;
		// The editor draws the suggestion first.
		await yieldToEventLoop();
		const query = { path: this.options.pathOf(document), text };
		const source = await this.#sourceOf(query, signal);
		if (source === undefined || signal.aborted) {
			return;
		}
		const notice = copiedSentence("This suggestion", source);
		looked.notice = notice;
		this.#last = copiedSentence("A suggestion", source);
		this.options.logger.info(this.#last);
		this.options.onDidChange(notice);
	}

	/** A file of the workspace before a package: it is the nearer one, and says its licence itself. */
	async #sourceOf(query: CopiedQuery, signal: AbortSignal): Promise<CopiedSource | undefined> {
		if (query.text.length < minLength || signal.aborted) {
			return undefined;
		}
		try {
			const file = await this.options.copiedFile(query, signal);
			if (file !== undefined) {
				return { kind: "file", file };
			}
			this.#table ??= this.#readTable();
			const table = await this.#table;
			const packages = table === undefined ? [] : await repeatedPackages(query.text, table, signal);
			return packages.length === 0 ? undefined : { kind: "packages", packages };
		} catch (error) {
			this.options.logger.error(`A text was not compared with others: ${String(error)}`);
			return undefined;
		}
	}

	/** Undefined where it can't be used, which is said once. */
	async #readTable(): Promise<TrainingTable | undefined> {
		const { tableFile, logger } = this.options;
		try {
			return await readTrainingTable(new Uint8Array(await readFile(tableFile)), tableFile);
		} catch (error) {
			logger.warn(
				isUserError(error)
					? error.message
					: `Suggestions aren't compared with what the model was trained on, because ${tableFile} can't be read: ${String(error)}`,
			);
			return undefined;
		}
	}
}

function isRestOf(ghost: Ghost, before: Ghost): boolean {
	return (
		ghost.document === before.document &&
		ghost.offset >= before.offset &&
		before.text.endsWith(ghost.text) &&
		ghost.offset - before.offset === before.text.length - ghost.text.length
	);
}
