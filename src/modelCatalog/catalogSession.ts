import { assertNever } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { isUserError, UserError } from "../base/userError.ts";
import { byteText } from "../base/byteText.ts";
import type { Suggestion } from "../modelLibrary/suggestions.ts";
import type { LibraryClient, WorkListener, WorkOutcome } from "../modelProcess/libraryClient.ts";
import type { CatalogEditor } from "./catalogEditor.ts";
import {
	importedPath,
	importKey,
	type CatalogFacts,
	type FolderModel,
	type FoundServer,
	type LibraryFacts,
	type ModelUse,
	type Work,
} from "./catalogFacts.ts";
import { modelIdOf, targetOf, type RowTarget } from "./catalogRows.ts";
import { catalogView, offersAction, rowOf } from "./catalogView.ts";
import { DownloadSpeed } from "./downloadSpeed.ts";
import {
	fromModelsViewSchema,
	type CatalogView,
	type FromModelsView,
	type RowAction,
} from "./messages.ts";
import { waysOn, type WayOn } from "./waysOn.ts";
import { workSummaries, type WorkSummary } from "./workSummaries.ts";

export interface CatalogSessionOptions {
	readonly library: Pick<LibraryClient, "list" | "install" | "importFrom" | "remove">;
	readonly editor: CatalogEditor;
	/** Asked when somebody looks for the first time, and then often. */
	readonly suggestions: () => readonly Suggestion[];
	readonly importable: ReadonlySet<string>;
	/** Of the machine, or of the container in it. */
	readonly memoryBytes: number;
	/** Models outside of the library. */
	readonly folders: () => Promise<readonly FolderModel[]>;
	/** Whether somebody wants servers of this machine to be looked for. */
	readonly offersServers: () => boolean;
	/** Never rejects; the signal aborts when the window closes. */
	readonly findServers: (signal: AbortSignal) => Promise<readonly FoundServer[]>;
	/** Asked anew each time. */
	readonly use: () => ModelUse;
	/** Something that is shown has changed. */
	readonly onDidChange: () => void;
	/** A sentence for whoever is looking. */
	readonly onNotice: (sentence: string) => void;
	readonly clock: Clock;
	readonly logger: Logger;
}

/**
 * The models of one window: what there is, what is being installed, and what a person does about it. It outlives the
 * views that show it.
 */
export class CatalogSession {
	readonly #options: CatalogSessionOptions;
	readonly #works = new Map<string, Work>();
	readonly #pauses = new Map<string, AbortController>();
	readonly #closed = new AbortController();
	#library: LibraryFacts | undefined;
	#folders: readonly FolderModel[] = [];
	#servers: readonly FoundServer[] | undefined;
	/** A look under way; another one asked for meanwhile is the same. */
	#looking: Promise<void> | undefined;

	constructor(options: CatalogSessionOptions) {
		this.#options = options;
	}

