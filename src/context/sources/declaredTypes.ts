import type { IndexQueries, IndexedSymbol, SymbolKind } from "../index/repositoryIndex.ts";
import type { CursorScope } from "./cursorScope.ts";
import { identifiersIn, isTellingName } from "./identifiers.ts";

/** Kinds that have members. */
const typeKinds: ReadonlySet<SymbolKind> = new Set([
	"class",
	"enum",
	"interface",
	"struct",
	"type",
]);

export function isTypeSymbol(symbol: IndexedSymbol): boolean {
	return typeKinds.has(symbol.kind);
}

/** A name that so many define is no name of one thing. */
const maxDefiners = 12;

/*
 * Each begins where a word does, and no two of its parts take the same white space: otherwise a word or a gap as long
 * as the text would be read again from each of its characters.
 */

/** `name: Type`, and `name = expression` in all its spellings. */
const declaration =
	/(?<![\w$])([A-Za-z_$][\w$]*)\s*(?:(?:[?!]\s*)?:(?!:)\s*([^=;,(){}\n]{1,80})|:?=(?!=)\s*([^=;\n][^;\n]{0,120}))/g;
/** Go's and Java's order in parameters and fields: `request *http.Request,` and `Request request)`. */
const goParameter =
	/(?<!\w)([A-Za-z_]\w*)\s+(?:\.\.\.)?([*&[\]]*[A-Za-z_][\w.]*(?:\[[\w.,* ]*\])?)\s*[,)\n]/g;
const typeFirstParameter =
	/(?<!\w)([A-Z]\w*(?:<[^<>()]{0,60}>)?)(?:\s+|\s*[*&]+\s+)[*&]*([A-Za-z_]\w*)\s*[,;)=]/g;

const goLike: ReadonlySet<string> = new Set(["go"]);
const typeFirst: ReadonlySet<string> = new Set(["java", "c", "cpp", "csharp"]);

/**
 * What the text around the cursor declares: for each variable the text of its type or of the expression it
 * got. Read with patterns, since the code at a cursor seldom parses, and a miss only costs some relevance.
 */
export function declarationsIn(scope: CursorScope): ReadonlyMap<string, string> {
	const declared = new Map<string, string>();
	// Later ones win, so what stands before the cursor is read last.
	for (const text of [scope.suffix.slice(0, 20_000), scope.prefix]) {
		for (const [, name = "", type, value] of text.matchAll(declaration)) {
			declared.set(name, type ?? value ?? "");
		}
		if (goLike.has(scope.languageId)) {
			for (const [, name = "", type = ""] of text.matchAll(goParameter)) {
				declared.set(name, type);
			}
		}
		if (typeFirst.has(scope.languageId)) {
			for (const [, type = "", name = ""] of text.matchAll(typeFirstParameter)) {
				declared.set(name, type);
			}
		}
	}
	return declared;
}

/** Answers which types of the repository a name at the cursor may have. */
export class TypeGuesser {
	readonly #index: IndexQueries;
	readonly #declared: ReadonlyMap<string, string>;
	readonly #scope: CursorScope;

	constructor(index: IndexQueries, scope: CursorScope) {
		this.#index = index;
		this.#scope = scope;
		this.#declared = declarationsIn(scope);
	}

	/** Names of types that `name` may be a value of, or that it is itself. */
	typesOf(name: string, isCall: boolean): readonly string[] {
		if (
			name === "this" ||
			name === "self" ||
			name === "Self" ||
			name === "cls" ||
			name === "super"
		) {
			return this.enclosingTypes();
		}
		if (!isCall) {
			if (this.isType(name)) {
				return [name];
			}
			const declared = this.#declared.get(name);
			if (declared !== undefined) {
				return this.#typesInExpression(declared);
			}
		} else if (this.isType(name)) {
			return [name];
		}
		return this.#typesOfDefinitions(name);
	}

	isType(name: string): boolean {
		return isTellingName(name) && this.#definitions(name).some(isTypeSymbol);
	}

	/** The types in whose declaration the cursor may be, by the last `class`, `impl` or receiver above it. */
	enclosingTypes(): readonly string[] {
		const { prefix } = this.#scope;
		const headers = [
			...prefix.matchAll(
				/^[ \t]*(?:export |default |abstract |public |final |pub |data |sealed |open )*(?:class|interface|struct|enum|trait|impl|object)\b([^{:;\n]*(?:[({:][^{:;\n]*)?)/gm,
			),
			...prefix.matchAll(/^func \(\s*(?:\w+(?:\s+\*?|\*))?(\w+)/gm),
		].sort((a, b) => a.index - b.index);
		const last = headers.at(-1);
		return last === undefined ? [] : this.typesIn(last[1] ?? "");
	}

	/** Names in a text that are types of the repository. */
	typesIn(text: string): readonly string[] {
		return [...new Set(identifiersIn(text))].filter((name) => this.isType(name)).slice(0, 6);
	}

	/** Types that `type` extends or implements, by its signature. */
	supertypesOf(type: string): readonly string[] {
		return this.#definitions(type)
			.filter(isTypeSymbol)
			.slice(0, 3)
			.flatMap((symbol) => this.typesIn(this.#index.signatureOf(symbol)?.slice(0, 400) ?? ""))
			.filter((name) => name !== type);
	}

	/** `new Foo(…)`, `pkg.NewFoo(…)`, `Foo::open(…)?`, `await this.foos.find(…)` */
	#typesInExpression(text: string): readonly string[] {
		const types = this.typesIn(text);
		if (types.length > 0) {
			return types;
		}
		const calls = [...text.matchAll(/(?<![\w$])([A-Za-z_$][\w$]*)\s*\(/g)].map(
			([, name = ""]) => name,
		);
		const names = calls.length > 0 ? calls : identifiersIn(text).slice(-1);
		return names.slice(0, 3).flatMap((name) => this.#typesOfDefinitions(name));
	}

	#typesOfDefinitions(name: string): readonly string[] {
		if (!isTellingName(name)) {
			return [];
		}
		const found = new Set<string>();
		for (const symbol of this.#definitions(name)) {
			const signature = this.#index.signatureOf(symbol)?.slice(0, 600) ?? "";
			for (const type of this.typesIn(resultPart(signature, name))) {
				found.add(type);
			}
		}
		return [...found].slice(0, 6);
	}

	#definitions(name: string): readonly IndexedSymbol[] {
		return this.#index.definitionsOf(name, { most: maxDefiners });
	}
}

/** What stands behind the parameters of a signature, or behind the name when there are none. */
function resultPart(signature: string, name: string): string {
	const start = Math.max(0, signature.indexOf(name)) + name.length;
	const open = signature.indexOf("(", start);
	if (open < 0 || /[:=]/.test(signature.slice(start, open))) {
		return signature.slice(start);
	}
	let depth = 0;
	for (let at = open; at < signature.length; at++) {
		const character = signature.charAt(at);
		depth += character === "(" ? 1 : character === ")" ? -1 : 0;
		if (depth === 0) {
			return signature.slice(at + 1);
		}
	}
	return "";
}
