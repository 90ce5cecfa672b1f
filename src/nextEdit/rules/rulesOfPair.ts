import { indentOf, isTelling, operandEnds, tokensOfLine, type LineToken } from "../lineTokens.ts";
import { tokenChanges, type TokenChange } from "../tokenDiff.ts";
import { boundNames, isImportLine } from "./importLine.ts";
import { everyChange } from "./everyChange.ts";
import type { LineRule } from "./rule.ts";
import { closerIn, endsOperand, tokenRule, type Element, type Piece } from "./tokenRule.ts";

/** A line as it was and as it is. */
export interface LinePair {
	readonly old: string;
	readonly next: string;
	/** The lines behind them, as they are. */
	readonly oldFollower: string | undefined;
}

/** A line with more changes was written anew. */
const maxChanges = 8;

/**
 * The token rules that would have made the one line of the other, or a part of what differs. What was done to an import says nothing about
 * code, but for a name that took another's place.
 */
export function rulesOfPair(pair: LinePair): readonly LineRule[] {
	const rules = tokenRules(pair);
	if (!isImportLine(pair.old) && !isImportLine(pair.next)) {
		return rules;
	}
	const names = renamedImport(pair);
	const among = rules.map((rule): LineRule => ({
		...rule,
		key: `import ${rule.key}`,
		match: (line) => (isImportLine(line.text) ? rule.match(line) : undefined),
	}));
	return names === undefined ? among : [...among, replacementOf(names.old, names.next)];
}

/** The name that an import doesn't bring any more, and the one that it brings instead. */
export function renamedImport(
	pair: LinePair,
): { readonly old: string; readonly next: string } | undefined {
	const [before, after] = [boundNames(pair.old), boundNames(pair.next)];
	const removed = [...before].filter((name) => !after.has(name));
	const added = [...after].filter((name) => !before.has(name));
	const [old, next] = [removed[0], added[0]];
	return removed.length === 1 && added.length === 1 && old !== undefined && next !== undefined
		? { old, next }
		: undefined;
}

function replacementOf(old: string, next: string): LineRule {
	return tokenRule({
		proposer: "replacement",
		before: [],
		core: [{ kind: "text", text: old }],
		after: [],
		replacement: [next],
	});
}

function tokenRules({ old, next, oldFollower }: LinePair): readonly LineRule[] {
	const oldTokens = bodyTokens(old);
	const newTokens = bodyTokens(next);
	const changes = joined(tokenChanges(oldTokens, newTokens), oldTokens);
	const [first, last] = [changes[0], changes.at(-1)];
	if (first === undefined || last === undefined || changes.length > maxChanges) {
		return [];
	}
	const line: ChangedLine = { oldTokens, newTokens, oldLine: old, newLine: next, oldFollower };
	const whole: TokenChange = {
		oldFrom: first.oldFrom,
		oldTo: last.oldTo,
		newFrom: first.newFrom,
		newTo: last.newTo,
	};
	const rules = changes.flatMap((change) => plainRules(line, change));
	if (changes.length > 1) {
		rules.push(...plainRules(line, whole));
		const rulesOfEach = changes.map((change) => plainRules(line, change));
		rules.push(
			everyChange(rulesOfEach.flatMap(([narrow]) => narrow ?? [])),
			everyChange(rulesOfEach.flatMap(([narrow, wide = narrow]) => wide ?? [])),
		);
	}
	rules.push(...shapeRules(line, whole));
	return rules;
}

interface ChangedLine {
	readonly oldTokens: readonly LineToken[];
	readonly newTokens: readonly LineToken[];
	readonly oldLine: string;
	readonly newLine: string;
	readonly oldFollower: string | undefined;
}

/** The tokens behind the indentation. */
function bodyTokens(line: string): readonly LineToken[] {
	const tokens = tokensOfLine(line);
	return indentOf(line) === "" ? tokens : tokens.slice(1);
}

/** Changes with nothing but white space between them are one. */
function joined(
	changes: readonly TokenChange[],
	oldTokens: readonly LineToken[],
): readonly TokenChange[] {
	const result: TokenChange[] = [];
	for (const change of changes) {
		const last = result.at(-1);
		const gap = oldTokens.slice(last?.oldTo ?? 0, change.oldFrom);
		if (last !== undefined && gap.every(({ kind }) => kind === "space")) {
			result[result.length - 1] = { ...change, oldFrom: last.oldFrom, newFrom: last.newFrom };
		} else {
			result.push(change);
		}
	}
	return result;
}

function textElements(tokens: readonly LineToken[]): readonly Element[] {
	return tokens.map(({ text }) => ({ kind: "text", text }));
}

/** The change itself, with as much of what surrounds it as it takes to mean something. */
function plainRules(line: ChangedLine, change: TokenChange): readonly LineRule[] {
	const { oldTokens, newTokens, newLine } = line;
	const removed = oldTokens.slice(change.oldFrom, change.oldTo);
	const replacement = [textOf(newLine, newTokens, change.newFrom, change.newTo)];
	const core = textElements(removed);
	if (removed.some(isTelling)) {
		return [tokenRule({ proposer: "replacement", before: [], core, after: [], replacement })];
	}
	const narrow = around(line, change, 1);
	const wide = around(line, change, 3);
	const rules = [
		tokenRule({ proposer: "insertion", ...narrow, core, replacement }),
		tokenRule({ proposer: "wideInsertion", ...wide, core, replacement }),
	];
	const neighbour = oldTokens[change.oldFrom - 1];
	if (removed.length === 0 && neighbour !== undefined && endsOperand(neighbour)) {
		const before: readonly Element[] = [{ kind: "operandEnd", closer: closerIn(neighbour) }];
		rules.push(
			tokenRule({ proposer: "insertion", before, core, after: narrow.after, replacement }),
		);
	}
	return rules;
}

