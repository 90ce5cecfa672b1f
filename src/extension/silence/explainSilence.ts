import { silenceSteps, type SilenceStep } from "../../completion/silenceSteps.ts";
import type { NoCompletionReason } from "../../completion/completionProvider.ts";
import type { EngineStatus } from "../chosenModel.ts";
import { amountText } from "../amounts.ts";
import { reasonSentences, whatRuns, type ShowingPlace } from "../status.ts";
import { isEnabledFor } from "../settings.ts";
import { reasonOf, type RequestRecord, type RequestsSoFar } from "./lastRequests.ts";

/** What is known when somebody asks why there is no suggestion. */
export interface SilenceFacts {
	/** Where the person may type now. */
	readonly place: ShowingPlace;
	readonly engine: EngineStatus;
	/** How sure the model has to be: the setting. */
	readonly minJointProbability: number;
	readonly isTrusted: boolean;
	/** Whole sentences about the server that the user has chosen. */
	readonly server: string | undefined;
	/** Whole sentences about what else changes suggestions: a busy machine, other extensions. */
	readonly notices: readonly string[];
	readonly requests: RequestsSoFar;
	/** Whole sentences about next edits. */
	readonly nextEdits: readonly string[];
}

export interface Explanation {
	/** The answer in a sentence. */
	readonly answer: string;
	/** What holds at the cursor now. */
	readonly now: readonly SilenceStep[];
	/** The way of the last request that gave nothing; empty before the first. */
	readonly last: readonly SilenceStep[];
	/** What was noticed since. */
	readonly since: readonly string[];
	/** What a person can do about it. */
	readonly remedies: readonly string[];
	/** What was found of next edits, and why something is shown of it or not. */
	readonly nextEdits: readonly string[];
}

/** Why there is no suggestion: what stands in the way now, or else what stopped the last request. */
export function explainSilence(facts: SilenceFacts): Explanation {
	const now = stepsNow(facts);
	const { silence, withdrawn, isAnsweredSince } = facts.requests;
	const inTheWay = now.find(({ state }) => state === "stopped");
	const reason = silence && reasonOf(silence);
	const answer =
		inTheWay?.text ??
		(reason === undefined
			? "No request has ended without a suggestion yet: type in a file, then ask again."
			: isSeenInNow(reason)
				? "Nothing stands in the way here now. The last request that gave nothing was made elsewhere, or before that changed."
				: reasonSentences[reason]);
	return {
		answer,
		now,
		last: silence === undefined ? [] : stepsOf(silence),
		since: [
			...(withdrawn === 0
				? []
				: [
						withdrawn === 1
							? "One more request was withdrawn since, as typing on does."
							: `${withdrawn} more requests were withdrawn since, as typing on does.`,
					]),
			...(isAnsweredSince
				? [
						"A later request was answered with a suggestion. Where none can be seen, another extension's may be shown in its place, or the editor hides it: it does so while its list of suggestions is open at something else, and while the fields of a snippet are filled in (editor.inlineSuggest.suppressInSnippetMode).",
					]
				: []),
		],
		remedies:
			inTheWay === undefined && reason !== undefined && !isSeenInNow(reason)
				? remedies[reason]
				: [],
		nextEdits: facts.nextEdits,
	};
}

/** Whether the steps of now show a reason where it still holds: of the last request alone nobody knows. */
export function isSeenInNow(reason: NoCompletionReason): boolean {
	return reason === "disabled" || reason === "snoozed" || reason === "onBattery";
}

function stepsNow(facts: SilenceFacts): readonly SilenceStep[] {
	const { place, engine, minJointProbability, isTrusted, server, notices } = facts;
	const { settings, languageId, isShownByEditor, snoozedUntil, isOnBattery } = place;
	const step = (isFine: boolean, fine: string, otherwise: string): SilenceStep => ({
		state: isFine ? "passed" : "stopped",
		text: isFine ? fine : otherwise,
	});
	const passed = (text: string): SilenceStep => ({ state: "passed", text });
	return [
		step(
			settings.enable,
			"Completions are on.",
			"Completions are turned off (mote.enable); the menu of the status bar turns them on.",
		),
		languageId === undefined
			? passed("No file is open that one could type in.")
			: step(
					isEnabledFor({ ...settings, enable: true }, languageId),
					`They are on in ${languageId}.`,
					`Completions are turned off in ${languageId} (mote.enabledLanguages); the menu of the status bar turns them on.`,
				),
		step(
			snoozedUntil === undefined,
			"Nobody snoozes them.",
			`Completions are snoozed until ${snoozedUntil ?? ""}; the menu of the status bar ends that.`,
		),
		...(isOnBattery
			? [
					{
						state: "stopped" as const,
						text: "This machine runs on its battery, and completions pause then (mote.pauseOnBattery); the menu of the status bar leads there.",
					},
				]
			: []),
		step(
			isShownByEditor,
			"The editor shows completions.",
			"The editor shows no completions: its setting editor.inlineSuggest.enabled is off.",
		),
		...engineSteps(engine),
		passed(`How much is shown: ${amountText(minJointProbability)}.`),
		...(isTrusted
			? []
			: [
					passed("This workspace isn't trusted: no server is asked, and git's history isn't read."),
				]),
		...(server === undefined ? [] : [passed(server)]),
		...notices.map(passed),
	];
}

