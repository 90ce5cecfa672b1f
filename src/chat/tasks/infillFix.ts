import type { OffsetRange } from "../../context/syntax/structure.ts";
import type { TaskCode, TaskPiece, TaskProblem } from "./codeTask.ts";
import { commentStyleOf } from "./commentStyle.ts";
import { fill, parsesAsBefore, type Filled, type Hole, type InfillTools } from "./infilling.ts";

export interface FixRequest {
	/** Its range is all that the fix may change. */
	readonly code: TaskCode;
	readonly problem: TaskProblem & OffsetRange;
	readonly related: readonly TaskPiece[];
}

/** "unknown" where nobody said in time. */
export type TrialVerdict = "gone" | "still" | "unknown";

/** Whether the editor still reports the problem in a document of this text, as far as it can tell. */
export type TryCandidate = (text: string, signal: AbortSignal) => Promise<TrialVerdict>;

export type FixOutcome =
	/** The document with the fix in it. */
	| { readonly kind: "fixed"; readonly text: string; readonly triedCandidates: number }
	/** One sentence that says why there is none. */
	| { readonly kind: "none"; readonly sentence: string; readonly triedCandidates: number };

/** What the hole was filled with. */
export interface FixCandidate {
	/** The whole document with it. */
	readonly text: string;
	readonly hole: OffsetRange;
	readonly replacement: string;
	readonly logProbability: number | undefined;
}

/** Each takes up to a few seconds in the editor. */
const maxTried = 5;

/**
 * Fixes one problem by having the offending code filled in anew. A candidate counts only when it differs, parses
 * and, by `tryCandidate`, makes the problem go away; the likeliest is tried first. Rejects with a
 * LanguageModelError only.
 */
export async function fixByInfilling(
	request: FixRequest,
	tools: InfillTools,
	tryCandidate: TryCandidate,
	signal: AbortSignal,
): Promise<FixOutcome> {
	const candidates = await fixCandidates(request, tools, signal);
	const { name } = tools.model.description;
	let triedCandidates = 0;
	let unknown = 0;
	for (const candidate of candidates.slice(0, maxTried)) {
		if (signal.aborted) {
			break;
		}
		triedCandidates++;
		const verdict = await tryCandidate(candidate.text, signal);
		if (verdict === "gone") {
			return { kind: "fixed", text: candidate.text, triedCandidates };
		}
		unknown += verdict === "unknown" ? 1 : 0;
	}
	const sentence = signal.aborted
		? "Stopped; the document is as it was."
		: candidates.length === 0
			? `${name} wrote nothing else that parses; a chat model may find a fix.`
			: unknown === triedCandidates
				? "The editor did not say in time whether a candidate removes the problem, so none is proposed."
				: `${name} wrote ${candidates.length} candidates, and the problem stays with each that was tried; a chat model may find a fix.`;
	return { kind: "none", sentence, triedCandidates };
}

interface Attempt {
	readonly hole: OffsetRange;
	readonly temperature: number;
	readonly seed: number;
	/** Whether the model reads the problem's text in a comment above the hole. */
	readonly isTold: boolean;
}

/** Every candidate that differs from the document and parses, the likeliest first. */
export async function fixCandidates(
	request: FixRequest,
	tools: InfillTools,
	signal: AbortSignal,
): Promise<readonly FixCandidate[]> {
	const { code } = request;
	const found = new Map<string, FixCandidate>();
	for (const attempt of await attemptsFor(request, tools, signal)) {
		const filled = await fill(tools.model, holeOf(request, attempt), signal);
		if (signal.aborted) {
			return [];
		}
		const replacement = await completePart(filled, request, attempt, tools, signal);
		const original = code.text.slice(attempt.hole.start, attempt.hole.end);
		if (replacement.trim() === "" || replacement.trim() === original.trim()) {
			continue;
		}
		const text =
			code.text.slice(0, attempt.hole.start) + replacement + code.text.slice(attempt.hole.end);
		const isNew = !found.has(text);
		if (isNew && (await parsesAsBefore(tools, code.languageId, code.text, text, signal))) {
			const { logProbability } = filled;
			found.set(text, { text, hole: attempt.hole, replacement, logProbability });
		}
	}
	const rank = ({ logProbability }: FixCandidate): number => logProbability ?? -Infinity;
	// Sorting is stable: where nothing is known, the order of the attempts stays.
	return [...found.values()].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(b) - rank(a)));
}

