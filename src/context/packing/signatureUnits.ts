import { groupBy } from "../../base/groupBy.ts";
import type { IndexedSymbol, IndexQueries } from "../index/repositoryIndex.ts";
import type { PieceReason } from "../piece.ts";
import { remembered } from "../remembered.ts";
import { isTypeSymbol } from "../sources/declaredTypes.ts";
import type { GatheredNames } from "../sources/gatherNames.ts";
import { identifiersIn } from "../sources/identifiers.ts";
import type { NameEvidence } from "../sources/nameTable.ts";
import { dedent } from "./lines.ts";
import type { Unit, UnitHeader } from "./unit.ts";

/** A longer signature is cut: its first lines say what it is called and what it takes. */
const maxSignatureLines = 8;
const maxSignatureLength = 480;

/** What a signature has whatever it is taken for. A few hundred bytes each; a long prompt weighs this many. */
type Signature = Omit<Unit, "reason" | "worth">;
const maxRemembered = 30_000;

/** Makes units of definitions. What it made stays valid as long as the symbol, which belongs to one version of a file. */
export class SignatureUnits {
	readonly #index: IndexQueries;
	readonly #signatureOf = remembered((symbol: IndexedSymbol) => this.#read(symbol), maxRemembered);
	/** Types of the file that was asked about last, by name: definitions come file by file. */
	#types: { readonly path: string; readonly revision: number; readonly byName: TypesByName } = {
		path: "",
		revision: -1,
		byName: new Map(),
	};

	constructor(index: IndexQueries) {
		this.#index = index;
	}

	/** A unit for each of the likeliest definitions. */
	ofLikely(
		likely: readonly NameEvidence[],
		gathered: GatheredNames,
		limit: number,
	): readonly Unit[] {
		const units: Unit[] = [];
		for (const evidence of likely) {
			if (units.length >= limit) {
				break;
			}
			const [first, second] = evidence.definitions;
			for (const symbol of [first, second]) {
				if (symbol !== undefined && (symbol === first || evidence.definitions.length <= 3)) {
					const unit = this.of(symbol, reasonOf(symbol, evidence, gathered));
					if (unit !== undefined) {
						units.push(unit);
					}
				}
			}
		}
		return units;
	}

	/** Undefined when the file can't be read, or its name doesn't stand in the lines that are shown. */
	of(symbol: IndexedSymbol, reason: PieceReason, worth = 0): Unit | undefined {
		const signature = this.#signatureOf(symbol);
		return signature === undefined ? undefined : { ...signature, reason, worth };
	}

	#read(symbol: IndexedSymbol): Signature | undefined {
		const signature = this.#index.signatureOf(symbol);
		if (signature === undefined) {
			return undefined;
		}
		const lines = signature
			.slice(0, maxSignatureLength)
			.trimEnd()
			.split("\n")
			.slice(0, maxSignatureLines);
		const endLine = symbol.startLine + lines.length - 1;
		if (endLine < symbol.nameLine) {
			return undefined;
		}
		const header = this.#headerOf(symbol);
		const text = dedent(lines)
			.map((line) => (header === undefined ? line : `\t${line}`))
			.join("\n");
		return {
			path: symbol.path,
			kind: "signature",
			startLine: symbol.startLine,
			endLine,
			text,
			mentions: [...new Set(identifiersIn(text))],
			defines: [symbol.name],
			header,
		};
	}

	/** The declaration that a member belongs to, where its own text doesn't say it. */
	#headerOf(symbol: IndexedSymbol): UnitHeader | undefined {
		if (symbol.container === undefined) {
			return undefined;
		}
		const types = this.#typesIn(symbol.path).get(symbol.container) ?? [];
		// In Rust a type's methods stand in blocks of their own, which aren't definitions: the type names them.
		const type =
			types.find(
				({ startLine, endLine }) => startLine <= symbol.startLine && endLine >= symbol.endLine,
			) ?? (symbol.path.endsWith(".rs") ? types[0] : undefined);
		if (type === undefined) {
			return undefined;
		}
		const text =
			this.#index.signatureOf(type)?.slice(0, maxSignatureLength).trim().split("\n")[0] ?? "";
		return text === "" ? undefined : { line: type.startLine, text };
	}

	#typesIn(path: string): TypesByName {
		const { revision } = this.#index;
		if (this.#types.path !== path || this.#types.revision !== revision) {
			const types = this.#index.symbolsOf(path).filter(isTypeSymbol);
			this.#types = { path, revision, byName: groupBy(types, ({ name }) => name) };
		}
		return this.#types.byName;
	}
}

type TypesByName = ReadonlyMap<string, readonly IndexedSymbol[]>;

function reasonOf(
	symbol: IndexedSymbol,
	evidence: NameEvidence,
	gathered: GatheredNames,
): PieceReason {
	if (evidence.receiverMember > 0 || evidence.nearbyMember > 0) {
		return "member";
	}
	switch (gathered.related.get(symbol.path)?.relation) {
		case "import":
			return "import";
		case "folder":
		case "importer":
		case "secondHop":
			return "neighbour";
		case "coChange":
			return "coChange";
		case undefined:
			return "definition";
	}
}