	get view(): CatalogView {
		return catalogView(this.#facts());
	}

	get waysOn(): readonly WayOn[] {
		return waysOn(this.#facts());
	}

	get workSummaries(): readonly WorkSummary[] {
		return workSummaries(this.#facts());
	}

	/** Reads what there is; asks for servers of this machine only with `servers`. Never rejects. */
	async look({ servers }: { readonly servers: boolean }): Promise<void> {
		const found = servers && this.#options.offersServers() ? this.#lookForServers() : undefined;
		this.#looking ??= this.#readLibrary().finally(() => (this.#looking = undefined));
		await Promise.all([found, this.#looking]);
	}

	/** Takes a message of the view, which is checked here. Never rejects. */
	async receive(raw: unknown): Promise<void> {
		const parsed = fromModelsViewSchema.safeParse(raw);
		if (!parsed.success) {
			this.#options.logger.warn("The view of models sent a message that has no known form.");
			return;
		}
		await this.#guarded(() => this.#handle(parsed.data));
	}

	/** Does what a row offers, and nothing where it doesn't offer it any more. Never rejects. */
	async act(rowId: string, action: RowAction): Promise<void> {
		await this.#guarded(() => this.#act(rowId, action));
	}

	/** Takes a way on; one that isn't there any more is passed over. Never rejects. */
	async takeWay(id: string): Promise<void> {
		const way = this.waysOn.find((one) => one.id === id);
		switch (way?.does.kind) {
			case undefined:
				return;
			case "act": {
				const { rowId, action } = way.does;
				if (action !== "useForChat") {
					this.#options.editor.show(rowId);
				}
				return this.act(rowId, action);
			}
			case "show":
				this.#options.editor.show(way.does.rowId);
				return;
			case "connect":
				return this.#guarded(() => this.#options.editor.connectServer());
		}
	}

	/** Pauses all; what came is kept. */
	dispose(): void {
		this.#closed.abort();
		for (const pause of this.#pauses.values()) {
			pause.abort();
		}
	}

	#facts(): CatalogFacts {
		const { suggestions, importable, memoryBytes, use, offersServers } = this.#options;
		return {
			suggestions: suggestions(),
			importable,
			memoryBytes,
			library: this.#library,
			works: this.#works,
			folders: this.#folders,
			servers: this.#servers,
			offersServers: offersServers(),
			use: use(),
		};
	}

	async #handle(message: FromModelsView): Promise<void> {
		const { editor, onDidChange } = this.#options;
		switch (message.kind) {
			case "ready":
				onDidChange();
				return this.look({ servers: true });
			case "lookAgain":
				return this.look({ servers: true });
			case "act":
				return this.#act(message.rowId, message.action);
			case "importFile":
			case "importFolder": {
				const kind = message.kind === "importFile" ? "file" : "folder";
				const path = await editor.pickCheckpoint(kind);
				if (path !== undefined) {
					await this.#importFrom(path);
				}
				return;
			}
			case "connectServer":
				return editor.connectServer();
		}
	}

	async #act(rowId: string, action: RowAction): Promise<void> {
		const row = rowOf(this.view, rowId);
		const target = targetOf(rowId);
		if (row === undefined || target === undefined || !offersAction(row, action)) {
			return;
		}
		const { editor } = this.#options;
		switch (action) {
			case "install":
			case "resume":
				return target.kind === "import" ? this.#importFrom(target.path) : this.#install(target);
			case "pause":
				this.#pauses.get(workKey(target))?.abort();
				return;
			case "useForChat":
				return editor.useForChat(this.#source(target));
			case "useForCompletions":
				return editor.useForCompletions(this.#source(target));
			case "disconnect":
				return editor.disconnectServer();
			case "remove":
				return this.#remove(target, row.name);
			case "openSource": {
				const repository = this.#repositoryOf(target);
				return repository === undefined ? undefined : editor.openPage(repository);
			}
			default:
				assertNever(action);
		}
	}

	/** Where a model is that can be used. */
	#source(target: RowTarget): Parameters<CatalogEditor["useForChat"]>[0] {
		switch (target.kind) {
			case "server":
			case "folder":
				return target;
			case "import":
				throw goneError();
			case "model": {
				const entry = this.#library?.entries.find(({ id }) => id === target.modelId);
				if (entry?.kind !== "installed") {
					throw goneError();
				}
				return { kind: "folder", folder: entry.folder };
			}
		}
	}

	#repositoryOf(target: RowTarget): string | undefined {
		if (target.kind !== "model") {
			return undefined;
		}
		const entry = this.#library?.entries.find(({ id }) => id === target.modelId);
		const suggestion = this.#options.suggestions().find((one) => modelIdOf(one) === target.modelId);
		return suggestion?.repository ?? (entry?.kind === "unfinished" ? entry.repository : undefined);
	}

	async #install(target: RowTarget): Promise<void> {
		const repository = this.#repositoryOf(target);
		if (repository === undefined) {
			return;
		}
		const suggestion = this.#options.suggestions().find((one) => one.repository === repository);
		const converses = suggestion?.chat === true;
		await this.#work(workKey(target), converses, (listener) =>
			this.#options.library.install(repository, listener),
		);
	}

