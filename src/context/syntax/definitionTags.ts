import type { Node, QueryCapture } from "web-tree-sitter";
import { declaredName } from "./declarators.ts";
import { definitionKinds, type DefinitionKind, type DefinitionTag } from "./fileTags.ts";
import type { TagLanguage } from "./tagLanguages.ts";

/** A file with more definitions is a table written by a program. */
const maxDefinitions = 5000;

const maxNameLength = 200;

/** A comment above a declaration that is longer is a chapter. */
const maxDocLines = 40;

/** A value that takes more lines than this isn't part of the signature. */
const maxValueLines = 3;

interface Found {
	readonly start: number;
	readonly end: number;
	/** Undefined for a scope that isn't a definition. */
	readonly kind: DefinitionKind | undefined;
	readonly name: string;
	/** Whether it belongs to the type around the function that it stands in. */
	readonly isOfType: boolean;
	/** Given by the declaration itself, such as a receiver. */
	readonly container: string | undefined;
	readonly lines: Omit<DefinitionTag, "name" | "kind" | "container"> | undefined;
}

const kinds: ReadonlyMap<string, DefinitionKind> = new Map(
	definitionKinds.map((kind) => [`definition.${kind}`, kind]),
);

/** Kinds whose definitions have it as their container. */
const holders: ReadonlySet<DefinitionKind | undefined> = new Set([
	"class",
	"enum",
	"interface",
	"module",
	"struct",
	"type",
	undefined,
]);

const memberKinds: ReadonlySet<DefinitionKind> = new Set(["enumMember", "field"]);

/** What stands around a declaration and is part of it. */
const wrappers: ReadonlySet<string> = new Set(["export_statement", "template_declaration"]);

/** Fields that a function declares: `self.x = …` of Python, parameters of constructors in TypeScript and PHP. */
const fieldsInFunctions: ReadonlySet<string> = new Set([
	"assignment",
	"property_promotion_parameter",
	"required_parameter",
]);

const functionValues: ReadonlySet<string> = new Set([
	"arrow_function",
	"function_expression",
	"generator_function",
]);

/** Gathers the definitions of one file from the matches of its query. */
export class DefinitionCollector {
	readonly #tags: TagLanguage;
	readonly #text: string;
	/** By where the name stands: one declaration may match several patterns. */
	readonly #found = new Map<number, Found>();
	readonly #scopes: Found[] = [];
	#lines: readonly string[] | undefined;

	constructor(tags: TagLanguage, text: string) {
		this.#tags = tags;
		this.#text = text;
	}

	add(captures: readonly QueryCapture[]): void {
		let whole: QueryCapture | undefined;
		const parts = new Map<string, Node>();
		for (const capture of captures) {
			if (kinds.has(capture.name)) {
				whole = capture;
			} else {
				parts.set(capture.name, capture.node);
			}
		}
		const scope = parts.get("scope");
		const scopeName = parts.get("scope.name");
		const packageName = parts.get("package");
		if (scope !== undefined && scopeName !== undefined) {
			this.#addScope(scope, scopeName);
		} else if (packageName !== undefined) {
			this.#addPackage(packageName);
		} else if (whole !== undefined && this.#found.size < maxDefinitions) {
			this.#addDefinition(whole, parts);
		}
	}

	/** The definitions with their containers, by where they start. */
	finish(): readonly DefinitionTag[] {
		const sorted = [...this.#found.values(), ...this.#scopes].sort(
			(a, b) => a.start - b.start || b.end - a.end,
		);
		const around: Found[] = [];
		const seenFields = new Set<string>();
		const definitions: DefinitionTag[] = [];
		for (const found of sorted) {
			while (around.length > 0 && (around.at(-1)?.end ?? 0) <= found.start) {
				around.pop();
			}
			const container = found.container ?? this.#containerOf(found, around);
			around.push(found);
			if (found.kind === undefined || found.lines === undefined) {
				continue;
			}
			if (memberKinds.has(found.kind)) {
				const key = `${container ?? ""}\n${found.name}`;
				if (container === undefined || (found.kind === "field" && seenFields.has(key))) {
					continue;
				}
				seenFields.add(key);
			}
			const isMethod = found.kind === "function" && container !== undefined;
			definitions.push({
				name: found.name,
				kind: isMethod && this.#isInType(found, around) ? "method" : found.kind,
				container,
				...found.lines,
			});
		}
		return definitions;
	}

