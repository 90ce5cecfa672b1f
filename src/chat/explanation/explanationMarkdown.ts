import type {
	DefinitionBrief,
	ExplainedDefinition,
	Explanation,
	NamedDefinition,
	UsagePlace,
	Usages,
} from "../../context/explanation/explanation.ts";
import { languageIdOfPath } from "../../context/files/languageIds.ts";
import type { SymbolKind } from "../../context/index/repositoryIndex.ts";
import { tagLanguageOf } from "../../context/syntax/tagLanguages.ts";
import { fenced } from "../tasks/fence.ts";
import { cleanText, escapedInline, escapedProse, inlineCode } from "./escapeMarkdown.ts";
import { fileHref } from "./fileHref.ts";

/** What an explanation is written with. */
export interface MarkdownOptions {
	/** Where a link to a line, counted from 0, leads; undefined: there is none. As the chat view follows it without it. */
	readonly hrefOf?: ((path: string, line: number) => string | undefined) | undefined;
	/** False while files are still being read, so that others may be missing. */
	readonly isComplete: boolean;
}

const kindWords: Readonly<Record<SymbolKind, string>> = {
	class: "class",
	constant: "constant",
	constructor: "constructor",
	enum: "enum",
	enumMember: "enum member",
	field: "field",
	function: "function",
	interface: "interface",
	macro: "macro",
	method: "method",
	module: "module",
	struct: "struct",
	type: "type",
	variable: "variable",
};

/**
 * An explanation as Markdown. Every word about the code is from the repository's files, as it stands there; the rest
 * says what kind of fact it is. Text of files can't become markup.
 */
export function explanationMarkdown(explanation: Explanation, options: MarkdownOptions): string {
	const writer = new Writer(options);
	const sections = [
		...writer.place(explanation),
		...explanation.subjects.flatMap((subject) => writer.subject(subject)),
		...writer.briefs("It also declares", explanation.furtherSubjects, explanation.subjectsNotShown),
		...writer.names(explanation.subjects.length > 0 ? "It calls" : "Calls", explanation.calls),
		...writer.names(explanation.subjects.length > 0 ? "It uses" : "Uses", explanation.uses),
		...elsewhere(explanation),
		...gaps(explanation, options),
	];
	return sections.join("\n\n");
}

function isNothing({ subjects, calls, uses, elsewhere: others, within }: Explanation): boolean {
	return subjects.length + calls.length + uses.length + others.length === 0 && within === undefined;
}

/** What isn't known, and why. */
function gaps(explanation: Explanation, { isComplete }: MarkdownOptions): readonly string[] {
	const { query, isParsed, unknown, namesNotShown } = explanation;
	const sentences: string[] = [];
	const names = unknown.map(inlineCode).join(", ");
	if (isNothing(explanation)) {
		sentences.push(
			unknown.length > 0
				? `The index of this repository knows no definition of what stands there. Looked for: ${names}.`
				: "Nothing stands there that the index of this repository could know: no name of a definition.",
		);
	} else if (unknown.length > 0) {
		sentences.push(`Not defined in this repository: ${names}.`);
	}
	if (!isParsed && query.kind === "code") {
		sentences.push(
			`${whyNotParsed(languageIdOfPath(query.path))}, so names were only compared by their spelling, and who uses what is defined here isn't known.`,
		);
	}
	if (namesNotShown > 0) {
		sentences.push(
			`${count(namesNotShown, "further name")} ${namesNotShown === 1 ? "isn't" : "aren't"} shown; select less.`,
		);
	}
	if (!isComplete) {
		sentences.push(
			"The repository is still being read: definitions, callers and tests may be missing. Ask again when that is done.",
		);
	}
	return sentences.length === 0 ? [] : [sentences.join(" ")];
}

function whyNotParsed(languageId: string): string {
	if (tagLanguageOf(languageId) !== undefined) {
		return "This file couldn't be parsed";
	}
	return `Mote doesn't parse ${languageId === "plaintext" ? "this kind of file" : escapedInline(languageId)}`;
}

/** Names of packages that aren't in the repository, by package. */
function elsewhere({ elsewhere: names }: Explanation): readonly string[] {
	const bySpecifier = new Map<string, string[]>();
	for (const { name, specifier } of names) {
		bySpecifier.set(specifier, [...(bySpecifier.get(specifier) ?? []), inlineCode(name)]);
	}
	const items = [...bySpecifier].map(
		([specifier, all]) => `- ${all.join(", ")} of ${inlineCode(specifier)}`,
	);
	return items.length === 0 ? [] : [`**From outside this repository**`, items.join("\n")];
}

class Writer {
	readonly #hrefOf: (path: string, line: number) => string | undefined;

	constructor({ hrefOf = fileHref }: MarkdownOptions) {
		this.#hrefOf = hrefOf;
	}

	place({ query, within }: Explanation): readonly string[] {
		if (query.kind === "name") {
			return [`What the index knows about ${inlineCode(query.name)}:`];
		}
		const { path, startLine, endLine } = query;
		const lines =
			endLine > startLine ? `lines ${startLine + 1} to ${endLine + 1}` : `line ${startLine + 1}`;
		const around =
			within === undefined
				? ""
				: `, in the ${kindWords[within.kind]} ${this.#linkTo(within, fullName(within))}`;
		return [
			`What the index knows about ${lines} of ${this.#link(path, path, startLine)}${around}:`,
		];
	}