	async #importFrom(path: string): Promise<void> {
		if (await this.#options.editor.keepModelFolder(path)) {
			await this.look({ servers: false });
			this.#options.onNotice(
				"This is a model that Mote has made already: it is in the list, as it is.",
			);
			return;
		}
		await this.#work(importKey(path), true, (listener) =>
			this.#options.library.importFrom(path, listener),
		);
	}

	/** One piece of work of the library, from its beginning to what is shown of its end. */
	async #work(
		key: string,
		mayConverse: boolean,
		begin: (listener: WorkListener) => Promise<WorkOutcome>,
	): Promise<void> {
		if (this.#pauses.has(key)) {
			return;
		}
		const { clock, use, onNotice } = this.#options;
		const pause = new AbortController();
		const speed = new DownloadSpeed();
		const isForChat = mayConverse && use().chatName === undefined;
		this.#pauses.set(key, pause);
		this.#setWork(key, {
			kind: "running",
			step: { kind: "waiting" },
			bytesPerSecond: undefined,
			isForChat,
		});
		try {
			const outcome = await begin({
				onStep: (step) => {
					const bytesPerSecond =
						step.kind === "downloading" ? speed.add(step.doneBytes, clock.now()) : undefined;
					this.#setWork(key, { kind: "running", step, bytesPerSecond, isForChat });
				},
				onNotice,
				signal: pause.signal,
			});
			await this.#readLibrary();
			const isListed = importedPath(key) === undefined || outcome.kind === "installed";
			this.#setWork(key, isListed ? undefined : { kind: "paused" });
			if (outcome.kind === "installed" && isForChat) {
				await this.#useIfItConverses(outcome.folder);
			}
		} catch (error) {
			await this.#readLibrary();
			this.#setWork(key, { kind: "failed", sentence: this.#sentenceOf(error) });
		} finally {
			this.#pauses.delete(key);
			this.#options.onDidChange();
		}
	}

	/** Whoever installs one while nothing converses wants to talk to it; what was chosen meanwhile stays. */
	async #useIfItConverses(folder: string): Promise<void> {
		const { editor, use, onNotice } = this.#options;
		const entry = this.#library?.entries.find(
			(one) => one.kind === "installed" && one.folder === folder,
		);
		if (entry?.kind === "installed" && entry.converses && use().chatName === undefined) {
			await editor.useForChat({ kind: "folder", folder });
			onNotice(`${entry.name} is installed, and answers in the chat from now on.`);
		}
	}

	async #remove(target: RowTarget, name: string): Promise<void> {
		const entry =
			target.kind === "model"
				? this.#library?.entries.find(({ id }) => id === target.modelId)
				: undefined;
		const { editor, library, onNotice } = this.#options;
		if (entry === undefined) {
			return;
		}
		const bytes = entry.kind === "unfinished" ? entry.doneBytes : entry.bytes;
		if (!(await editor.confirmRemoval(name, bytes))) {
			return;
		}
		if (entry.kind === "installed") {
			await editor.stopUsing(entry.folder);
		}
		try {
			const freedBytes = await library.remove(entry.id);
			this.#setWork(entry.id, undefined);
			onNotice(`${name} is removed; ${byteText(freedBytes)} are free again.`);
		} finally {
			await this.#readLibrary();
		}
	}

	async #lookForServers(): Promise<void> {
		this.#servers = await this.#options.findServers(this.#closed.signal);
		this.#options.onDidChange();
	}

	async #readLibrary(): Promise<void> {
		try {
			this.#folders = await this.#options.folders();
			this.#library = await this.#options.library.list();
		} catch (error) {
			this.#options.onNotice(this.#sentenceOf(error));
		}
		this.#options.onDidChange();
	}

	#setWork(key: string, work: Work | undefined): void {
		if (work === undefined) {
			this.#works.delete(key);
		} else {
			this.#works.set(key, work);
		}
		this.#options.onDidChange();
	}

	async #guarded(action: () => Promise<void>): Promise<void> {
		try {
			await action();
		} catch (error) {
			this.#options.onNotice(this.#sentenceOf(error));
		}
	}

	#sentenceOf(error: unknown): string {
		const { logger } = this.#options;
		if (isUserError(error)) {
			logger.warn(error.message);
			return error.message;
		}
		logger.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
		return "Mote failed at this because of a bug; its log says more.";
	}
}

/** What {@link CatalogFacts.works} has a row's work under. */
function workKey(target: RowTarget): string {
	switch (target.kind) {
		case "model":
			return target.modelId;
		case "import":
			return importKey(target.path);
		case "folder":
			return target.folder;
		case "server":
			return target.address;
	}
}

function goneError(): UserError {
	return new UserError("notInstalled", "This model isn't there any more; look at the list again.");
}
