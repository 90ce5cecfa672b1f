import type { Hit, Hits } from "./hits.ts";
import type { LineEdit } from "./lineEdit.ts";
import type { ProposerName } from "./proposerName.ts";
import { rewritten, type Span } from "./rules/rule.ts";

/** An edit that may come next, and the rules that lead to it. */
export interface Candidate {
	readonly edit: LineEdit;
	/** Of its first line at least one. */
	readonly hits: readonly Hit[];
	/** Whether several rules were applied to one line. */
	readonly isComposed: boolean;
	/** Hits on its lines that it leaves alone. */
	readonly unused: number;
	/** Lines right above and below it on which its rules were found too. */
	readonly unmerged: number;
}

/** Ways to rewrite one line that are looked at. */
const maxWays = 6;
/** A longer run of lines is no single edit. */
const maxRun = 30;

interface Way {
	readonly next: string;
	readonly hits: readonly Hit[];
	readonly isComposed: boolean;
	readonly unused: number;
}

/**
 * The edits that the hits make, each a single change of neighbouring lines: what is changed on lines that follow each other comes as one,
 * as a whole and line by line.
 */
export function candidatesOf(hits: Hits): readonly Candidate[] {
	const candidates = new Map<string, Candidate>();
	const add = (candidate: Candidate): void => {
		const { line, old, next } = candidate.edit;
		const key = JSON.stringify([line, old.length, next]);
		const known = candidates.get(key);
		candidates.set(
			key,
			known === undefined
				? candidate
				: {
						...candidate,
						hits: [...known.hits, ...candidate.hits],
						isComposed: known.isComposed && candidate.isComposed,
						unused: Math.min(known.unused, candidate.unused),
						unmerged: Math.min(known.unmerged, candidate.unmerged),
					},
		);
	};
	const ways = new Map<number, readonly Way[]>();
	for (const [line, onLine] of [...hits].sort(([a], [b]) => a - b)) {
		for (const hit of onLine.filter(({ spans }) => spans === undefined)) {
			const { edit } = hit;
			add({ edit, hits: [hit], isComposed: false, unused: 0, unmerged: 0 });
		}
		const inLine = onLine.filter(({ spans }) => spans !== undefined);
		if (inLine.length > 0) {
			ways.set(line, waysOf(inLine));
		}
	}
	for (const line of ways.keys()) {
		addRuns(ways, line, add);
	}
	return [...candidates.values()];
}

/** The ways to rewrite a line: by each rule, and by all together that are strong enough. */
function waysOf(hits: readonly Hit[]): readonly Way[] {
	const byResult = new Map<string, Hit[]>();
	for (const hit of hits) {
		const [next = ""] = hit.edit.next;
		const known = byResult.get(next);
		if (known === undefined) {
			byResult.set(next, [hit]);
		} else {
			known.push(hit);
		}
	}
	const ways: Way[] = [...byResult].map(([next, agreeing]) => ({
		next,
		hits: agreeing,
		isComposed: false,
		unused: unusedBeside(agreeing, hits),
	}));
	const composed = composedWay(hits);
	if (composed !== undefined && !byResult.has(composed.next)) {
		ways.push(composed);
	}
	return ways.sort((a, b) => strengthOf(b) - strengthOf(a)).slice(0, maxWays);
}

function strengthOf({ hits, unused }: Way): number {
	return Math.max(...hits.map(rankOf)) - unused * 0.01;
}

function rankOf({ learned: { edits, isWhole, rule } }: Hit): number {
	return edits.length * 4 + (isWhole ? 2 : 0) + Math.min(rule.nameUnits, 30) / 30;
}

/** Hits of rules that somebody may rely on, which change other parts of the line. */
function unusedBeside(used: readonly Hit[], all: readonly Hit[]): number {
	const spans = used.flatMap((hit) => hit.spans ?? []);
	return all.filter(
		(hit) => isStrong(hit) && (hit.spans ?? []).every((span) => !spans.some(overlaps(span))),
	).length;
}

