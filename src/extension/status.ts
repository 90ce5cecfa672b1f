import type { NoCompletionReason } from "../completion/completionProvider.ts";
import type { PrefillProgress } from "../engine/engine.ts";
import type { ChoiceReason } from "../model/modelChoice.ts";
import type { ServerNotice } from "./servers/serverNotice.ts";
import { isEnabledFor, type Settings } from "./settings.ts";

/** What the extension is doing, as far as a user may want to know. */
export type Status =
	/** The engine is loading the model; nothing can be completed yet. */
	| { readonly kind: "starting" }
	/** Nobody was there for a while, and the model has given its memory back: it is loaded when somebody comes. */
	| { readonly kind: "resting" }
	/** Somebody has asked the chat, whose own model is being loaded. */
	| { readonly kind: "loadingForChat"; readonly modelName: string }
	/** The user turned completions off, everywhere or in the language of the active editor. */
	| { readonly kind: "off"; readonly languageId: string | undefined }
	/** The user wants quiet for some minutes, up to this time of day. */
	| { readonly kind: "snoozed"; readonly until: string }
	/** The machine runs on its battery, and the user wants quiet then. */
	| { readonly kind: "onBattery" }
	/** The user told the editor to show nobody's completions. */
	| { readonly kind: "offInEditor" }
	/** Loaded, and the last request (if any) gave a completion. */
	| { readonly kind: "ready" }
	/** A request is running. */
	| { readonly kind: "busy" }
	/** A prompt that takes long is being read. */
	| { readonly kind: "reading"; readonly progress: PrefillProgress }
	/** The last request gave nothing. */
	| {
			readonly kind: "nothing";
			readonly reason: NoCompletionReason;
			/** True when the user asked for it, and so deserves to read the reason without hovering. */
			readonly invoked: boolean;
	  }
	/** Completions don't work until the user does what `message` says. */
	| { readonly kind: "failed"; readonly message: string };

/** Why nothing is shown, whatever the model does. */
export type OffStatus = Extract<Status, { kind: "off" | "snoozed" | "onBattery" | "offInEditor" }>;

/** How a status looks in the status bar. */
export interface StatusAppearance {
	/** In the editor's label syntax, `$(icon)` included. As wide as any other, so that nothing jumps while one types. */
	readonly text: string;
	readonly tooltip: string;
	readonly isError: boolean;
	/** What somebody who waits is told without hovering, at another place of the status bar. */
	readonly announcement?: string;
}

/** What decides whether completions are shown at a place. */
export interface ShowingPlace {
	readonly settings: Pick<Settings, "enable" | "enabledLanguages">;
	/** Of the document that one may type in; undefined where there is none. */
	readonly languageId: string | undefined;
	/** A time of day; undefined while nobody snoozes. */
	readonly snoozedUntil: string | undefined;
	/** Whether completions rest because the machine runs on its battery. */
	readonly isOnBattery: boolean;
	/** Whether the editor shows anybody's completions there. */
	readonly isShownByEditor: boolean;
}

/** Why no completion is shown at a place, whatever the model does; undefined where one may be. */
export function offAt({
	settings,
	languageId,
	snoozedUntil,
	isOnBattery,
	isShownByEditor,
}: ShowingPlace): OffStatus | undefined {
	if (!settings.enable) {
		return { kind: "off", languageId: undefined };
	}
	if (languageId !== undefined && !isEnabledFor(settings, languageId)) {
		return { kind: "off", languageId };
	}
	if (snoozedUntil !== undefined) {
		return { kind: "snoozed", until: snoozedUntil };
	}
	if (isOnBattery) {
		return { kind: "onBattery" };
	}
	return isShownByEditor ? undefined : { kind: "offInEditor" };
}

/** With what is to be said of a server: an icon that stays while one types, and sentences. */
export function withServer(
	appearance: StatusAppearance,
	notice: ServerNotice | undefined,
): StatusAppearance {
	return notice === undefined
		? appearance
		: {
				...appearance,
				text: `${appearance.text} ${notice.icon}`,
				tooltip: `${appearance.tooltip} ${notice.text}`,
			};
}

/**
 * With what is to be said of the suggestion that is shown: whose text it repeats. Another icon of the same width, so that nothing jumps.
 */
export function withCopied(
	appearance: StatusAppearance,
	{ kind }: Status,
	notice: string | undefined,
): StatusAppearance {
	return notice === undefined || kind !== "ready"
		? appearance
		: { ...appearance, text: "$(law) Mote", tooltip: notice };
}

/** With what next edits there are in other files: a line of the tooltip, so that nothing moves while one types. */
export function withNextEdits(
	appearance: StatusAppearance,
	notice: string | undefined,
): StatusAppearance {
	return notice === undefined
		? appearance
		: { ...appearance, tooltip: `${appearance.tooltip}\n${notice}` };
}

/** The model of this machine that completes. */
export interface ModelInUse {
	readonly name: string;
	/** What runs it, and why that, in one line. */
	readonly backendName: string;
	/** Why this model and no other; undefined where it is what the user asks for first. */
	readonly because: ChoiceReason | undefined;
}

