import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { ConversationSummary } from "../messages.ts";
import {
	bytesOf,
	conversationIdSchema,
	conversationSchema,
	shrinkTo,
	summaryOf,
	withoutWriter,
	type Conversation,
} from "./conversation.ts";
import { hasWords, wordsOf } from "./searchConversations.ts";

export interface StoreLimits {
	/** Beyond it the conversation that was changed longest ago is deleted. */
	readonly conversations: number;
	/** Of one conversation, as JSON. */
	readonly conversationBytes: number;
	/** Of all conversations. They are all held in memory. */
	readonly totalBytes: number;
}

export const defaultLimits: StoreLimits = {
	conversations: 100,
	conversationBytes: 4 * 1024 * 1024,
	totalBytes: 32 * 1024 * 1024,
};

export interface ConversationStoreOptions {
	/** One JSON file for each conversation. Made when it doesn't exist. */
	readonly folder: string;
	readonly clock: Clock;
	readonly logger: Logger;
	readonly limits?: StoreLimits;
}

/** Changes are written when they pause for so long, and at the end of the session. */
const writeDelayMs = 500;

/** Files that couldn't be read are set aside for a look; more of them than this are too many. */
const maxSetAside = 5;

/** Conversations that outlive the editor: in memory, and behind it in a folder. */
export class ConversationStore {
	readonly #options: ConversationStoreOptions;
	readonly #limits: StoreLimits;
	readonly #conversations = new Map<string, Conversation>();
	/** As counted when a conversation was put. */
	readonly #bytes = new Map<string, number>();
	/** Ids whose file doesn't say what is in memory. */
	readonly #changed = new Set<string>();
	#isWritable = true;
	/** The write under way; the next one waits for it. */
	#writing: Promise<void> = Promise.resolve();
	#waits: AbortController | undefined;

	private constructor(options: ConversationStoreOptions) {
		this.#options = options;
		this.#limits = options.limits ?? defaultLimits;
	}

	/** Never rejects: where the folder can't be made or read, conversations live as long as this store. */
	static async open(options: ConversationStoreOptions): Promise<ConversationStore> {
		const store = new ConversationStore(options);
		try {
			await mkdir(options.folder, { recursive: true });
			await store.#readAll();
		} catch (error) {
			store.#isWritable = false;
			options.logger.warn(
				`Conversations are not kept, because ${options.folder} can't be used: ${String(error)}`,
			);
		}
		store.#enforceLimits(undefined);
		return store;
	}

	/** The one that was changed last first. */
	summaries(): ConversationSummary[] {
		return this.#latestFirst().map(summaryOf);
	}

	get(id: string): Conversation | undefined {
		return this.#conversations.get(id);
	}

	/** Adds or replaces a conversation; returns it as it is kept, which may be without its oldest parts. */
	put(conversation: Conversation): Conversation {
		const kept = shrinkTo(conversation, this.#limits.conversationBytes);
		this.#remember(kept);
		this.#changed.add(kept.id);
		this.#enforceLimits(kept.id);
		this.#scheduleWrite();
		return kept;
	}

	delete(id: string): void {
		if (this.#conversations.delete(id)) {
			this.#bytes.delete(id);
			this.#changed.add(id);
			this.#scheduleWrite();
		}
	}

	/** Conversations that have all words of the query in their title or text; all for an empty query. */
	search(query: string): ConversationSummary[] {
		const words = wordsOf(query);
		return this.#latestFirst()
			.filter((conversation) => hasWords(conversation, words))
			.map(summaryOf);
	}

	/** Resolves when all that was put or deleted until now is on disk, or was found unwritable and logged. */
	async flush(): Promise<void> {
		this.#waits?.abort();
		this.#waits = undefined;
		this.#writing = this.#writing.then(() => this.#writeChanged());
		await this.#writing;
	}

	async dispose(): Promise<void> {
		await this.flush();
	}

	#latestFirst(): Conversation[] {
		return [...this.#conversations.values()].sort(
			(a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1),
		);
	}