	#containerOf(found: Found, around: readonly Found[]): string | undefined {
		for (const holder of around.toReversed()) {
			if (holders.has(holder.kind)) {
				// A package stands around nothing: its range is its name.
				return holder.end >= found.end ? holder.name : undefined;
			}
			if (!found.isOfType) {
				return undefined;
			}
		}
		return undefined;
	}

	#isInType(found: Found, around: readonly Found[]): boolean {
		return found.container !== undefined || around.at(-2)?.kind !== "module";
	}

	#addScope(scope: Node, name: Node): void {
		this.#scopes.push({
			start: scope.startIndex,
			end: scope.endIndex,
			kind: undefined,
			name: plainTypeName(this.#textOf(name)),
			isOfType: false,
			container: undefined,
			lines: undefined,
		});
	}

	#addPackage(name: Node): void {
		const line = name.startPosition.row;
		const lines = {
			docLine: line,
			startLine: line,
			endLine: line,
			nameLine: line,
			signatureEndLine: line,
			signatureEndColumn: this.#lineAt(line).length,
		};
		const { startIndex: start, endIndex: end } = name;
		const text = this.#textOf(name);
		if (isName(text)) {
			this.#found.set(start, {
				start,
				end,
				kind: "module",
				name: text,
				isOfType: false,
				container: undefined,
				lines,
			});
		}
	}

	#addDefinition(whole: QueryCapture, parts: ReadonlyMap<string, Node>): void {
		let kind = kinds.get(whole.name) ?? "variable";
		const declarator = parts.get("declarator");
		const declared = declarator === undefined ? undefined : declaredName(declarator, this.#text);
		const nameNode = parts.get("name") ?? declared?.node;
		if (nameNode === undefined) {
			return;
		}
		const known = this.#found.get(nameNode.startIndex);
		if (known !== undefined && kind === "type") {
			return;
		}
		const value = valueOf(nameNode);
		if (value !== undefined && functionValues.has(value.type)) {
			kind = kind === "field" ? "method" : "function";
		} else if (value?.type === "class") {
			kind = "class";
		} else if (declared?.isFunction === true && kind === "field") {
			kind = "method";
		}
		const name = declared?.name ?? plainName(this.#textOf(nameNode));
		if (!isName(name)) {
			return;
		}
		const container = parts.get("container");
		this.#found.set(nameNode.startIndex, {
			start: whole.node.startIndex,
			end: whole.node.endIndex,
			kind,
			name,
			isOfType: kind === "field" && fieldsInFunctions.has(whole.node.type),
			container:
				container === undefined ? declared?.container : plainTypeName(this.#textOf(container)),
			lines: this.#linesOf(
				whole.node,
				nameNode,
				memberKinds.has(kind) ? undefined : (parts.get("body") ?? bodyOf(whole.node, value)),
			),
		});
	}

	#linesOf(node: Node, name: Node, body: Node | undefined): NonNullable<Found["lines"]> {
		const parent = node.parent;
		const startLine = (parent !== null && wrappers.has(parent.type) ? parent : node).startPosition
			.row;
		const endLine = Math.max(startLine, lastRow(node));
		const decorated =
			parent?.type === "decorated_definition" ? parent.startPosition.row : startLine;
		const lines = {
			docLine: this.#docLine(decorated),
			startLine,
			endLine,
			nameLine: name.startPosition.row,
		};
		if (body !== undefined && body.startIndex > name.startIndex) {
			const before = this.#text.slice(node.startIndex, body.startIndex).trimEnd();
			const newline = before.lastIndexOf("\n");
			const row = node.startPosition.row + countNewlines(before);
			const column =
				newline < 0 ? node.startPosition.column + before.length : before.length - newline - 1;
			return { ...lines, signatureEndLine: row, signatureEndColumn: column };
		}
		const isLong = endLine - startLine >= maxValueLines;
		const signatureEndLine = isLong ? lines.nameLine : endLine;
		return {
			...lines,
			signatureEndLine,
			signatureEndColumn: this.#lineAt(signatureEndLine).trimEnd().length,
		};
	}

	/** The first line of the comments, attributes and annotations that stand directly above `line`. */
	#docLine(line: number): number {
		let first = line;
		while (first > 0 && line - first < maxDocLines && this.#isDoc(this.#lineAt(first - 1))) {
			first--;
		}
		return first;
	}

	#isDoc(line: string): boolean {
		const text = line.trimStart();
		return (
			/^(?:\/[/*]|\*|@\w|\[[A-Z])/.test(text) || (this.#tags.hashIsDoc && text.startsWith("#"))
		);
	}

	#lineAt(line: number): string {
		this.#lines ??= this.#text.split("\n");
		return this.#lines[line] ?? "";
	}

	#textOf(node: Node): string {
		return this.#text.slice(node.startIndex, node.endIndex);
	}
}

/** The value that a declaration gives its name, where that may be a function. */
function valueOf(name: Node): Node | undefined {
	const parent = name.parent;
	if (parent === null) {
		return undefined;
	}
	switch (parent.type) {
		case "variable_declarator":
		case "public_field_definition":
		case "field_definition":
			return parent.childForFieldName("value") ?? undefined;
		case "member_expression":
			return parent.parent?.childForFieldName("right") ?? undefined;
		default:
			return undefined;
	}
}

function bodyOf(node: Node, value: Node | undefined): Node | undefined {
	return node.childForFieldName("body") ?? value?.childForFieldName("body") ?? undefined;
}

/** Without the quotes of a property and the colon of a symbol. */
function plainName(text: string): string {
	return text.replace(/^(["'])(.*)\1$/s, "$2").replace(/^:/, "");
}

/** A node that ends with a newline, such as a `#define`, ends on the line before. */
function lastRow(node: Node): number {
	const { row, column } = node.endPosition;
	return column === 0 && row > node.startPosition.row ? row - 1 : row;
}

function countNewlines(text: string): number {
	let count = 0;
	for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) {
		count++;
	}
	return count;
}

function isName(text: string): boolean {
	return text !== "" && text.length <= maxNameLength && !/[\r\n]/.test(text);
}

/** `*Stack[T]`, `&'a mut Stack<T>`, `crate::Stack` and `Stack` are all `Stack`. */
function plainTypeName(text: string): string {
	const bare = text
		.replace(/^[\s(*&]*(?:'\w+\s+)?(?:(?:mut|dyn)\s+)*/, "")
		.replace(/[<[({\s].*$/s, "");
	return bare.split(/::|[.\\]/).at(-1) ?? bare;
}
