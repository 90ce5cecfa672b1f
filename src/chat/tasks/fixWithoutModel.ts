import { isName, namePattern, namesAround, nearNames } from "./nearNames.ts";
import type { TaskCode, TaskPiece } from "./codeTask.ts";
import type { OffsetRange } from "../../context/syntax/structure.ts";
import { withEdits } from "./textEdit.ts";

/** What the editor offers to do about a problem. */
export interface QuickFix {
	readonly title: string;
	/** The editor takes it for the one that mends the problem. */
	readonly isPreferred: boolean;
	/** The whole document with it. */
	readonly text: string;
	/** All that it writes anew. */
	readonly written: string;
}

/** A change that mends a problem as far as its language can say, or that has to be tried. */
export interface Mended {
	/** The whole document with it. */
	readonly text: string;
	/** Who proposes it, or what it does: the rest of a title after "Fix". */
	readonly by: string;
}

/** What the editor can be asked about the problem's place. */
export interface EditorFixes {
	readonly quickFixes: () => Promise<readonly QuickFix[]>;
	/** Names that the language offers where the problem begins. */
	readonly namesAt: () => Promise<readonly string[]>;
}

export interface PlacedProblem extends OffsetRange {
	readonly message: string;
}

/**
 * A fix that the editor itself answers for, so that it needs no model and no trial: its preferred quick fix, the
 * nearest name that the language offers in place of one that it doesn't know, or another quick fix, in this order.
 */
export async function fixByEditor(
	code: TaskCode,
	problem: PlacedProblem,
	editor: EditorFixes,
): Promise<Mended | undefined> {
	const quickFixes = (await editor.quickFixes()).filter(({ written }) => !silences(written));
	const preferred = quickFixes.find(({ isPreferred }) => isPreferred);
	if (preferred !== undefined) {
		return byQuickFix(preferred);
	}
	const place = misspelt(code, problem);
	if (place !== undefined) {
		const word = code.text.slice(place.start, place.end);
		const offered = await editor.namesAt();
		// A name that is offered itself isn't missing: whatever is wrong there is something else.
		const [nearest] = offered.includes(word) ? [] : nearNames(word, offered);
		if (nearest !== undefined) {
			return withName(code, place, nearest);
		}
	}
	const [first] = quickFixes;
	return first && byQuickFix(first);
}

/** Each is tried, which takes a second. */
const maxNames = 3;

/**
 * Names of the document, and then of related code, that the problem's own may be a misspelling of: nobody says that
 * they may stand there, so each has to be tried.
 */
export function fixesByNearNames(
	code: TaskCode,
	problem: PlacedProblem,
	related: readonly TaskPiece[],
): readonly Mended[] {
	const place = misspelt(code, problem);
	if (place === undefined) {
		return [];
	}
	const word = code.text.slice(place.start, place.end);
	const names = [
		...namesAround(code.text, place.start),
		// The most relevant piece is the last one.
		...related.toReversed().flatMap(({ text }) => namesAround(text, 0)),
	];
	return nearNames(word, names)
		.slice(0, maxNames)
		.map((name) => withName(code, place, name));
}

/** Where the name is that a problem is about: it stands at the problem's place, and the message says it. */
function misspelt(
	{ text }: TaskCode,
	{ start, end, message }: PlacedProblem,
): OffsetRange | undefined {
	// Some tools only say where a name begins.
	const begun = start === end ? text.slice(start, start + maxLookedAt) : "";
	const place = {
		start,
		end: end + (new RegExp(`^${namePattern.source}`, "u").exec(begun)?.[0].length ?? 0),
	};
	const word = text.slice(place.start, place.end);
	return isName(word) && namesAround(message, 0).includes(word) ? place : undefined;
}

/** In UTF-16 units. */
const maxLookedAt = 200;

function withName({ text }: TaskCode, { start, end }: OffsetRange, name: string): Mended {
	const changed = withEdits(text, [{ start, end, newText: name }]) ?? text;
	return { text: changed, by: `: ${name} instead of ${text.slice(start, end)}` };
}

function byQuickFix({ title, text }: QuickFix): Mended {
	return { text, by: ` by the editor: ${title}` };
}

/** What linters and compilers take for an order to be silent. */
const silencers =
	/@ts-(?:ignore|expect-error|nocheck)|(?:eslint|oxlint|stylelint|tslint)[-:]disable|(?:biome|prettier)-ignore|\bnoqa\b|(?:#\s*type|pyright|mypy)\s*:\s*ignore|(?:pylint|rubocop|phpcs|shellcheck|swiftlint)\s*:?\s*(?:disable|ignore)|\bnolint\b|\bnoinspection\b|pragma\s+(?:warning\s+disable|clang\s+diagnostic)|#!?\[(?:allow|expect)\b|@Suppress|\bNOSONAR\b|@(?:phpstan|psalm)-(?:ignore|suppress)/i;

/** Whether a change only keeps a problem from being reported: that mends nothing. */
export function silences(written: string): boolean {
	return silencers.test(written);
}
