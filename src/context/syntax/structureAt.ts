import type { Node, Tree } from "web-tree-sitter";
import {
	maxCountedErrors,
	type Declaration,
	type OffsetRange,
	type SourceStructure,
} from "./structure.ts";
import { isSpace } from "./tokens.ts";

/** Nodes whose children are statements or members. */
const sequences: ReadonlySet<string> = new Set([
	"block",
	"class_body",
	"compound_statement",
	"constructor_body",
	"declaration_list",
	"enum_body",
	"field_declaration_list",
	"interface_body",
	"module",
	"program",
	"source_file",
	"statement_block",
	"statement_list",
	"switch_body",
	"translation_unit",
]);

/** Named things that people document. */
const declarations: ReadonlySet<string> = new Set([
	"abstract_class_declaration",
	"class_declaration",
	"class_definition",
	"class_specifier",
	"const_item",
	"constructor_declaration",
	"enum_declaration",
	"enum_item",
	"enum_specifier",
	"function_declaration",
	"function_definition",
	"function_item",
	"generator_function_declaration",
	"impl_item",
	"interface_declaration",
	"macro_definition",
	"method_declaration",
	"method_definition",
	"method_signature",
	"mod_item",
	"record_declaration",
	"struct_item",
	"struct_specifier",
	"trait_item",
	"type_alias_declaration",
	"type_declaration",
	"type_item",
]);

/** Declarations only where they aren't one of a function's local variables. */
const topLevelDeclarations: ReadonlySet<string> = new Set(["lexical_declaration"]);

const wrappers: ReadonlySet<string> = new Set([
	"ambient_declaration",
	"decorated_definition",
	"export_statement",
	"template_declaration",
]);

export function structureOf(tree: Tree, text: string, start: number, end: number): SourceStructure {
	const range = withoutSpace(text, start, end);
	const node = tree.rootNode.descendantForIndex(range.start, Math.max(range.start, range.end));
	return {
		errors: countErrors(tree.rootNode),
		statement: node === null ? undefined : statementAround(node),
		declaration: node === null ? undefined : declarationAround(node),
	};
}

/** Without white space at its ends; for an empty range the first character of the line that it is on. */
function withoutSpace(text: string, start: number, end: number): OffsetRange {
	let from = start;
	while (from < text.length && text[from] !== "\n" && isSpace(text.charCodeAt(from))) {
		from++;
	}
	if (end <= from) {
		return { start: from, end: from };
	}
	while (from < end && isSpace(text.charCodeAt(from))) {
		from++;
	}
	let to = end;
	while (to > from && isSpace(text.charCodeAt(to - 1))) {
		to--;
	}
	return { start: from, end: to };
}

function statementAround(node: Node): OffsetRange | undefined {
	for (let at: Node | null = node; at !== null; at = at.parent) {
		const parent: Node | null = at.parent;
		if (parent !== null && sequences.has(parent.type) && at.isNamed) {
			return { start: at.startIndex, end: at.endIndex };
		}
	}
	return undefined;
}

function declarationAround(node: Node): Declaration | undefined {
	for (let at: Node | null = node; at !== null; at = at.parent) {
		if (wrappers.has(at.type)) {
			const inner = at.namedChildren.find(isDeclaration);
			if (inner !== undefined) {
				return withWrappers(inner);
			}
		}
		if (isDeclaration(at)) {
			return withWrappers(at);
		}
	}
	return undefined;
}

function isDeclaration(node: Node): boolean {
	if (topLevelDeclarations.has(node.type)) {
		const holder = node.parent?.type ?? "";
		return holder === "program" || holder === "export_statement";
	}
	return declarations.has(node.type);
}

function withWrappers(node: Node): Declaration {
	let whole = node;
	while (whole.parent !== null && wrappers.has(whole.parent.type)) {
		whole = whole.parent;
	}
	const body = node.childForFieldName("body");
	return { start: whole.startIndex, end: whole.endIndex, bodyStart: body?.startIndex };
}

/** Visits only what holds an error, so a text without one costs nothing. */
function countErrors(root: Node): number {
	let count = 0;
	const open = root.hasError ? [root] : [];
	for (let node = open.pop(); node !== undefined && count < maxCountedErrors; node = open.pop()) {
		if (node.isError || node.isMissing) {
			count++;
		}
		for (const child of node.children) {
			if (child.hasError || child.isMissing) {
				open.push(child);
			}
		}
	}
	return count;
}
