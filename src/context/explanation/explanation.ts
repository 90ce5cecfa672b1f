import type { SymbolKind } from "../index/repositoryIndex.ts";

/**
 * What is asked about. Paths are as in the index; lines count from 0, and ranges of lines include their end.
 */
export type ExplainQuery =
	| {
			readonly kind: "code";
			readonly path: string;
			/** The whole document with "\n" line breaks, as it stands in the editor. */
			readonly text: string;
			readonly startLine: number;
			readonly endLine: number;
	  }
	/** Everything that is called so. */
	| { readonly kind: "name"; readonly name: string };

/** What the index of a repository knows about some code. Plain data, every part of it bounded. */
export interface Explanation {
	readonly query:
		Omit<Extract<ExplainQuery, { kind: "code" }>, "text"> | Extract<ExplainQuery, { kind: "name" }>;
	/** False where nothing here reads the file's language: names are then looked up by their spelling alone. */
	readonly isParsed: boolean;
	/** What the code declares, or what has the name; the outermost declarations, in the order of their lines. */
	readonly subjects: readonly ExplainedDefinition[];
	/** What the code declares beyond those. */
	readonly furtherSubjects: readonly DefinitionBrief[];
	readonly subjectsNotShown: number;
	/** The declaration that the code is a part of, when it declares nothing itself. */
	readonly within: DefinitionBrief | undefined;
	/** What the code calls that the repository defines, in the order of the code. */
	readonly calls: readonly NamedDefinition[];
	/** What it mentions otherwise that the repository defines. */
	readonly uses: readonly NamedDefinition[];
	/** What it mentions of packages from elsewhere. */
	readonly elsewhere: readonly {
		readonly name: string;
		/** As the import is written. */
		readonly specifier: string;
	}[];
	/** Names that were looked up, and that the index doesn't know a definition of. */
	readonly unknown: readonly string[];
	/** Names that the code mentions beyond those that were looked up, or that there is room for. */
	readonly namesNotShown: number;
}

/** An explanation, and how much of the repository had been read by then. */
export interface Explained {
	readonly explanation: Explanation;
	/** False while files are still being read: what is missing may be there later. */
	readonly isComplete: boolean;
}

/** Where something is defined. */
export interface DefinitionPlace {
	readonly path: string;
	readonly name: string;
	readonly kind: SymbolKind;
	/** Name of the type or module that it is defined in. */
	readonly container: string | undefined;
	/** Where its name stands. */
	readonly line: number;
}

export interface DefinitionBrief extends DefinitionPlace {
	/** The declaration without its body, on one line. Undefined when the file can't be read any more. */
	readonly signature: string | undefined;
	/** First sentence of the comment that documents it. */
	readonly summary: string | undefined;
}

export interface ExplainedDefinition extends DefinitionPlace {
	/** VS Code's language id. */
	readonly languageId: string;
	/** The declaration without its body, as it is written. Undefined when the file can't be read any more. */
	readonly signature: string | undefined;
	/** The comment that documents it, without its marks. */
	readonly documentation: string | undefined;
	/** What is defined in it, where it is a type. */
	readonly members: readonly DefinitionBrief[];
	readonly membersNotShown: number;
	/** Undefined where nobody looked. */
	readonly usages: Usages | undefined;
}

/** A name of the code, and what it may mean. */
export interface NamedDefinition {
	readonly name: string;
	/** Where it stands first. */
	readonly line: number;
	/** One, or all that it may be. */
	readonly definitions: readonly DefinitionBrief[];
	/** False when only the name says so: no import, and not the file itself, leads there. */
	readonly isCertain: boolean;
}

/** Who uses a definition, by its name; no test's place is among the others. */
export interface Usages {
	readonly callers: readonly UsagePlace[];
	/** It is mentioned without being called. */
	readonly mentions: readonly UsagePlace[];
	readonly tests: readonly UsagePlace[];
	readonly callersNotShown: number;
	readonly mentionsNotShown: number;
	readonly testsNotShown: number;
	/** Files that mention the name but may mean something else that has it. */
	readonly ambiguousFiles: number;
	/** Files that mention the name and weren't read, because there are too many. */
	readonly unreadFiles: number;
}

/** One definition, or the top of one file, that uses a name. */
export interface UsagePlace {
	readonly path: string;
	/** The first one. */
	readonly line: number;
	/** How often it is used there. */
	readonly count: number;
	/** What it is used in; undefined at the top of a file. */
	readonly within: Omit<DefinitionPlace, "path"> | undefined;
	/** The line's code, bounded. */
	readonly code: string;
}

/** What an explanation may take and hold. */
export const explanationLimits = {
	/** With documentation and usages. */
	subjects: 3,
	furtherSubjects: 20,
	members: 20,
	/** Different names of the code that are looked up. */
	lookedUpNames: 60,
	/** Names whose definitions are shown: those that are called, and the others. */
	namedDefinitions: 20,
	elsewhere: 20,
	unknown: 12,
	/** Definitions of one name: with more of them it is no name of one thing. */
	definitionsOfName: 3,
	usagePlaces: 12,
	/** UTF-16 units of a signature, of its one line, of documentation, of a line of code. */
	signatureLength: 1_200,
	signatureLineLength: 200,
	documentationLength: 2_000,
	summaryLength: 200,
	codeLength: 160,
	/** Files that are parsed in all to find who uses something, and UTF-16 units of them. A second or so. */
	readFiles: 60,
	readLength: 2_000_000,
	/** No further file is parsed after so long: somebody waits. */
	readMs: 3_000,
} as const;

/** The same with other paths: those of a folder among several. */
export function withPaths(explanation: Explanation, path: (path: string) => string): Explanation {
	const place = <Place extends { readonly path: string }>(at: Place): Place => ({
		...at,
		path: path(at.path),
	});
	const named = (names: readonly NamedDefinition[]): readonly NamedDefinition[] =>
		names.map((name) => ({ ...name, definitions: name.definitions.map(place) }));
	const { query, subjects, furtherSubjects, within, calls, uses } = explanation;
	return {
		...explanation,
		query: query.kind === "code" ? place(query) : query,
		subjects: subjects.map(({ usages, members, ...subject }) => ({
			...place(subject),
			members: members.map(place),
			usages: usages && {
				...usages,
				callers: usages.callers.map(place),
				mentions: usages.mentions.map(place),
				tests: usages.tests.map(place),
			},
		})),
		furtherSubjects: furtherSubjects.map(place),
		within: within && place(within),
		calls: named(calls),
		uses: named(uses),
	};
}
