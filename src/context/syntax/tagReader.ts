import { readFile } from "node:fs/promises";
import path from "node:path";
import { Parser, Query, type Language, type QueryCapture } from "web-tree-sitter";
import { DefinitionCollector } from "./definitionTags.ts";
import type { FileTags } from "./fileTags.ts";
import type { Grammars } from "./grammars.ts";
import { ImportCollector } from "./importTags.ts";
import {
	maxMentions,
	isKeyAt,
	roleOf,
	type MentionSource,
	type NameMention,
	type WantedMentions,
} from "./nameMentions.ts";
import { tagLanguageOf, type TagLanguage } from "./tagLanguages.ts";
import type { TagSource } from "./tagSource.ts";

/**
 * A file that takes more is indexed as plain text: nobody writes code that takes a second to parse, or to look
 * through. In reports of the parser and of a query, each of a hundred operations, of which an idle machine does some
 * ten a millisecond; counting them doesn't depend on what else the machine does.
 */
const maxReports = 15_000;

/**
 * The parser reports every hundred operations. Code makes it advance 100 bytes of UTF-16 and more between two
 * reports (74 in the densest table of numbers that was found); text that is ambiguous at every character,
 * 30 to 50. Such a parse may take gigabytes at its end, which the runtime doesn't survive.
 */
const minBytesPerReport = 60;

/** Reports before the first judgement. */
const judgedReports = 100;

/**
 * Patterns that may be half matched at a time. Each open declaration keeps a few, so this is enough for code that
 * is nested a hundred deep; without it, an expression nested by a program takes gigabytes.
 */
const maxOpenMatches = 4096;

/** Names of people end well before this; names of programs need not be known. */
const maxNameLength = 200;

interface TagMatch {
	readonly captures: readonly QueryCapture[];
}

interface LoadedLanguage {
	readonly tags: TagLanguage;
	readonly language: Language;
	readonly query: Query;
}

/**
 * Reads definitions, imports and references off whole files with `<queryFolder>/<language>/tags.scm`.
 *
 * Captures of a query, each on the node that it names:
 * - `@definition.<kind>` with `@name`, or with `@declarator` where the name hides in a declarator of C; also
 *   `@body` where it isn't the field `body`, and `@container` where it isn't what stands around it;
 * - `@scope` with `@scope.name`: what gives its definitions a container without being one (`impl`);
 * - `@package`: the name that the file gives its own contents (`package`, `namespace`);
 * - `@import` and `@import.<part>`: see importTags.ts;
 * - `@reference`: a name that is mentioned. Keywords, comments and strings aren't captured.
 */
export class TagReader implements TagSource, MentionSource {
	readonly #grammars: Grammars;
	readonly #queryFolder: string;
	readonly #loading = new Map<string, Promise<LoadedLanguage>>();
	#parser: Parser | undefined;

	constructor(grammars: Grammars, queryFolder: string) {
		this.#grammars = grammars;
		this.#queryFolder = queryFolder;
	}

	/** See TagSource; a fault of the parser's runtime is a RuntimeError, and the last thing that it does. */
	async read(languageId: string, text: string): Promise<FileTags | undefined> {
		const loaded = await this.#loaded(languageId);
		return loaded && this.#read(loaded, text, (matches) => collect(loaded.tags, text, matches));
	}

	/** See MentionSource; a fault of the parser's runtime is as in `read`. */
	async mentions(
		languageId: string,
		text: string,
		wanted: WantedMentions,
	): Promise<readonly NameMention[] | undefined> {
		const loaded = await this.#loaded(languageId);
		return loaded && this.#read(loaded, text, (matches) => mentionsOf(text, matches, wanted));
	}

	#loaded(languageId: string): Promise<LoadedLanguage> | undefined {
		const tags = tagLanguageOf(languageId);
		if (tags === undefined) {
			return undefined;
		}
		let loading = this.#loading.get(languageId);
		if (loading === undefined) {
			loading = this.#load(tags);
			this.#loading.set(languageId, loading);
		}
		return loading;
	}

	dispose(): Promise<void> {
		this.#parser?.delete();
		this.#parser = undefined;
		return Promise.resolve();
	}

	async #load(tags: TagLanguage): Promise<LoadedLanguage> {
		const [language, source] = await Promise.all([
			this.#grammars.load(tags.grammar),
			readFile(path.join(this.#queryFolder, tags.query, "tags.scm"), "utf8"),
		]);
		return { tags, language, query: new Query(language, source) };
	}

	#read<Result>(
		{ language, query }: LoadedLanguage,
		text: string,
		use: (matches: readonly TagMatch[]) => Result,
	): Result | undefined {
		let reports = 0;
		const isTooMuch = (): boolean => ++reports > maxReports;
		this.#parser ??= new Parser();
		this.#parser.setLanguage(language);
		const tree = this.#parser.parse(text, null, {
			progressCallback: ({ currentOffset }) => {
				const isOver = isTooMuch();
				return isOver || (reports >= judgedReports && currentOffset < reports * minBytesPerReport);
			},
		});
		if (tree === null) {
			// Without this the parser would go on with this text when it is called next.
			this.#parser.reset();
			return undefined;
		}
		try {
			const matches = query.matches(tree.rootNode, {
				matchLimit: maxOpenMatches,
				progressCallback: isTooMuch,
			});
			return reports > maxReports ? undefined : use(matches);
		} finally {
			// Trees live in WebAssembly memory that is never collected.
			tree.delete();
		}
	}
}

function collect(tags: TagLanguage, text: string, matches: readonly TagMatch[]): FileTags {
	const names = new Map<string, number>();
	const definitions = new DefinitionCollector(tags, text);
	const imports = new ImportCollector(tags.imports, text);
	for (const { captures } of matches) {
		const [first] = captures;
		if (first === undefined) {
			continue;
		}
		if (first.name === "reference") {
			const { startIndex, endIndex } = first.node;
			if (endIndex - startIndex <= maxNameLength) {
				const name = text.slice(startIndex, endIndex);
				names.set(name, (names.get(name) ?? 0) + 1);
			}
		} else if (captures.some(({ name }) => name.startsWith("import"))) {
			imports.add(captures);
		} else {
			definitions.add(captures);
		}
	}
	return { definitions: definitions.finish(), imports: imports.finish(), names };
}

function mentionsOf(
	text: string,
	matches: readonly TagMatch[],
	{ names, lines }: WantedMentions,
): readonly NameMention[] {
	const mentions: NameMention[] = [];
	for (const { captures } of matches) {
		const [first] = captures;
		if (first?.name !== "reference" || mentions.length === maxMentions) {
			continue;
		}
		const { startIndex, endIndex } = first.node;
		const { row: line, column } = first.node.startPosition;
		const isInLines = lines === undefined || (line >= lines.startLine && line <= lines.endLine);
		if (!isInLines || endIndex - startIndex > maxNameLength) {
			continue;
		}
		const name = text.slice(startIndex, endIndex);
		if (names?.has(name) ?? true) {
			const { isCall, isMember, receiver } = roleOf(first.node);
			const selected = receiver && text.slice(receiver.startIndex, receiver.endIndex);
			const isName = selected !== undefined && /^[\p{L}\p{N}_$]{1,200}$/u.test(selected);
			mentions.push({
				name,
				line,
				column,
				isCall,
				isMember,
				receiver: isName ? selected : undefined,
				isKey: isKeyAt(first.node),
			});
		}
	}
	return mentions.sort((a, b) => a.line - b.line || a.column - b.column);
}