function isStrong(hit: Hit): boolean {
	return hit.learned.edits.length > 1 || isByName(hit);
}

/** Whether a rule makes edits of its own: what was only ever done beside something else isn't done without that. */
function standsAlone(hit: Hit): boolean {
	return hit.learned.isWhole || isByName(hit);
}

/** Whether a name takes another's place. */
export function isByName({ learned: { rule } }: Hit): boolean {
	const isRenaming = "renames" in rule && rule.renames !== undefined;
	return isRenaming || nameProposers.has(rule.proposer);
}

const nameProposers: ReadonlySet<ProposerName> = new Set(["variant", "looseVariant", "import"]);

function overlaps(a: Span): (b: Span) => boolean {
	return (b) =>
		a.start < b.end && b.start < a.end ? true : a.start === b.start && a.end === b.end;
}

function composedWay(hits: readonly Hit[]): Way | undefined {
	const strong = hits.filter(isStrong).sort((a, b) => rankOf(b) - rankOf(a));
	const used: Hit[] = [];
	const spans: Span[] = [];
	for (const hit of strong) {
		const own = hit.spans ?? [];
		if (own.every((span) => !spans.some(overlaps(span)))) {
			spans.push(...own);
			used.push(hit);
		}
	}
	const [old] = hits[0]?.edit.old ?? [];
	if (used.length < 2 || old === undefined) {
		return undefined;
	}
	const next = rewritten(
		old,
		spans.sort((a, b) => a.start - b.start || a.end - b.end),
	);
	return { next, hits: used, isComposed: true, unused: 0 };
}

function addRuns(
	ways: ReadonlyMap<number, readonly Way[]>,
	line: number,
	add: (candidate: Candidate) => void,
): void {
	const own = ways.get(line) ?? [];
	for (const way of own) {
		const rules = new Set(way.hits.map(({ learned }) => learned));
		const run = [way];
		for (let at = line + 1; run.length < maxRun; at++) {
			const same = ways.get(at)?.find((other) => hasRule([other], rules));
			if (same === undefined) {
				break;
			}
			run.push(same);
		}
		const goesOn = (at: number): boolean =>
			ways
				.get(at)
				?.some(({ hits }) =>
					hits.some((hit) => rules.has(hit.learned) || (isStrong(hit) && standsAlone(hit))),
				) === true;
		const above = +goesOn(line - 1);
		add(candidateOf(line, [way], above + +goesOn(line + 1)));
		if (run.length > 1 && !hasRule(ways.get(line - 1), rules)) {
			add(candidateOf(line, run, above + +goesOn(line + run.length)));
		}
	}
	// All that follow each other, each by its strongest way.
	if (!ways.has(line - 1)) {
		const run: Way[] = [];
		for (let at = line; run.length < maxRun; at++) {
			const best = ways.get(at)?.find(({ isComposed }) => isComposed) ?? ways.get(at)?.[0];
			if (best?.hits.some((hit) => run.length === 0 || standsAlone(hit)) !== true) {
				break;
			}
			run.push(best);
		}
		if (run.length > 1) {
			add(candidateOf(line, run, 0));
		}
	}
}

function hasRule(ways: readonly Way[] | undefined, rules: ReadonlySet<Hit["learned"]>): boolean {
	return ways?.some(({ hits }) => hits.some(({ learned }) => rules.has(learned))) === true;
}

function candidateOf(line: number, run: readonly Way[], unmerged: number): Candidate {
	return {
		edit: {
			line,
			old: run.flatMap(({ hits }) => hits[0]?.edit.old ?? []),
			next: run.map(({ next }) => next),
		},
		hits: run.flatMap(({ hits }) => hits),
		isComposed: run.some(({ isComposed }) => isComposed),
		unused: run.reduce((sum, { unused }) => sum + unused, 0),
		unmerged,
	};
}
