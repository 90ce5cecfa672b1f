import type { IndexQueries, IndexedSymbol } from "../index/repositoryIndex.ts";
import type { NameTable } from "./nameTable.ts";
import type { CursorScope } from "./cursorScope.ts";
import type { TypeGuesser } from "./declaredTypes.ts";
import { isTellingName } from "./identifiers.ts";

/** Members of one type that are considered; generated types have thousands. */
const maxMembers = 400;
/** Lines before and after the cursor whose names are looked up. */
const linesBefore = 40;
const linesAfter = 12;
/** Names near the cursor whose types are looked up. */
const maxNearbyNames = 60;

/** Marks the members of the type, and what is defined in the module, that stands before the dot. */
export function markReceiverNames(
	index: IndexQueries,
	scope: CursorScope,
	guesser: TypeGuesser,
	names: NameTable,
): void {
	const { receiver } = scope;
	if (receiver?.name === undefined) {
		return;
	}
	for (const type of guesser.typesOf(receiver.name, receiver.isCall)) {
		for (const [member, weight] of inheritedMembers(index, guesser, type)) {
			const entry = names.of(member.name);
			entry.receiverMember = Math.max(entry.receiverMember, weight);
		}
	}
	if (!receiver.isCall) {
		for (const file of modulesCalled(index, scope.path, receiver.name)) {
			for (const symbol of index.symbolsOf(file).slice(0, maxMembers)) {
				if (symbol.container === undefined && isTellingName(symbol.name)) {
					names.of(symbol.name).receiverModule = 1;
				}
			}
		}
	}
}

/** Marks the members of types that stand near the cursor, or whose values do. */
export function markNearbyMembers(
	index: IndexQueries,
	scope: CursorScope,
	guesser: TypeGuesser,
	names: NameTable,
): void {
	const weights = new Map<string, number>();
	for (const [name, distance] of nearbyNames(scope)) {
		const weight = 1 / (1 + distance / 6);
		for (const type of guesser.typesOf(name, false)) {
			weights.set(type, Math.max(weights.get(type) ?? 0, weight));
		}
	}
	for (const type of guesser.enclosingTypes()) {
		weights.set(type, Math.max(weights.get(type) ?? 0, 0.7));
	}
	for (const [type, weight] of weights) {
		for (const [member, share] of inheritedMembers(index, guesser, type)) {
			const entry = names.of(member.name);
			entry.nearbyMember = Math.max(entry.nearbyMember, weight * share);
		}
	}
}

function nearbyNames(scope: CursorScope): readonly (readonly [string, number])[] {
	const near = new Map<string, number>();
	for (const [name, distance] of scope.above) {
		if (distance <= linesBefore && (isTellingName(name) || name === "this" || name === "self")) {
			near.set(name, distance);
		}
	}
	for (const [name, distance] of scope.below) {
		if (distance <= linesAfter && isTellingName(name)) {
			near.set(name, Math.min(near.get(name) ?? Infinity, distance + 1));
		}
	}
	return [...near].sort(([, a], [, b]) => a - b).slice(0, maxNearbyNames);
}

/** Members of a type with 1, those of the types that it extends with less. */
function inheritedMembers(
	index: IndexQueries,
	guesser: TypeGuesser,
	type: string,
): ReadonlyMap<IndexedSymbol, number> {
	const members = new Map<IndexedSymbol, number>();
	let generation = [type];
	const seen = new Set(generation);
	for (let weight = 1; weight > 0.3 && generation.length > 0; weight *= 0.7) {
		for (const name of generation) {
			for (const member of index.membersOf(name).slice(0, maxMembers)) {
				if (isTellingName(member.name) && !members.has(member)) {
					members.set(member, weight);
				}
			}
		}
		generation = generation
			.flatMap((name) => guesser.supertypesOf(name))
			.filter((name) => !seen.has(name))
			.slice(0, 6);
		for (const name of generation) {
			seen.add(name);
		}
	}
	return members;
}

/** Files of the repository that are known as `name` in a file: namespaces, modules, packages. */
function modulesCalled(index: IndexQueries, path: string, name: string): readonly string[] {
	const files = new Set<string>();
	for (const { names, specifier, resolved } of index.importsOf(path)) {
		const isMeant =
			names.some(({ local }) => local === name) || specifier.split(/[./:\\]+/).at(-1) === name;
		if (isMeant) {
			for (const file of resolved) {
				files.add(file);
			}
		}
	}
	return [...files].slice(0, 40);
}
