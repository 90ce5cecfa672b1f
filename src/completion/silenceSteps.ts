import type { GenerateStats } from "../engine/engine.ts";
import type { AnswerFigures } from "./answerFigures.ts";
import { maxDocumentLength } from "./completionPlace.ts";
import type { CompletionOutcome, NoCompletionReason } from "./completionProvider.ts";
import type { CompletionTrace } from "./completionTrace.ts";
import type { FilterName } from "./filters/index.ts";

/** One step of the way from a key to ghost text, for people. */
export interface SilenceStep {
	/** Where the way ended, at the last step if at all. */
	readonly state: "passed" | "stopped";
	/** One sentence. Without text of the document; a fault's sentence may name files. */
	readonly text: string;
}

/**
 * The way of one call of the pipeline, step by step with its figures, up to where it ended. Of a call that gave nothing
 * the last step is the one that stopped it.
 */
export function silenceSteps(
	outcome: CompletionOutcome,
	trace: CompletionTrace,
	stats: GenerateStats | undefined,
): readonly SilenceStep[] {
	const steps: SilenceStep[] = [];
	const reason = outcome.kind === "none" ? outcome.reason : undefined;
	for (const step of [asked, document, place, line, waited, syntax, engine, written, filtered]) {
		for (const each of step(trace, stats, reason)) {
			steps.push(each);
			if (each.state === "stopped") {
				return steps;
			}
		}
	}
	return steps;
}

type Step = (
	trace: CompletionTrace,
	stats: GenerateStats | undefined,
	reason: NoCompletionReason | undefined,
) => readonly SilenceStep[];

const passed = (text: string): SilenceStep => ({ state: "passed", text });
const stopped = (text: string): SilenceStep => ({ state: "stopped", text });

const asked: Step = ({ trigger, languageId, extendsSelection }, _stats, reason) => {
	const who =
		trigger === "invoked"
			? `A command asked, in ${languageId}.`
			: `A key asked, or the cursor's move, in ${languageId}.`;
	if (reason === "disabled") {
		return [passed(who), stopped("Completions are turned off there.")];
	}
	if (reason === "snoozed") {
		return [
			passed(who),
			stopped("Completions were snoozed; asking by command works all the same."),
		];
	}
	if (reason === "onBattery") {
		return [
			passed(who),
			stopped("Completions pause on battery; asking by command works all the same."),
		];
	}
	const list =
		"The editor's list of suggestions is open: ghost text has to go on from its selected entry.";
	return [passed(who), ...(extendsSelection ? [passed(list)] : [])];
};

const document: Step = ({ documentLength }, _stats, reason) =>
	reason !== "unsuitableDocument"
		? [passed(`The document has ${figure(documentLength)} characters.`)]
		: documentLength > maxDocumentLength
			? [
					stopped(
						`The document has ${figure(documentLength)} characters; no more than ${figure(maxDocumentLength)} are completed in.`,
					),
				]
			: [stopped("The document holds a character that texts don't have.")];

const place: Step = ({ position, wasKnown, wasJoined }, _stats, reason) => {
	if (reason === "unsuitablePosition" && position === undefined) {
		return [
			stopped("The cursor, or the entry that is selected in the list, is at no place for a text."),
		];
	}
	if (wasKnown) {
		return [passed("What was written before goes on here, so that nobody was asked again.")];
	}
	return wasJoined
		? [passed("An answer was being written for an earlier key, and goes on here.")]
		: [];
};

const line: Step = ({ wasKnown, wasJoined, position, waitMs }, _stats, reason) => {
	if (wasKnown || wasJoined) {
		return [];
	}
	if (reason === "insideWord") {
		return [stopped("The cursor stands within a word.")];
	}
	if (reason === "lineTooLong") {
		return [
			stopped(
				"Code follows the cursor on a line that is longer than somebody writes (400 characters).",
			),
		];
	}
	if (reason === "insideLine" && position === undefined) {
		return [
			stopped(
				"Code follows the cursor on its line that nothing can be put in front of without changing it.",
			),
		];
	}
	return waitMs === undefined
		? givenUp(reason)
		: [passed("The cursor's line has room for a suggestion.")];
};

const waited: Step = ({ waitMs, config, trigger, wasAsked, position }, _stats, reason) => {
	if (waitMs === undefined) {
		return [];
	}
	const wait =
		waitMs > 0
			? `Waited another ${figure(waitMs)} ms, so that at least ${figure(config.debounceMs)} lie between the key and the question (mote.completion.debounceMs, or more while the machine is very busy).`
			: trigger === "invoked"
				? "There was no wait, since it was asked for."
				: "There was no wait.";
	const ended = position === undefined || (!wasAsked && isGivenUp(reason));
	return [passed(wait), ...(ended ? givenUp(reason) : [])];
};

const syntax: Step = ({ position, pieces }, _stats, reason) => {
	if (position === undefined) {
		return [];
	}
	if (reason === "unsuitablePosition") {
		const setting = position === "comment" ? "inComments" : "inStrings";
		return [stopped(`The cursor stands in a ${position}, and mote.completion.${setting} is off.`)];
	}
	if (reason === "insideLine") {
		return [stopped(`The cursor stands among other words of a ${position}.`)];
	}
	const found =
		position === "unknown"
			? "What the syntax is here isn't known, which counts as code."
			: `The cursor stands in ${position === "code" ? "code" : `a ${position}`}.`;
	const related =
		pieces === undefined || pieces.count === 0
			? "Nothing of other files went along."
			: `${figure(pieces.count)} ${pieces.count === 1 ? "piece" : "pieces"} of other files went along, with ${figure(pieces.tokens)} tokens.`;
	return [passed(found), passed(related)];
};

