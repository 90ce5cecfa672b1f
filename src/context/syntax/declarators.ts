import type { Node } from "web-tree-sitter";

export interface DeclaredName {
	readonly node: Node;
	readonly name: string;
	/** The type in front of `::`. */
	readonly container: string | undefined;
	readonly isFunction: boolean;
}

/** Declarators nest as deeply as types do; code that nests them deeper was written to trip a parser. */
const maxNesting = 20;

/** The name in a declarator of C or C++: `(*const handlers[8])(int)` declares `handlers`. */
export function declaredName(declarator: Node, text: string): DeclaredName | undefined {
	let node: Node | null = declarator;
	let container: string | undefined;
	let isFunction = false;
	for (let depth = 0; node !== null && depth < maxNesting; depth++) {
		switch (node.type) {
			case "identifier":
			case "field_identifier":
			case "type_identifier":
			case "destructor_name":
			case "operator_name":
				return { node, name: text.slice(node.startIndex, node.endIndex), container, isFunction };
			case "qualified_identifier": {
				const scope: Node | null = node.childForFieldName("scope");
				container =
					scope === null
						? container
						: text.slice(scope.startIndex, scope.endIndex).replace(/<.*$/s, "");
				node = node.childForFieldName("name");
				break;
			}
			case "template_function":
			case "template_method":
				node = node.childForFieldName("name");
				break;
			case "function_declarator":
				isFunction = true;
				node = node.childForFieldName("declarator");
				break;
			default:
				node = node.childForFieldName("declarator") ?? node.firstNamedChild;
		}
	}
	return undefined;
}
