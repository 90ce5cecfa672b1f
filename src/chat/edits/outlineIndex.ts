import type { DeclarationKey } from "./declarationKey.ts";
import { outlineOf, type OutlineNode, type Source } from "./outline.ts";

/** A place that statements stand in: the whole text, or the body of one of them. */
export interface Container {
	readonly nodes: readonly OutlineNode[];
	readonly owner: OutlineNode | undefined;
	/** What it holds is found from outside: the text itself, a class, a module. */
	readonly holdsMembers: boolean;
	/** Names of what it stands in, for comparing two versions of a text. */
	readonly path: string;
}

export interface Member {
	readonly node: OutlineNode;
	readonly container: Container;
}

/** Deeper ones aren't looked for: nobody applies code to what stands further inside. */
const maxDepth = 8;

/** All containers of a text, the outer ones first. */
export function containersOf(source: Source): readonly Container[] {
	const containers: Container[] = [];
	const add = (
		owner: OutlineNode | undefined,
		{ from, to }: { readonly from: number; readonly to: number },
		path: string,
		isOpen: boolean,
		depth: number,
	): void => {
		const nodes = outlineOf(source, from, to);
		containers.push({ nodes, owner, holdsMembers: isOpen, path });
		for (const node of depth < maxDepth ? nodes : []) {
			if (node.body !== undefined && node.body.start < node.body.end) {
				const { start, end } = node.body;
				const name = node.key === undefined ? "?" : keyText(node.key);
				const holds = isOpen && node.key?.holdsMembers === true;
				add(node, { from: start, to: end }, `${path}/${name}`, holds, depth + 1);
			}
		}
	};
	add(undefined, { from: 0, to: source.lines.length }, "", true, 0);
	return containers;
}

export function keyText({ kind, name }: DeclarationKey): string {
	return `${kind} ${name}`;
}

/** The members of some containers by what they are called. */
export function membersByKey(
	containers: readonly Container[],
): ReadonlyMap<string, readonly Member[]> {
	const members = new Map<string, Member[]>();
	for (const container of containers) {
		for (const node of container.nodes) {
			if (node.key !== undefined) {
				const text = keyText(node.key);
				const list = members.get(text);
				if (list === undefined) {
					members.set(text, [{ node, container }]);
				} else {
					list.push({ node, container });
				}
			}
		}
	}
	return members;
}

/** The text of a statement without its white space at line ends and its indentation. */
export function plainTextOf({ lines }: Source, node: OutlineNode): string {
	return lines
		.slice(node.start, node.end)
		.map((line) => line.trim())
		.join("\n");
}

/** The first line of a statement, which tells overloads and clauses apart. */
export function headOf({ lines }: Source, node: OutlineNode): string {
	return lines
		.slice(node.lead, node.start + 1)
		.map((line) => line.trim())
		.filter((line, at, all) => at === all.length - 1 || /^[@#[]/.test(line))
		.join(" ");
}

/** Pairs statements of one name: by their first lines, else in their order where both have as many. */
export function pairsOf(
	block: Source,
	wanted: readonly OutlineNode[],
	file: Source,
	present: readonly OutlineNode[],
): ReadonlyMap<OutlineNode, OutlineNode> | "ambiguous" {
	const pairs = new Map<OutlineNode, OutlineNode>();
	const free = new Set(present);
	for (const node of wanted) {
		const head = headOf(block, node);
		const same = [...free].filter((candidate) => headOf(file, candidate) === head);
		const [only] = same;
		if (only !== undefined && same.length === 1) {
			pairs.set(node, only);
			free.delete(only);
		}
	}
	const rest = wanted.filter((node) => !pairs.has(node));
	if (rest.length === 0) {
		return pairs;
	}
	if (rest.length !== free.size) {
		return free.size === 0 ? pairs : "ambiguous";
	}
	for (const [at, candidate] of [...free].entries()) {
		const node = rest[at];
		if (node !== undefined) {
			pairs.set(node, candidate);
		}
	}
	return pairs;
}