async function attemptsFor(
	{ code, problem }: FixRequest,
	tools: InfillTools,
	signal: AbortSignal,
): Promise<readonly Attempt[]> {
	const { text, languageId } = code;
	const { start, end } = problem;
	const structure = await tools.syntax?.structureAt({ languageId, text, start, end }, signal);
	const lineEnd = endOfLine(text, Math.max(start, end));
	const line = { start: firstCode(text, start), end: lineEnd };
	const holes: (OffsetRange | undefined)[] = [
		line,
		{ start, end },
		{ start, end: lineEnd },
		structure?.statement,
	];
	const confined = holes.filter(
		(hole): hole is OffsetRange =>
			hole !== undefined &&
			hole.start >= code.start &&
			hole.end <= code.end &&
			hole.start < hole.end &&
			hole.end - hole.start <= maxHoleLength,
	);
	const distinct = confined.filter(
		(hole, index) =>
			confined.findIndex(({ start: s, end: e }) => s === hole.start && e === hole.end) === index,
	);
	const greedy = distinct.map((hole) => ({ hole, temperature: 0, seed: 0, isTold: false }));
	const widest = distinct[0] === undefined ? [] : [distinct[0]];
	return [
		...greedy,
		...widest.map((hole) => ({ hole, temperature: 0, seed: 0, isTold: true })),
		...[1, 2].flatMap((seed) =>
			distinct.slice(0, 2).map((hole) => ({ hole, temperature: 0.7, seed, isTold: false })),
		),
	];
}

/** A longer statement isn't written anew to mend one place in it, in UTF-16 units. */
const maxHoleLength = 1500;

function holeOf({ code, problem, related }: FixRequest, attempt: Attempt): Hole {
	const { hole, temperature, seed } = attempt;
	const original = code.text.slice(hole.start, hole.end);
	const isOneLine = !original.includes("\n");
	const prefix = code.text.slice(0, hole.start);
	return {
		path: code.path,
		languageId: code.languageId,
		prefix: attempt.isTold ? withProblem(prefix, code.languageId, problem.message) : prefix,
		suffix: code.text.slice(hole.end),
		pieces: related,
		// About three UTF-16 units make a token of code; twice that leaves room for a longer fix.
		maxAnswerTokens: Math.min(256, 24 + Math.ceil((original.length * 2) / 3)),
		stop: isOneLine && code.text[hole.end] === "\n" ? ["\n"] : ["\n\n"],
		temperature,
		seed,
	};
}

const maxToldLength = 200;

/** The prefix with the problem in a comment on a line of its own, as a person would note it. */
function withProblem(prefix: string, languageId: string, message: string): string {
	const style = commentStyleOf(languageId);
	const marker = style === undefined || style.kind === "block" ? "//" : style.marker;
	const lineStart = prefix.lastIndexOf("\n") + 1;
	const indentation = /^[ \t]*/.exec(prefix.slice(lineStart))?.[0] ?? "";
	const told = message.replaceAll(/\s+/g, " ").slice(0, maxToldLength);
	return `${prefix.slice(0, lineStart)}${indentation}${marker} Fixed: ${told}\n${prefix.slice(lineStart)}`;
}

/** Of an answer that didn't end by itself, the statement that it begins with. */
async function completePart(
	filled: Filled,
	{ code }: FixRequest,
	{ hole }: Attempt,
	{ syntax }: InfillTools,
	signal: AbortSignal,
): Promise<string> {
	if (filled.end === "stop" || syntax === undefined) {
		return filled.text;
	}
	const text = code.text.slice(0, hole.start) + code.text.slice(hole.end);
	const extent = await syntax.extentOf(
		{ languageId: code.languageId, text, offset: hole.start, candidate: filled.text },
		signal,
	);
	return extent.kind === "complete" ? filled.text.slice(0, extent.length) : "";
}

function firstCode(text: string, offset: number): number {
	const lineStart = offset === 0 ? 0 : text.lastIndexOf("\n", offset - 1) + 1;
	const indentation = /^[ \t]*/.exec(text.slice(lineStart, offset))?.[0] ?? "";
	return lineStart + indentation.length;
}

function endOfLine(text: string, offset: number): number {
	const end = text.indexOf("\n", offset);
	return end < 0 ? text.length : end;
}