/** The same for people, a line each. */
export function whatRuns({ name, backendName, because }: ModelInUse): {
	readonly name: string;
	readonly runsOn: string;
	readonly because: string | undefined;
} {
	return {
		name: `Model: ${name}`,
		runsOn: `Runs on: ${backendName}`,
		because: because?.sentence,
	};
}

/**
 * With the model, where one is loaded: lines of the tooltip, and an icon that stays where another model has taken over
 * until somebody mends a fault.
 */
export function withModel(
	appearance: StatusAppearance,
	model: ModelInUse | undefined,
): StatusAppearance {
	if (model === undefined) {
		return appearance;
	}
	const { name, runsOn, because } = whatRuns(model);
	const lines = [appearance.tooltip, ...(because === undefined ? [] : [because]), name, runsOn];
	return {
		...appearance,
		text: model.because?.kind === "fault" ? `${appearance.text} $(warning)` : appearance.text,
		tooltip: lines.join("\n"),
	};
}

/** One sentence for every reason, for the tooltip. */
export const reasonSentences: Readonly<Record<NoCompletionReason, string>> = {
	disabled: "Completions are turned off in this language.",
	snoozed: "Completions are snoozed.",
	onBattery: "Completions pause while this machine runs on its battery.",
	unsuitablePosition: "This is not a place to complete.",
	insideWord: "The cursor stands in a word.",
	insideLine: "What follows on the line needs nothing in front of it.",
	lineTooLong: "The line is too long to put something into it.",
	unsuitableDocument: "This document is too large to complete, or is not text.",
	cancelled: "The editor withdrew the request.",
	superseded: "A newer request took its place.",
	notConfident: "The model was not sure enough to show anything.",
	emptyResult: "The model had nothing to add.",
	filteredOut: "The model only repeated what is there.",
	engineUnavailable: "The engine is not available; the log says why.",
};

/** The same in a word or three, for whoever asked. */
const reasonLabels: Readonly<Record<NoCompletionReason, string>> = {
	disabled: "off",
	snoozed: "snoozed",
	onBattery: "on battery",
	unsuitablePosition: "not here",
	insideWord: "inside a word",
	insideLine: "not here",
	lineTooLong: "line too long",
	unsuitableDocument: "document too large",
	cancelled: "cancelled",
	superseded: "superseded",
	notConfident: "not sure",
	emptyResult: "nothing to add",
	filteredOut: "nothing new",
	engineUnavailable: "engine not available",
};

/**
 * The width stays the same whatever happens, so that the status bar does not jump while one types: reasons go into the
 * tooltip, and what somebody waits for is announced.
 */
export function statusAppearance(status: Status): StatusAppearance {
	switch (status.kind) {
		case "starting":
			return { text: "$(loading~spin) Mote", tooltip: "Loading the model.", isError: false };
		case "resting":
			return {
				text: "$(sparkle) Mote",
				tooltip:
					"The model has given its memory back, since nobody was here; it is loaded when you move the cursor or type (mote.completion.unloadAfterMinutes).",
				isError: false,
			};
		case "loadingForChat":
			return {
				text: "$(loading~spin) Mote",
				tooltip: `Loading ${status.modelName} to answer in the chat.`,
				isError: false,
				// Without the model's name, which its makers choose and a label would draw icons of.
				announcement: "$(loading~spin) Mote: loading the chat's model",
			};
		case "off": {
			const place = status.languageId === undefined ? "" : ` in ${status.languageId}`;
			return {
				text: "$(circle-slash) Mote",
				tooltip: `Completions are turned off${place}.`,
				isError: false,
			};
		}
		case "snoozed":
			return {
				text: "$(bell-slash) Mote",
				tooltip: `Completions are snoozed until ${status.until}.`,
				isError: false,
			};
		case "onBattery":
			return {
				text: "$(bell-slash) Mote",
				tooltip:
					"Completions pause while this machine runs on its battery (mote.pauseOnBattery); “Mote: Complete Here” asks all the same.",
				isError: false,
			};
		case "offInEditor":
			return {
				text: "$(circle-slash) Mote",
				tooltip:
					"The editor shows no completions: its setting editor.inlineSuggest.enabled is off.",
				isError: false,
			};
		case "ready":
			return { text: "$(sparkle) Mote", tooltip: "Ready.", isError: false };
		case "busy":
			return { text: "$(loading~spin) Mote", tooltip: "Completing.", isError: false };
		case "reading": {
			const { readTokens, promptTokens } = status.progress;
			const place = `${rounded(readTokens)} of ${rounded(promptTokens)}`;
			return {
				text: "$(loading~spin) Mote",
				tooltip: `Reading the prompt: ${place} tokens.`,
				isError: false,
				announcement: `$(loading~spin) Mote: reading ${place} tokens`,
			};
		}
		case "nothing": {
			const { reason, invoked } = status;
			return {
				text: "$(sparkle) Mote",
				tooltip: reasonSentences[reason],
				isError: false,
				...(invoked && { announcement: `Mote: ${reasonLabels[reason]}` }),
			};
		}
		case "failed":
			return { text: "$(error) Mote", tooltip: status.message, isError: true };
	}
}

/** `43K`: nobody counts single tokens. */
function rounded(tokens: number): string {
	return tokens < 1000 ? `${tokens}` : `${Math.round(tokens / 1000)}K`;
}
