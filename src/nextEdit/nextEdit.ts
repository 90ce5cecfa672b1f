import { candidatesOf, type Candidate } from "./candidates.ts";
import { isConsistent, type EditedDocument } from "./editedDocument.ts";
import { featuresOf, type Features } from "./features.ts";
import { probabilityOf, type GateWeights } from "./gate.ts";
import { gateWeights } from "./gateWeights.ts";
import { findHits, type Hit, type Hits } from "./hits.ts";
import { learnRules } from "./learnedRules.ts";
import { LexicalPlaces } from "./lexicalPlaces.ts";
import { meets, type LineEdit } from "./lineEdit.ts";
import { bracketBalance } from "./lineTokens.ts";
import { LineTable } from "./lineTable.ts";
import type { ProposerName } from "./proposerName.ts";
import { assert } from "../base/assert.ts";

/** An edit that is likely to come next. */
export interface NextEdit {
	readonly edit: LineEdit;
	/** That a developer makes this edit, to the letter, among those still to come; in (0, 1). */
	readonly probability: number;
	/** Who proposed it; the first is the one that asked for most. */
	readonly proposers: readonly ProposerName[];
	/** Edits with the same value do the same: they may be accepted together. */
	readonly kind: string;
	/** How many edits of the document are of this kind. */
	readonly support: number;
	readonly features: Features;
}

/**
 * What is less likely isn't shown. On repositories that the gate wasn't fitted on, four fifths of what is shown are right then, where commits
 * were chosen that have more to come; of commits as they come it is half: see bench/results.
 */
export const minProbability = 0.45;

/** Larger documents are data or were made by tools, in lines and UTF-16 units. */
const maxLines = 20_000;
const maxUnits = 2_000_000;
/** Older edits aren't looked at. */
const maxEdits = 12;

/** Less likely ones aren't even judged, and more of them never come to it. */
const minProposed = 0.02;
const maxProposed = 40;

/**
 * The edits that are likely to follow from those made, the likeliest first; none touches another, or what an edit has just written. A pure
 * function of the document, of which all edits have to be where they say.
 */
export function findNextEdits(
	document: EditedDocument,
	weights: GateWeights = gateWeights,
): readonly NextEdit[] {
	return chooseNextEdits(proposeNextEdits(document, weights), minProbability);
}

/** What counts of where the rules fit, and of what is known of such a place. */
export interface Scope {
	hits(found: Hits): Hits;
	features(features: Features): Features;
}

const wholeDocument: Scope = {
	hits: (found) => found,
	features: (features) => features,
};

/** All that may follow, the likeliest first. Several may be about the same lines. */
export function proposeNextEdits(
	document: EditedDocument,
	weights: GateWeights = gateWeights,
	scope: Scope = wholeDocument,
): readonly NextEdit[] {
	return candidatesFor(document, scope)
		.map(({ edit, hits, features }): NextEdit => ({
			edit,
			probability: probabilityOf(features, weights),
			...originOf(hits),
			features,
		}))
		.filter(({ probability }) => probability >= minProposed)
		.sort(likeliestFirst)
		.slice(0, maxProposed);
}

/** Of the proposals those that are likely enough, the likeliest first, and of those about the same lines one. */
export function chooseNextEdits<Proposal extends NextEdit>(
	proposals: readonly Proposal[],
	threshold: number,
): readonly Proposal[] {
	const chosen: Proposal[] = [];
	for (const candidate of proposals.toSorted(likeliestFirst)) {
		const { edit, probability } = candidate;
		if (probability >= threshold && chosen.every((other) => !meets(other.edit, edit))) {
			chosen.push(candidate);
		}
	}
	return chosen;
}

function likeliestFirst(a: NextEdit, b: NextEdit): number {
	return b.probability - a.probability || a.edit.line - b.edit.line;
}

function originOf(hits: readonly Hit[]): Pick<NextEdit, "proposers" | "kind" | "support"> {
	const strongest = hits.toSorted(
		(a, b) =>
			b.learned.edits.length - a.learned.edits.length ||
			b.learned.rule.nameUnits - a.learned.rule.nameUnits,
	);
	return {
		proposers: [...new Set(strongest.map(({ learned }) => learned.rule.proposer))],
		kind: strongest[0]?.learned.rule.key ?? "",
		support: strongest[0]?.learned.edits.length ?? 0,
	};
}

export interface JudgedCandidate extends Candidate {
	readonly features: Features;
}

/** All candidates, with what the gate judges them by; none for a document that is too large. */
export function candidatesFor(
	document: EditedDocument,
	scope: Scope = wholeDocument,
): readonly JudgedCandidate[] {
	assert(isConsistent(document), "the edits stand where they say");
	const { lines } = document;
	if (lines.length > maxLines || lines.reduce((sum, { length }) => sum + length, 0) > maxUnits) {
		return [];
	}
	const recent = recentOf(document);
	const table = new LineTable(lines);
	const places = new LexicalPlaces(lines, document.languageId);
	return candidatesOf(scope.hits(findHits(recent, table, learnRules(recent), places)))
		.filter((candidate) => keepsBrackets(candidate, recent))
		.map((candidate) => ({
			...candidate,
			features: scope.features(featuresOf(candidate, { document: recent, table, places })),
		}));
}

/** The document with those of its edits that anything is learned from. */
export function recentOf(document: EditedDocument): EditedDocument {
	return { ...document, edits: document.edits.slice(-maxEdits) };
}

/** Whether it opens and closes as many brackets as before, or does what one of the edits that speak for it did. */
function keepsBrackets({ edit, hits }: Candidate, { edits }: EditedDocument): boolean {
	const opened = openedBy(edit);
	return (
		opened === 0 ||
		hits.some(({ learned }) =>
			learned.edits.some((number) => {
				const made = edits[number];
				return made !== undefined && openedBy(made) === opened;
			}),
		)
	);
}

function openedBy({ old, next }: LineEdit): number {
	return bracketBalance(next) - bracketBalance(old);
}
