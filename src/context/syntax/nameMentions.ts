import type { Node } from "web-tree-sitter";

/** A place in code where a name stands. Lines count from 0, columns are UTF-16 units. */
export interface NameMention {
	readonly name: string;
	readonly line: number;
	readonly column: number;
	/** It is called there, made (`new T`, `T { … }`), or used as a decorator or an element. */
	readonly isCall: boolean;
	/** It stands behind a selector: `value.name`, `module::name`. */
	readonly isMember: boolean;
	/** What stands in front of that selector, where it is one name: `value`. */
	readonly receiver: string | undefined;
	/** It stands for a part of something, also where it is a name at the same time: `{ name }`, `{ name: value }`, `f(name=value)`. */
	readonly isKey: boolean;
}

/** Which mentions of a text are wanted; both conditions hold where both are given. */
export interface WantedMentions {
	readonly names?: ReadonlySet<string>;
	/** Lines, the last one included. */
	readonly lines?: { readonly startLine: number; readonly endLine: number };
}

/** Where mentions of names are read off whole files. */
export interface MentionSource {
	/**
	 * The wanted mentions of a text, in its order; at most {@link maxMentions}. Comments and strings don't count.
	 * Undefined as for TagSource.read, which it also rejects like.
	 */
	mentions(
		languageId: string,
		text: string,
		wanted: WantedMentions,
	): Promise<readonly NameMention[] | undefined>;
}

/** More of one file are never looked at. */
export const maxMentions = 2_000;

/** Nodes that choose one thing of another: the field that names it, and the one that holds the other. */
const selectors: ReadonlyMap<string, readonly [name: string, receiver: string]> = new Map([
	// TypeScript, JavaScript, PHP
	["member_expression", ["property", "object"]],
	["nested_type_identifier", ["name", "module"]],
	["member_access_expression", ["name", "expression"]],
	["class_constant_access_expression", ["name", "object"]],
	// Python
	["attribute", ["attribute", "object"]],
	// Go
	["selector_expression", ["field", "operand"]],
	["qualified_type", ["name", "package"]],
	// Rust, C++
	["field_expression", ["field", "value"]],
	["scoped_identifier", ["name", "path"]],
	["scoped_type_identifier", ["name", "path"]],
	["qualified_identifier", ["name", "scope"]],
	// Java
	["field_access", ["field", "object"]],
]);

/** Nodes around a name that add type arguments, or say that something is there. */
const wrappers: ReadonlySet<string> = new Set([
	"generic_function",
	"generic_name",
	"generic_type",
	"generic_type_with_turbofish",
	"instantiation_expression",
	"non_null_expression",
	"template_function",
	"template_type",
	"type_instantiation_expression",
]);

/** Nodes that call or make something, and the fields that say what. */
const calls: ReadonlyMap<string, readonly string[]> = new Map([
	["call_expression", ["function"]],
	["new_expression", ["constructor", "type"]],
	["jsx_opening_element", ["name"]],
	["jsx_self_closing_element", ["name"]],
	["call", ["function", "method"]],
	["composite_literal", ["type"]],
	["macro_invocation", ["macro"]],
	["struct_expression", ["name"]],
	["method_invocation", ["name"]],
	["object_creation_expression", ["type"]],
	["marker_annotation", ["name"]],
	["annotation", ["name"]],
	["invocation_expression", ["function"]],
	["function_call_expression", ["function"]],
	["member_call_expression", ["name"]],
	["nullsafe_member_call_expression", ["name"]],
	["scoped_call_expression", ["name"]],
]);

/** Calls that have the receiver beside the name. */
const receiversOfCalls: ReadonlyMap<string, string> = new Map([
	["call", "receiver"],
	["method_invocation", "object"],
	["member_call_expression", "object"],
	["nullsafe_member_call_expression", "object"],
	["scoped_call_expression", "scope"],
]);

/** Nodes that give something a value under a name, and the field that has the name; the first child where the grammar has none. */
const keyed: ReadonlyMap<string, string> = new Map([
	["keyword_argument", "name"],
	["pair", "key"],
	["jsx_attribute", ""],
	["keyed_element", ""],
	["field_initializer", "field"],
]);

/** Whether the name at a node says which part of something is meant. */
export function isKeyAt(node: Node): boolean {
	if (node.type.startsWith("shorthand_")) {
		return true;
	}
	const at = node.parent?.type === "literal_element" ? node.parent : node;
	const parent = at.parent;
	const field = parent === null ? undefined : keyed.get(parent.type);
	if (parent === null || field === undefined) {
		// A method or field that is defined there.
		return node.type === "property_identifier" && !selectors.has(parent?.type ?? "");
	}
	return field === "" ? parent.firstNamedChild?.id === at.id : isField(parent, field, at);
}

/** How a name is used at a node that is one. */
export function roleOf(
	node: Node,
): Pick<NameMention, "isCall" | "isMember"> & { readonly receiver: Node | undefined } {
	let at = node;
	let isMember = false;
	let receiver: Node | undefined;
	for (let parent = at.parent; parent !== null; parent = at.parent) {
		const selector = selectors.get(parent.type);
		if (selector !== undefined && isField(parent, selector[0], at)) {
			isMember = true;
			receiver ??= parent.childForFieldName(selector[1]) ?? parent.firstNamedChild ?? undefined;
		} else if (!wrappers.has(parent.type) || parent.firstNamedChild?.id !== at.id) {
			break;
		}
		at = parent;
	}
	const parent = at.parent;
	if (parent === null) {
		return { isCall: false, isMember, receiver };
	}
	const isCall =
		(calls.get(parent.type) ?? []).some((field) => isField(parent, field, at)) ||
		// PHP's grammar names no field.
		(parent.type === "object_creation_expression" && parent.firstNamedChild?.id === at.id) ||
		parent.type === "decorator" ||
		isCallInMacro(at, parent);
	const fieldOfReceiver = receiversOfCalls.get(parent.type);
	const beside =
		isCall && fieldOfReceiver !== undefined
			? (parent.childForFieldName(fieldOfReceiver) ?? undefined)
			: undefined;
	return { isCall, isMember: isMember || beside !== undefined, receiver: receiver ?? beside };
}

function isField(parent: Node, field: string, child: Node): boolean {
	return parent.childForFieldName(field)?.id === child.id;
}

/** What stands in a macro of Rust isn't parsed: a name in front of parentheses calls something. */
function isCallInMacro(node: Node, parent: Node): boolean {
	const next = node.nextSibling;
	return (
		parent.type === "token_tree" && next?.type === "token_tree" && next.firstChild?.type === "("
	);
}
