import type { Node, QueryCapture } from "web-tree-sitter";
import type { ImportedNameTag, ImportTag } from "./fileTags.ts";
import { usedPaths } from "./rustUse.ts";
import type { ImportStyle } from "./tagLanguages.ts";

/** A file that imports more was written by a program. */
const maxImports = 2000;

const maxSpecifierLength = 500;

interface Gathered {
	readonly node: Node;
	source: Node | undefined;
	/** Each makes an import of its own: `import a, b`. */
	readonly modules: Node[];
	readonly names: Node[];
	defaultName: Node | undefined;
	namespace: Node | undefined;
	tree: Node | undefined;
	child: Node | undefined;
	relative: string | undefined;
	importsAll: boolean;
}

/**
 * Gathers the imports of one file. One statement may match many patterns; what they capture is put together
 * by the statement's node, `@import`:
 * - `@import.source`: the module; `@import.module` where each of several is an import;
 * - `@import.name`: a name that is taken from it; `@import.alias`, in a match of its own, its local name;
 * - `@import.default`, `@import.namespace`, `@import.all`: the default, the module as a whole, all its names;
 * - `@import.tree`: a tree of paths as in Rust; `@import.child`: a module that is a file beside;
 * - `@import.relative`: the word that says what the path is relative to (Ruby).
 */
export class ImportCollector {
	readonly #style: ImportStyle;
	readonly #text: string;
	readonly #gathered = new Map<number, Gathered>();
	/** By the node that holds both a name and its alias. */
	readonly #aliases = new Map<number, string>();

	constructor(style: ImportStyle, text: string) {
		this.#style = style;
		this.#text = text;
	}

	add(captures: readonly QueryCapture[]): void {
		const alias = captures.find(({ name }) => name === "import.alias");
		if (alias !== undefined) {
			const parent = alias.node.parent;
			if (parent !== null) {
				this.#aliases.set(parent.id, this.#textOf(alias.node));
			}
			return;
		}
		const whole = captures.find(({ name }) => name === "import");
		if (whole === undefined || this.#gathered.size >= maxImports) {
			return;
		}
		let gathered = this.#gathered.get(whole.node.id);
		if (gathered === undefined) {
			gathered = {
				node: whole.node,
				source: undefined,
				modules: [],
				names: [],
				defaultName: undefined,
				namespace: undefined,
				tree: undefined,
				child: undefined,
				relative: undefined,
				importsAll: false,
			};
			this.#gathered.set(whole.node.id, gathered);
		}
		for (const { name, node } of captures) {
			this.#gather(gathered, name, node);
		}
	}

	/** By where they start. */
	finish(): readonly ImportTag[] {
		return [...this.#gathered.values()]
			.sort((a, b) => a.node.startIndex - b.node.startIndex)
			.flatMap((gathered) => this.#importsOf(gathered))
			.filter(
				({ specifier }) =>
					specifier !== "" && specifier.length <= maxSpecifierLength && !/[\r\n]/.test(specifier),
			);
	}

	#gather(gathered: Gathered, name: string, node: Node): void {
		switch (name) {
			case "import.source":
				// The name in front of `=` in C# is captured too, and comes first.
				gathered.source = node;
				break;
			case "import.module":
				gathered.modules.push(node);
				break;
			case "import.name":
				gathered.names.push(node);
				break;
			case "import.default":
				gathered.defaultName = node;
				break;
			case "import.namespace":
				gathered.namespace = node;
				break;
			case "import.tree":
				gathered.tree = node;
				break;
			case "import.child":
				gathered.child = node;
				break;
			case "import.relative":
				gathered.relative = this.#textOf(node);
				break;
			case "import.all":
				gathered.importsAll = true;
				break;
		}
	}

	#importsOf(gathered: Gathered): ImportTag[] {
		const lines = {
			startLine: gathered.node.startPosition.row,
			endLine: gathered.node.endPosition.row,
		};
		if (gathered.tree !== undefined) {
			return usedPaths(this.#textOf(gathered.tree)).map((used) => ({ ...lines, ...used }));
		}
		if (gathered.child !== undefined) {
			const name = this.#textOf(gathered.child);
			return [{ ...lines, specifier: `self::${name}`, names: [{ imported: "*", local: name }] }];
		}
		if (gathered.modules.length > 0) {
			return gathered.modules.map((module) => ({
				...lines,
				specifier: this.#textOf(module),
				names: [this.#wholeModule(module)],
			}));
		}
		if (gathered.source === undefined) {
			return [];
		}
		const written = this.#textOf(gathered.source).replace(/^["'`<]|["'`>]$/g, "");
		const specifier =
			gathered.relative === "require_relative" && !written.startsWith(".")
				? `./${written}`
				: written;
		const names = this.#namesOf(gathered, specifier);
		const unique = new Map(names.map((name) => [`${name.imported}\n${name.local}`, name]));
		return [{ ...lines, specifier, names: [...unique.values()] }];
	}

	#namesOf(gathered: Gathered, specifier: string): ImportedNameTag[] {
		const namespace =
			gathered.namespace === undefined ? undefined : this.#textOf(gathered.namespace);
		switch (this.#style) {
			case "c":
			case "ruby":
				return [];
			case "go": {
				const last = specifier.split("/").findLast((part) => !/^v\d+$/.test(part)) ?? specifier;
				const local = gathered.importsAll ? "*" : (namespace ?? last.replace(/^go-|[.-].*$/g, ""));
				return [{ imported: "*", local }];
			}
			case "java": {
				const last = specifier.split(".").at(-1) ?? specifier;
				const name = gathered.importsAll ? "*" : last;
				return [{ imported: name, local: name }];
			}
			case "csharp":
				return [{ imported: "*", local: namespace ?? "*" }];
			case "ecmaScript":
			case "php":
			case "python":
			case "rust":
				break;
		}
		const names = gathered.names.map((node) => {
			const imported = this.#textOf(node);
			return { imported, local: this.#aliasOf(node) ?? imported };
		});
		if (gathered.defaultName !== undefined) {
			names.unshift({ imported: "default", local: this.#textOf(gathered.defaultName) });
		}
		if (namespace !== undefined) {
			names.push({ imported: "*", local: namespace });
		}
		if (gathered.importsAll || (names.length === 0 && gathered.node.type === "export_statement")) {
			names.push({ imported: "*", local: "*" });
		}
		return names;
	}

	/** `import a.b` makes `a` known, `import a.b as c` makes `c`; `use A\B` makes `B`. */
	#wholeModule(module: Node): ImportedNameTag {
		const written = this.#textOf(module);
		const alias = this.#aliasOf(module);
		if (this.#style === "php") {
			const last = written.split("\\").at(-1) ?? written;
			return { imported: last, local: alias ?? last };
		}
		return { imported: "*", local: alias ?? written.split(".")[0] ?? written };
	}

	#aliasOf(name: Node): string | undefined {
		const parent = name.parent;
		return parent === null ? undefined : this.#aliases.get(parent.id);
	}

	#textOf(node: Node): string {
		return this.#text.slice(node.startIndex, node.endIndex).trim();
	}
}