	#remember(conversation: Conversation): void {
		this.#conversations.set(conversation.id, conversation);
		this.#bytes.set(conversation.id, bytesOf(conversation));
	}

	/** Deletes the oldest until the limits hold; never `keptId`, which is the one that is open. */
	#enforceLimits(keptId: string | undefined): void {
		let total = [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
		for (const { id } of this.#latestFirst().reverse()) {
			const fits =
				this.#conversations.size <= this.#limits.conversations && total <= this.#limits.totalBytes;
			if (fits) {
				return;
			}
			if (id !== keptId) {
				total -= this.#bytes.get(id) ?? 0;
				this.delete(id);
			}
		}
	}

	#scheduleWrite(): void {
		if (this.#waits !== undefined || !this.#isWritable) {
			return;
		}
		const waits = new AbortController();
		this.#waits = waits;
		void this.#options.clock.sleep(writeDelayMs, waits.signal).then(async () => {
			if (!waits.signal.aborted) {
				await this.flush();
			}
		});
	}

	/** Never rejects; what couldn't be written is tried again with the next change. */
	async #writeChanged(): Promise<void> {
		if (!this.#isWritable) {
			return;
		}
		for (const id of [...this.#changed]) {
			this.#changed.delete(id);
			try {
				await this.#writeOne(id);
			} catch (error) {
				this.#changed.add(id);
				this.#options.logger.warn(`A conversation was not saved: ${String(error)}`);
			}
		}
	}

	async #writeOne(id: string): Promise<void> {
		const file = this.#fileOf(id);
		const conversation = this.#conversations.get(id);
		if (conversation === undefined) {
			await rm(file, { force: true });
			return;
		}
		// A crash leaves the old file or the new one, never half of one.
		const temporary = `${file}.${process.pid}.tmp`;
		try {
			const handle = await open(temporary, "w", 0o600);
			try {
				await handle.writeFile(JSON.stringify(conversation));
				await handle.sync();
			} finally {
				await handle.close();
			}
			await rename(temporary, file);
		} catch (error) {
			await rm(temporary, { force: true });
			throw error;
		}
	}

	#fileOf(id: string): string {
		return path.join(this.#options.folder, `${conversationIdSchema.parse(id)}.json`);
	}

	async #readAll(): Promise<void> {
		const names = (await readdir(this.#options.folder)).sort();
		for (const name of names.filter((each) => each.endsWith(".json"))) {
			await this.#readOne(name);
		}
		await this.#tidy(names);
	}

	/** What isn't a conversation is set aside: it must neither be lost nor be in the way. */
	async #readOne(name: string): Promise<void> {
		const file = path.join(this.#options.folder, name);
		let problem: string;
		try {
			// Twice the limit: what one version of Mote keeps, another must be able to read.
			if ((await stat(file)).size > 2 * this.#limits.conversationBytes) {
				problem = "it is too large";
			} else {
				const content: unknown = JSON.parse(await readFile(file, "utf8"));
				const parsed = conversationSchema.safeParse(content);
				if (parsed.success && `${parsed.data.id}.json` === name) {
					this.#remember(shrinkTo(withoutWriter(parsed.data), this.#limits.conversationBytes));
					return;
				}
				problem = parsed.success ? "it is another's" : "its form is wrong";
			}
		} catch (error) {
			problem = String(error);
		}
		const aside = `${file}.corrupt`;
		this.#options.logger.warn(`${file} is no conversation (${problem}); it was moved to ${aside}.`);
		try {
			await rename(file, aside);
		} catch (error) {
			this.#options.logger.warn(`${file} could not be moved: ${String(error)}`);
		}
	}

	/** Removes what a crash left half written, and set-aside files beyond the first few. */
	async #tidy(names: readonly string[]): Promise<void> {
		const old = names.filter((name) => name.endsWith(".corrupt")).slice(maxSetAside);
		const halfWritten = names.filter((name) => name.endsWith(".tmp"));
		for (const name of [...old, ...halfWritten]) {
			await rm(path.join(this.#options.folder, name), { force: true });
		}
	}
}
