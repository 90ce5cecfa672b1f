import { systemClock, type Clock } from "../../base/clock.ts";
import { nullLogger, type Logger } from "../../base/log.ts";
import type { Language } from "web-tree-sitter";
import { regionAt } from "./cursorRegion.ts";
import { DocumentTrees } from "./documentTrees.ts";
import { Grammars, type GrammarFiles } from "./grammars.ts";
import { syntaxLanguageOf, type SyntaxLanguage } from "./languages.ts";
import { statementExtent } from "./statementExtent.ts";
import type { SourceStructure, StructureQuery, StructureService } from "./structure.ts";
import { structureOf } from "./structureAt.ts";
import {
	unknownExtent,
	unknownPosition,
	type ExtentQuery,
	type SyntaxExtent,
	type SyntaxPosition,
	type SyntaxQuery,
	type SyntaxService,
} from "./syntaxService.ts";

interface LocalSyntaxOptions {
	readonly clock?: Clock;
	readonly logger?: Logger;
	/** Called again and again while it works. */
	readonly didProgress?: () => void;
}

/** A SyntaxService in this thread. A parse blocks it for up to half a second, so the editor uses SyntaxClient. */
export class LocalSyntax implements SyntaxService, StructureService {
	readonly #grammars: Grammars;
	readonly #clock: Clock;
	readonly #logger: Logger;
	readonly #didProgress: () => void;
	readonly #failed = new Set<string>();
	/** Made with the first grammar, because a parser needs the runtime. */
	#trees: DocumentTrees | undefined;
	#isDisposed = false;

	constructor(files: GrammarFiles, options: LocalSyntaxOptions = {}) {
		this.#grammars = new Grammars(files);
		this.#clock = options.clock ?? systemClock;
		this.#logger = options.logger ?? nullLogger;
		this.#didProgress = options.didProgress ?? (() => undefined);
	}

	async positionAt(query: SyntaxQuery, signal: AbortSignal): Promise<SyntaxPosition> {
		const kind = await this.#withLanguage(query, signal, (language, syntax, trees) =>
			trees.withTree(language, query.text, (tree) =>
				regionAt(tree, syntax, query.text, query.offset),
			),
		);
		return kind === undefined ? unknownPosition : { kind };
	}

	async extentOf(query: ExtentQuery, signal: AbortSignal): Promise<SyntaxExtent> {
		const { text, offset, candidate } = query;
		const extent = await this.#withLanguage(query, signal, (language, syntax, trees) =>
			trees.withInsertion(language, text, offset, candidate, (base, edited) =>
				statementExtent({ language: syntax, base, text, offset, candidate, edited }),
			),
		);
		return extent ?? unknownExtent;
	}

	async structureAt(
		query: StructureQuery,
		signal: AbortSignal,
	): Promise<SourceStructure | undefined> {
		const { languageId, text, start, end } = query;
		if (start > end || end > text.length) {
			return undefined;
		}
		return this.#withLanguage({ languageId, text, offset: start }, signal, (language, _, trees) =>
			trees.withTree(language, text, (tree) => structureOf(tree, text, start, end)),
		);
	}

	dispose(): Promise<void> {
		this.#isDisposed = true;
		this.#trees?.dispose();
		this.#trees = undefined;
		return Promise.resolve();
	}

	async #withLanguage<T>(
		query: SyntaxQuery,
		signal: AbortSignal,
		use: (language: Language, syntax: SyntaxLanguage, trees: DocumentTrees) => T | undefined,
	): Promise<T | undefined> {
		const syntax = syntaxLanguageOf(query.languageId);
		if (syntax === undefined || query.offset < 0 || query.offset > query.text.length) {
			return undefined;
		}
		const language = await this.#load(syntax.grammar);
		this.#didProgress();
		if (language === undefined || signal.aborted || this.#isDisposed) {
			return undefined;
		}
		this.#trees ??= new DocumentTrees(this.#clock, this.#didProgress);
		return use(language, syntax, this.#trees);
	}

	/** Undefined, and one line in the log, when the grammar can't be loaded: the editor goes on without. */
	async #load(grammar: string): Promise<Language | undefined> {
		try {
			return await this.#grammars.load(grammar);
		} catch (error) {
			if (!this.#failed.has(grammar)) {
				this.#failed.add(grammar);
				this.#logger.warn(
					`The ${grammar} grammar can't be loaded, so completions in it are one line long. ` +
						`Reinstall the extension. (${String(error)})`,
				);
			}
			return undefined;
		}
	}
}
