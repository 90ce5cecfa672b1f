import { assertNever } from "../base/assert.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { isUserError } from "../base/userError.ts";
import { byteText } from "../base/byteText.ts";
import { cudaRuntime } from "../model/cudaRuntime.ts";
import type { Suggestion } from "../modelLibrary/suggestions.ts";
import type { LibraryClient, WorkListener, WorkOutcome } from "../modelProcess/libraryClient.ts";
import type { CatalogEditor } from "./catalogEditor.ts";
import {
	cudaKey,
	importedPath,
	importKey,
	type CatalogFacts,
	type CudaFacts,
	type FolderModel,
	type FoundServer,
	type LibraryFacts,
	type ModelUse,
} from "./catalogFacts.ts";
import { targetOf, type RowTarget } from "./catalogRows.ts";
import { catalogView, offersAction, rowOf } from "./catalogView.ts";
import { CatalogWorks } from "./catalogWorks.ts";
import {
	fromModelsViewSchema,
	type CatalogView,
	type FromModelsView,
	type RowAction,
} from "./messages.ts";
import { repositoryOf, sourceOf, workKey } from "./rowTargets.ts";
import { waysOn, type WayOn } from "./waysOn.ts";
import { workSummaries, type WorkSummary } from "./workSummaries.ts";

export interface CatalogSessionOptions {
	readonly library: Pick<
		LibraryClient,
		"list" | "install" | "importFrom" | "remove" | "installRuntime" | "removeRuntime"
	>;
	readonly editor: CatalogEditor;
	/** Asked when somebody looks for the first time, and then often. */
	readonly suggestions: () => readonly Suggestion[];
	readonly importable: ReadonlySet<string>;
	/** Of the machine, or of the container in it. */
	readonly memoryBytes: number;
	/** Models outside of the library. */
	readonly folders: () => Promise<readonly FolderModel[]>;
	/** Whether a driver is there that CUDA could use, on a platform that Mote runs it on. */
	readonly hasCudaDriver: () => Promise<boolean>;
	/** Whether the settings let CUDA be tried. */
	readonly triesCuda: () => boolean;
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
	readonly #works: CatalogWorks;
	readonly #closed = new AbortController();
	#library: LibraryFacts | undefined;
	#folders: readonly FolderModel[] = [];
	#servers: readonly FoundServer[] | undefined;
	#cuda: CudaFacts = { hasDriver: false, runtime: { kind: "absent" } };
	/** A look under way; another one asked for meanwhile is the same. */
	#looking: Promise<void> | undefined;

	constructor(options: CatalogSessionOptions) {
		this.#options = options;
		this.#works = new CatalogWorks(options);
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
		this.#works.pauseAll();
	}

