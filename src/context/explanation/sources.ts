import { LinedText } from "../index/linedText.ts";
import type { IndexedSymbol, RepositoryIndex } from "../index/repositoryIndex.ts";
import { commentText, docstringText, firstSentence } from "./documentation.ts";
import {
	explanationLimits,
	type DefinitionBrief,
	type DefinitionPlace,
	type UsagePlace,
} from "./explanation.ts";

/** Lines of a body in which a string that documents it ends. */
const maxDocstringLines = 60;

/** The texts of the repository, with the document at hand as it stands in the editor. */
export class ExplainedSources {
	readonly #index: RepositoryIndex;
	readonly #path: string | undefined;
	readonly #text: LinedText | undefined;
	readonly #symbols: readonly IndexedSymbol[];

	constructor(
		index: RepositoryIndex,
		document: { readonly path: string; readonly text: string } | undefined,
		symbols: readonly IndexedSymbol[],
	) {
		this.#index = index;
		this.#path = document?.path;
		this.#text = document && new LinedText(document.text);
		this.#symbols = symbols;
	}

	/** See IndexQueries.symbolsOf. */
	symbolsOf(path: string): readonly IndexedSymbol[] {
		return path === this.#path ? this.#symbols : this.#index.symbolsOf(path);
	}

	/** See IndexQueries.definitionsOf; a definition of the document at hand is where it is now. */
	definitionsOf(name: string, languageIds?: readonly string[]): readonly IndexedSymbol[] {
		const others = this.#index
			.definitionsOf(name, languageIds === undefined ? {} : { languageIds })
			.filter(({ path }) => path !== this.#path);
		return [...this.#symbols.filter((symbol) => symbol.name === name), ...others];
	}

	textOf(path: string, startLine: number, endLine: number): string | undefined {
		return path === this.#path
			? this.#text?.lines(startLine, endLine)
			: this.#index.textOf(path, startLine, endLine);
	}

	signatureOf(symbol: IndexedSymbol): string | undefined {
		const { path, startLine, signatureEndLine, signatureEndColumn } = symbol;
		return path === this.#path
			? this.#text?.upTo(startLine, signatureEndLine, signatureEndColumn)
			: this.#index.signatureOf(symbol);
	}

	/** The comment above a declaration, or the string that its body begins with. */
	documentationOf(symbol: IndexedSymbol): string | undefined {
		const { path, docLine, startLine, signatureEndLine, signatureEndColumn, endLine } = symbol;
		const above = docLine < startLine ? this.textOf(path, docLine, startLine - 1) : undefined;
		const comment = above === undefined ? undefined : commentText(above);
		if (comment !== undefined || !/\.pyi?$/.test(path) || endLine <= signatureEndLine) {
			return comment;
		}
		const lastLine = Math.min(endLine, signatureEndLine + maxDocstringLines);
		const body = this.textOf(path, signatureEndLine, lastLine)?.slice(signatureEndColumn);
		return body === undefined ? undefined : docstringText(body.replace(/^\s*:/, ""));
	}

	briefOf(symbol: IndexedSymbol): DefinitionBrief {
		const signature = this.signatureOf(symbol)?.replaceAll(/\s+/g, " ").trim();
		const documentation = this.documentationOf(symbol);
		const summary = documentation === undefined ? undefined : firstSentence(documentation);
		return {
			...placeOf(symbol),
			signature: signature && cut(signature, explanationLimits.signatureLineLength),
			summary: summary && cut(summary, explanationLimits.summaryLength),
		};
	}

	/** The innermost definition around a line that isn't a field or the like. */
	around(path: string, line: number): IndexedSymbol | undefined {
		return this.symbolsOf(path)
			.filter(
				({ kind, startLine, endLine }) =>
					startLine <= line && endLine >= line && !valueKinds.has(kind),
			)
			.reduce<IndexedSymbol | undefined>(
				(inner, symbol) =>
					inner === undefined || symbol.startLine >= inner.startLine ? symbol : inner,
				undefined,
			);
	}

	codeAt(path: string, line: number): UsagePlace["code"] {
		return cut((this.textOf(path, line, line) ?? "").trim(), explanationLimits.codeLength);
	}
}

const valueKinds: ReadonlySet<string> = new Set(["field", "enumMember", "constant", "variable"]);

export function placeOf({ path, name, kind, container, nameLine }: IndexedSymbol): DefinitionPlace {
	return { path, name, kind, container, line: nameLine };
}

/** At most so many UTF-16 units, with a sign where there was more. */
export function cut(text: string, maxLength: number): string {
	return text.length <= maxLength ? text : `${text.slice(0, maxLength - 1).toWellFormed()}…`;
}