	subject(subject: ExplainedDefinition): readonly string[] {
		const { path, line, kind, languageId, signature, documentation, members, usages } = subject;
		return [
			`### ${this.#linkTo(subject, fullName(subject))}`,
			`${upperFirst(kindWords[kind])} in ${this.#link(`${path}:${line + 1}`, path, line)}`,
			...(signature === undefined ? [] : [fenced(cleanText(signature), languageId)]),
			...(documentation === undefined ? [] : [quoted(escapedProse(documentation))]),
			...this.briefs("Members", members, subject.membersNotShown),
			...(usages === undefined ? [] : this.#usages(usages, subject)),
		];
	}

	briefs(title: string, briefs: readonly DefinitionBrief[], notShown = 0): readonly string[] {
		return briefs.length === 0
			? []
			: [
					`**${title}**`,
					[...briefs.map((brief) => `- ${this.#brief(brief)}`), ...more(notShown)].join("\n"),
				];
	}

	names(title: string, names: readonly NamedDefinition[]): readonly string[] {
		if (names.length === 0) {
			return [];
		}
		const items = names.map(({ name, definitions, isCertain }) => {
			const [only, ...others] = definitions;
			if (only !== undefined && others.length === 0) {
				return `- ${this.#brief(only, name)}${isCertain ? "" : " (by its name)"}`;
			}
			const places = definitions.map((each) => this.#linkTo(each, `${each.path}:${each.line + 1}`));
			return `- ${inlineCode(name)}: one of ${places.join(", ")}`;
		});
		return [`**${title}**`, items.join("\n")];
	}

	#usages(usages: Usages, { kind, name }: ExplainedDefinition): readonly string[] {
		const { callers, mentions, tests, ambiguousFiles, unreadFiles } = usages;
		const isCalled = kind === "function" || kind === "method" || kind === "macro";
		const nobody = callers.length + mentions.length + tests.length === 0;
		const gaps = [
			...(ambiguousFiles > 0
				? [
						`${count(ambiguousFiles, "more file")} ${ambiguousFiles === 1 ? "mentions" : "mention"} ${inlineCode(name)} and may mean something else that is called so.`,
					]
				: []),
			...(unreadFiles > 0
				? [
						`${count(unreadFiles, "more file")} that ${unreadFiles === 1 ? "mentions" : "mention"} it ${unreadFiles === 1 ? "was" : "were"} not read.`,
					]
				: []),
		];
		return [
			...(nobody
				? [`${isCalled ? "No caller" : "No use"} and no test of it is known in this repository.`]
				: []),
			...this.#places(
				isCalled ? "Called by" : "Made or called by",
				callers,
				usages.callersNotShown,
			),
			...this.#places(
				isCalled ? "Also mentioned by" : "Used by",
				mentions,
				usages.mentionsNotShown,
			),
			...this.#places("Tests that touch it", tests, usages.testsNotShown),
			...(gaps.length > 0 ? [gaps.join(" ")] : []),
		];
	}

	#places(title: string, places: readonly UsagePlace[], notShown: number): readonly string[] {
		if (places.length === 0) {
			return [];
		}
		const items = places.map(({ path, line, within, code, count: times }) => {
			const where = within === undefined ? "" : `${inlineCode(fullName(within))} in `;
			const often = times > 1 ? ` (${times} times)` : "";
			return `- ${where}${this.#link(`${path}:${line + 1}`, path, line)}${often}: ${inlineCode(code)}`;
		});
		return [`**${title}**`, [...items, ...more(notShown)].join("\n")];
	}

	/** `name` is what the code calls it, where that is something else. */
	#brief(brief: DefinitionBrief, name = brief.name): string {
		const { path, line, kind, signature, summary } = brief;
		const renamed = name === brief.name ? "" : `${inlineCode(name)} is `;
		const code = inlineCode(signature ?? fullName(brief));
		const words = summary === undefined ? "" : ` — ${escapedInline(summary)}`;
		const where = this.#link(`${path}:${line + 1}`, path, line);
		return `${renamed}${signature === undefined ? `${kindWords[kind]} ` : ""}${code}, ${where}${words}`;
	}

	#linkTo({ path, line }: { readonly path: string; readonly line: number }, label: string): string {
		return this.#link(label, path, line);
	}

	#link(label: string, path: string, line: number): string {
		const href = this.#hrefOf(path, line);
		return href === undefined ? inlineCode(label) : `[${escapedInline(label)}](${href})`;
	}
}

function fullName({
	name,
	container,
}: {
	readonly name: string;
	readonly container: string | undefined;
}): string {
	return container === undefined ? name : `${container}.${name}`;
}

function quoted(text: string): string {
	return text
		.split("\n")
		.map((line) => (line === "" ? ">" : `> ${line}`))
		.join("\n");
}

function more(notShown: number): readonly string[] {
	return notShown > 0 ? [`- and ${notShown} more`] : [];
}

function count(number: number, noun: string): string {
	return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

function upperFirst(word: string): string {
	return word.slice(0, 1).toUpperCase() + word.slice(1);
}