	#facts(): CatalogFacts {
		const { suggestions, importable, memoryBytes, use, offersServers } = this.#options;
		return {
			suggestions: suggestions(),
			importable,
			memoryBytes,
			library: this.#library,
			works: this.#works.all,
			cuda: this.#cuda,
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
				return this.#install(target);
			case "pause":
				this.#works.pause(workKey(target));
				return;
			case "useForChat":
				return editor.useForChat(sourceOf(target, this.#library));
			case "useForCompletions":
				return editor.useForCompletions(sourceOf(target, this.#library));
			case "disconnect":
				return editor.disconnectServer();
			case "remove":
				return this.#remove(target, row.name);
			case "openSource": {
				const repository = repositoryOf(target, this.#options.suggestions(), this.#library);
				return repository === undefined ? undefined : editor.openPage(repository);
			}
			default:
				assertNever(action);
		}
	}

	async #install(target: RowTarget): Promise<void> {
		const { library } = this.#options;
		if (target.kind === "import") {
			return this.#importFrom(target.path);
		}
		if (target.kind === "runtime") {
			return this.#work(cudaKey, false, (listener) => library.installRuntime(listener));
		}
		const suggestions = this.#options.suggestions();
		const repository = repositoryOf(target, suggestions, this.#library);
		if (repository === undefined) {
			return;
		}
		const suggestion = suggestions.find((one) => one.repository === repository);
		const converses = suggestion?.chat === true;
		await this.#work(workKey(target), converses, (listener) =>
			library.install(repository, listener),
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
		if (this.#works.isRunning(key)) {
			return;
		}
		const isForChat = mayConverse && this.#options.use().chatName === undefined;
		try {
			const outcome = await this.#works.run(key, isForChat, begin);
			await this.#readLibrary();
			const isListed = importedPath(key) === undefined || outcome.kind === "installed";
			this.#works.set(key, isListed ? undefined : { kind: "paused" });
			if (outcome.kind === "installed") {
				await (key === cudaKey ? this.#tryCuda() : this.#useInChat(isForChat, outcome.folder));
			}
		} catch (error) {
			await this.#readLibrary();
			this.#works.set(key, { kind: "failed", sentence: this.#sentenceOf(error) });
		} finally {
			this.#works.end(key);
		}
	}

	/** Whoever installs one while nothing converses wants to talk to it; what was chosen meanwhile stays. */
	async #useInChat(isForChat: boolean, folder: string): Promise<void> {
		const { editor, use, onNotice } = this.#options;
		const entry = this.#library?.entries.find(
			(one) => one.kind === "installed" && one.folder === folder,
		);
		const isWanted = isForChat && use().chatName === undefined;
		if (isWanted && entry?.kind === "installed" && entry.converses) {
			await editor.useForChat({ kind: "folder", folder });
			onNotice(`${entry.name} is installed, and answers in the chat from now on.`);
		}
	}

	/** An engine looks for what it could run on when it starts. */
	async #tryCuda(): Promise<void> {
		const { editor, triesCuda, onNotice } = this.#options;
		if (!triesCuda()) {
			onNotice(
				`${cudaRuntime.name} is installed, and isn't used yet: set “mote.engine.gpu” to “auto” to have it tried.`,
			);
			return;
		}
		await editor.restartEngine();
		onNotice(
			`${cudaRuntime.name} is installed, and the engine starts again to try it; the status bar's menu says what came of that.`,
		);
	}

	async #remove(target: RowTarget, name: string): Promise<void> {
		if (target.kind === "runtime") {
			return this.#removeCuda(name);
		}
		const entry =
			target.kind === "model"
				? this.#library?.entries.find(({ id }) => id === target.modelId)
				: undefined;
		const { editor, library } = this.#options;
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
		await this.#removeWith(entry.id, name, () => library.remove(entry.id));
	}

	async #removeCuda(name: string): Promise<void> {
		const { editor, library, triesCuda } = this.#options;
		const { runtime } = this.#cuda;
		if (runtime.kind === "absent") {
			return;
		}
		const bytes = runtime.kind === "unfinished" ? runtime.doneBytes : runtime.bytes;
		if (!(await editor.confirmRemoval(name, bytes))) {
			return;
		}
		await this.#removeWith(cudaKey, name, () => library.removeRuntime());
		// What is loaded stays in memory, and on the disk, until its process ends.
		if (runtime.kind === "installed" && triesCuda()) {
			await editor.restartEngine();
		}
	}

	/** `remove` resolves with the space that is free again, in bytes. */
	async #removeWith(key: string, name: string, remove: () => Promise<number>): Promise<void> {
		try {
			const freedBytes = await remove();
			this.#works.set(key, undefined);
			this.#options.onNotice(`${name} is removed; ${byteText(freedBytes)} are free again.`);
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
			const hasDriver = await this.#options.hasCudaDriver();
			this.#cuda = { ...this.#cuda, hasDriver };
			const { runtime, ...library } = await this.#options.library.list();
			this.#library = library;
			this.#cuda = { hasDriver, runtime };
		} catch (error) {
			this.#options.onNotice(this.#sentenceOf(error));
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