function engineSteps(engine: EngineStatus): readonly SilenceStep[] {
	switch (engine.kind) {
		case "starting":
			return [{ state: "stopped", text: "The model is still being loaded." }];
		case "resting":
			return [
				{
					state: "passed",
					text: "The model has given its memory back, since nobody was here; the next key loads it, and waits for that.",
				},
			];
		case "failed":
			return [{ state: "stopped", text: engine.message }];
		case "ready": {
			const { name, runsOn, because } = whatRuns(engine.model);
			return [name, runsOn, ...(because === undefined ? [] : [because])].map((text) => ({
				state: "passed",
				text: /[.!?]$/.test(text) ? text : `${text}.`,
			}));
		}
	}
}

/** The way of a request, up to where it ended. */
export function stepsOf(record: RequestRecord): readonly SilenceStep[] {
	if (record.kind === "finished") {
		return silenceSteps(record.outcome, record.trace, record.stats);
	}
	const { reason, languageId, isInvoked } = record;
	return [
		{
			state: "passed",
			text: `${isInvoked ? "A command asked" : "A key asked, or the cursor's move"}, in ${languageId}.`,
		},
		{ state: "stopped", text: reasonSentences[reason] },
	];
}

const menuRemedy = "The menu of the status bar turns completions on there.";
const askRemedy = "“Mote: Complete Here” asks all the same.";
const amountRemedy =
	"“Mote: More or Less Ghost Text…” shows what is less sure; mote.completion.minJointProbability takes any value.";

/** What helps against each silence, if anything does. */
const remedies: Readonly<Record<NoCompletionReason, readonly string[]>> = {
	disabled: [menuRemedy],
	snoozed: ["“Mote: End the Snooze”.", askRemedy],
	onBattery: ["mote.pauseOnBattery turns that off.", askRemedy],
	unsuitablePosition: [
		"mote.completion.inComments and mote.completion.inStrings turn completions on there.",
		askRemedy,
	],
	insideWord: ["Go to the end of the word."],
	insideLine: [
		"Within a line, suggestions stand in front of closers, separators and operators.",
		askRemedy,
	],
	lineTooLong: ["Break the line.", askRemedy],
	unsuitableDocument: [],
	cancelled: ["Rest for a moment: an answer is shown when it comes before the next key."],
	superseded: ["Rest for a moment: an answer is shown when it comes before the next key."],
	notConfident: [amountRemedy],
	emptyResult: ["Begin what you want to write: a word is often enough."],
	filteredOut: [],
	engineUnavailable: [
		"“Mote: Show Log” has the cause.",
		"“Mote: Restart Engine” loads the model again.",
	],
};

const marks: Readonly<Record<SilenceStep["state"], string>> = { passed: "✓", stopped: "✗" };

/** The explanation as a document. Marks and words both tell where it stopped. */
export function silenceText({
	answer,
	now,
	last,
	since,
	remedies: helps,
	nextEdits,
}: Explanation): string {
	const points = (texts: readonly string[]): string[] => texts.map((text) => `- ${oneLine(text)}`);
	const lines = (steps: readonly SilenceStep[]): string[] =>
		steps.map(
			({ state, text }, at) =>
				`${at + 1}. ${marks[state]} ${state === "stopped" ? "It stopped here: " : ""}${oneLine(text)}`,
		);
	const section = (title: string, content: readonly string[]): string[] =>
		content.length === 0 ? [] : ["", `## ${title}`, "", ...content];
	return [
		"# Why no suggestion?",
		"",
		oneLine(answer),
		...section("The last request that gave nothing", lines(last)),
		...section("Since then", points(since)),
		...section("What helps", points(helps)),
		...section("What holds at the cursor now", lines(now)),
		...section("Next edits", points(nextEdits)),
		"",
	].join("\n");
}

function oneLine(text: string): string {
	return text.replaceAll(/\s+/g, " ");
}
