import { identifiersIn } from "./identifiers.ts";

/** What the text itself says about the place of the cursor. Distances are in lines. */
export interface CursorScope {
	readonly path: string;
	readonly languageId: string;
	/** Text before and after the cursor, each cut to `maxScopeLength`. */
	readonly prefix: string;
	readonly suffix: string;
	/** Names before the cursor with the distance of the nearest, and behind it. */
	readonly above: ReadonlyMap<string, number>;
	readonly below: ReadonlyMap<string, number>;
	/** The last `count` lines before the cursor, the cursor's own included. */
	lastLines(count: number): string;
	/** The first `count` lines after the cursor, the rest of the cursor's own included. */
	nextLines(count: number): string;
	/** Names between the start of the line and the cursor. */
	readonly lineNames: readonly string[];
	/** What stands before the dot (or `::`, `->`) at which the cursor is, or undefined. */
	readonly receiver: Receiver | undefined;
	/** The beginning of a name that is being typed at the cursor; "" between names. */
	readonly partial: string;
}

export interface Receiver {
	/** The last name of the expression: `b` in `a.b.`, `f` in `x.f().`; undefined for `"…".` and the like. */
	readonly name: string | undefined;
	readonly isCall: boolean;
}

/** UTF-16 units on either side of the cursor that are looked at. */
const maxScopeLength = 60_000;

const nameAtEnd = /(?<![\w$])[A-Za-z_$][\w$]*$/;
const memberAccess = /(?:\?\.|!\.|\.|::|->)\s*$/;

export function cursorScope(query: {
	readonly path: string;
	readonly languageId: string;
	readonly text: string;
	readonly offset: number;
}): CursorScope {
	const { path, languageId, text, offset } = query;
	const prefix = text.slice(Math.max(0, offset - maxScopeLength), offset);
	const suffix = text.slice(offset, offset + maxScopeLength);
	const above = prefix.split("\n").reverse();
	const below = suffix.split("\n");
	const partial = nameAtEnd.exec(prefix.slice(-100))?.[0] ?? "";
	const beforePartial = prefix.slice(0, prefix.length - partial.length);
	return {
		path,
		languageId,
		prefix,
		suffix,
		above: distances(above),
		below: distances(below),
		lastLines: (count) => above.slice(0, count).reverse().join("\n"),
		nextLines: (count) => below.slice(0, count).join("\n"),
		lineNames: identifiersIn(above[0] ?? ""),
		receiver: receiverAt(beforePartial.slice(-maxReceiverLength)),
		partial,
	};
}

/** The nearest line of each name: the first in the order given. */
function distances(lines: readonly string[]): ReadonlyMap<string, number> {
	const nearest = new Map<string, number>();
	for (const [distance, line] of lines.entries()) {
		for (const name of identifiersIn(line)) {
			if (!nearest.has(name)) {
				nearest.set(name, distance);
			}
		}
	}
	return nearest;
}

/** Longest expression before a dot that is read back. */
const maxReceiverLength = 400;

function receiverAt(prefix: string): Receiver | undefined {
	const access = memberAccess.exec(prefix);
	if (access === null || /(?:^|[^\w.$])\d+\.$|\.\.$/.test(prefix)) {
		return undefined;
	}
	let end = access.index;
	let isCall = false;
	// Steps back over arguments, subscripts and type arguments to the name they belong to.
	for (;;) {
		const closer = prefix.charAt(end - 1);
		if (closer === "?" || closer === "!") {
			end--;
			continue;
		}
		const opener = closer === ")" ? "(" : closer === "]" ? "[" : closer === ">" ? "<" : undefined;
		if (opener === undefined) {
			break;
		}
		let depth = 0;
		let at = end - 1;
		for (; at >= 0; at--) {
			depth += prefix.charAt(at) === closer ? 1 : prefix.charAt(at) === opener ? -1 : 0;
			if (depth === 0) {
				break;
			}
		}
		if (at < 0) {
			return { name: undefined, isCall };
		}
		isCall ||= closer === ")";
		end = at;
	}
	const name = nameAtEnd.exec(prefix.slice(0, end).replace(/::$/, ""))?.[0];
	return { name, isCall };
}