const engine: Step = ({ config, fault, wasAsked }, stats, reason) => {
	if (reason === "engineUnavailable") {
		return [stopped(`The model could not be asked. ${fault ?? "It isn't loaded."}`)];
	}
	if (!wasAsked) {
		return [];
	}
	if (stats === undefined) {
		return isGivenUp(reason)
			? givenUp(reason)
			: [passed("A server was asked, which tells no figures of its work.")];
	}
	const { promptTokens, reusedTokens, prefilledTokens, isStandIn, queuedMs } = stats;
	const read =
		`The prompt has ${figure(promptTokens)} tokens, of at most ${figure(config.maxPromptTokens)}: ` +
		`${figure(reusedTokens)} were known, ${figure(prefilledTokens)} were read, after ${figure(queuedMs)} ms in the queue.`;
	const standIn =
		"Not all of it had been read yet: the lines around the cursor were answered first.";
	return [
		passed(read),
		...(isStandIn ? [passed(standIn)] : []),
		...(isGivenUp(reason) ? givenUp(reason) : []),
	];
};

const written: Step = (trace, stats, reason) => {
	const { wasAsked, wasJoined, answer, worth } = trace;
	if (!wasAsked && !wasJoined) {
		return [];
	}
	const tokens = stats && `${figure(stats.generatedTokens)} tokens`;
	const first =
		stats?.firstTokenMs === undefined ? "" : `, the first after ${figure(stats.firstTokenMs)} ms`;
	const written =
		tokens === undefined
			? []
			: [passed(`The model wrote ${tokens} in ${figure(stats?.totalMs ?? 0)} ms${first}.`)];
	if (reason === "emptyResult") {
		const nothing =
			stats?.generatedTokens === 0
				? "The model ended at once: to it, nothing is missing here."
				: "That was nothing but white space, or what stands there already.";
		return [...written, stopped(nothing)];
	}
	if (reason !== "notConfident") {
		return written;
	}
	return [...written, stopped(gate(answer, worth, stats))];
};

function gate(
	answer: AnswerFigures | undefined,
	worth: CompletionTrace["worth"],
	stats: GenerateStats | undefined,
): string {
	const { minProbability = 0, minSavedKeys = 0 } = worth ?? {};
	const first = answer?.firstProbability;
	const wanted = `what is shown has to be with ${percent(minProbability)} (mote.completion.minJointProbability; more within a line)`;
	if (first === undefined || first < minProbability) {
		const reached = first ?? stats?.unlikelyProbability;
		return reached === undefined
			? `The model was less sure of its first word than it has to be: ${wanted}.`
			: `What the model would begin with is right with ${percent(reached)}; ${wanted}.`;
	}
	const saved = answer?.mostSavedKeys;
	return saved !== undefined && saved < minSavedKeys
		? `What is likely enough, with ${percent(first)} at its start and ${percent(minProbability)} at least, saves ${figure(saved, 1)} keys on average; it has to be ${figure(minSavedKeys)} or more.`
		: `Everything that is likely enough, with ${percent(first)} at its start and ${percent(minProbability)} at least, ends within a name or leaves something open.`;
}

/** What each filter rejects a text for. */
const filterSentences: Readonly<Record<FilterName, string>> = {
	clean: "Nothing was left of the answer without what can't be seen.",
	repetition: "The answer only repeated itself, or the lines above.",
	nextLineCopy: "The answer only copied the line that comes next.",
	suffixOverlap: "Everything in the answer stands behind the cursor already.",
	trailingWhitespace: "The answer was nothing but white space at an end.",
	existingClosers: "The answer was nothing but brackets that stand there already.",
	restOfLine: "The answer didn't fit in front of what follows on the line.",
	bringsReplaced: "The answer would have taken something of the line away.",
	blank: "Nothing but white space was left of the answer.",
};

const filtered: Step = ({ rejectedBy }, _stats, reason) =>
	reason !== "filteredOut"
		? []
		: [
				stopped(
					rejectedBy === undefined
						? "A filter rejected the answer."
						: `A filter (${rejectedBy}) rejected the answer. ${filterSentences[rejectedBy]}`,
				),
			];

function isGivenUp(reason: NoCompletionReason | undefined): boolean {
	return reason === "cancelled" || reason === "superseded";
}

function givenUp(reason: NoCompletionReason | undefined): readonly SilenceStep[] {
	if (reason === "cancelled") {
		return [stopped("The editor withdrew the request: a key or a move of the cursor came.")];
	}
	return reason === "superseded" ? [stopped("A newer request took its place.")] : [];
}

function figure(value: number, digits = 0): string {
	return value.toLocaleString("en", { maximumFractionDigits: digits });
}

/** Rounded down: what doesn't reach a gate never looks as if it did. */
export function percent(probability: number): string {
	return `${(Math.floor(probability * 1000 + 1e-6) / 10).toLocaleString("en", { maximumFractionDigits: 1 })} %`;
}