function textOf(line: string, tokens: readonly LineToken[], from: number, to: number): string {
	return from >= to ? "" : line.slice(tokens[from]?.start, tokens[to - 1]?.end);
}

/** `count` tokens on each side, not counting white space, or up to the line's ends. */
function around(
	{ oldTokens, oldFollower }: ChangedLine,
	change: TokenChange,
	count: number,
): { readonly before: readonly Element[]; readonly after: readonly Element[] } {
	let from = change.oldFrom;
	for (let left = count; from > 0 && left > 0; from--) {
		left -= oldTokens[from - 1]?.kind === "space" ? 0 : 1;
	}
	let to = change.oldTo;
	for (let left = count; to < oldTokens.length && left > 0; to++) {
		left -= oldTokens[to]?.kind === "space" ? 0 : 1;
	}
	const before = textElements(oldTokens.slice(from, change.oldFrom));
	const after = textElements(oldTokens.slice(change.oldTo, to));
	const reachesEnd = to === oldTokens.length && after.length < count;
	const closer = /^[)\]}]/.exec(oldFollower?.trimStart() ?? "")?.[0];
	return {
		before: from === 0 && before.length < count ? [{ kind: "lineStart" }, ...before] : before,
		after: reachesEnd ? [...after, { kind: "lineEnd", next: closer }] : after,
	};
}

/** What lies between the first and the last change, with operands that stay as holes. */
function shapeRules(line: ChangedLine, whole: TokenChange): readonly LineRule[] {
	const { oldTokens, newTokens, oldLine, newLine } = line;
	// An operand that something was put around is no change of its own.
	const region = widened(oldTokens, newTokens, whole);
	const added = textOf(newLine, newTokens, region.newFrom, region.newTo);
	const holes: string[] = [];
	const core: Element[] = [];
	for (let at = region.oldFrom; at < region.oldTo;) {
		const end = operandEnds(oldTokens, at, region.oldTo).find((candidate) =>
			isPart(added, textOf(oldLine, oldTokens, at, candidate)),
		);
		if (end === undefined) {
			core.push({ kind: "text", text: oldTokens[at]?.text ?? "" });
			at++;
			continue;
		}
		const text = textOf(oldLine, oldTokens, at, end);
		const known = holes.indexOf(text);
		core.push({ kind: "hole", hole: known < 0 ? holes.push(text) - 1 : known });
		at = end;
	}
	if (holes.length === 0 || holes.length > 6) {
		return [];
	}
	const replacement = withHoles(added, holes);
	const isClear = core.some(
		(element) => element.kind === "text" && /[\p{L}_$]{2}|[^\s]{2}/u.test(element.text),
	);
	const rules = isClear
		? [tokenRule({ proposer: "shape", before: [], core, after: [], replacement })]
		: [];
	for (const count of [1, 2]) {
		const { before, after } = around(line, region, count);
		rules.push(tokenRule({ proposer: "shape", before, core, after, replacement }));
	}
	return rules;
}

/** A region in which nothing but insertions stand takes in the operand that they touch. */
function widened(
	oldTokens: readonly LineToken[],
	newTokens: readonly LineToken[],
	region: TokenChange,
): TokenChange {
	if (region.oldTo > region.oldFrom) {
		return region;
	}
	const before = oldTokens[region.oldFrom - 1];
	const added = newTokens.slice(region.newFrom, region.newTo);
	if (before?.kind === "word" && added[0]?.kind !== "space") {
		return { ...region, oldFrom: region.oldFrom - 1, newFrom: region.newFrom - 1 };
	}
	const [end] = operandEnds(oldTokens, region.oldTo, oldTokens.length);
	if (end !== undefined && added.at(-1)?.kind !== "space") {
		return { ...region, oldTo: end, newTo: region.newTo + end - region.oldTo };
	}
	return region;
}

/** Whether `text` stands in `added`, and not within a longer name. */
function isPart(added: string, text: string): boolean {
	return placesOf(added, text).length > 0;
}

function placesOf(added: string, text: string): number[] {
	const places: number[] = [];
	for (let at = added.indexOf(text); at >= 0; at = added.indexOf(text, at + text.length)) {
		const [before, after] = [added.charAt(at - 1), added.charAt(at + text.length)];
		const joinsBefore = /^[\p{L}\p{N}_$]/u.test(text) && /[\p{L}\p{N}_$]/u.test(before);
		const joinsAfter = /[\p{L}\p{N}_$]$/u.test(text) && /[\p{L}\p{N}_$]/u.test(after);
		if (!joinsBefore && !joinsAfter) {
			places.push(at);
		}
	}
	return places;
}

function withHoles(added: string, holes: readonly string[]): readonly Piece[] {
	const pieces: Piece[] = [];
	let at = 0;
	const marks = holes
		.flatMap((text, hole) => placesOf(added, text).map((start) => ({ start, hole, text })))
		.sort((a, b) => a.start - b.start || b.text.length - a.text.length);
	for (const { start, hole, text } of marks) {
		if (start >= at) {
			pieces.push(added.slice(at, start), { hole });
			at = start + text.length;
		}
	}
	pieces.push(added.slice(at));
	return pieces.filter((piece) => piece !== "");
}
