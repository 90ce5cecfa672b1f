/** Why no next edit is looked for. */
export type QuietReason =
	| "off"
	| "moteOff"
	| "languageOff"
	| "snoozed"
	| "noEditor"
	| "notPlainEditor"
	| "notWritable"
	| "secret"
	| "tooLarge"
	| "severalCursors"
	| "otherProvider"
	| "searchFailed";

export const quietSentences: Readonly<Record<QuietReason, string>> = {
	off: "Next edits are off (mote.nextEdit.enable).",
	moteOff: "Mote is turned off (mote.enable).",
	languageOff: "Mote is turned off in this language (mote.enabledLanguages).",
	snoozed: "Suggestions are snoozed.",
	noEditor: "No file is open that one could type in.",
	notPlainEditor: "They are not shown in diffs, notebooks and other editors than those of text.",
	notWritable: "This document can't be saved where it comes from.",
	secret: "This document's name says that it may hold credentials.",
	tooLarge: "This document is too large.",
	severalCursors: "There are several cursors.",
	otherProvider: "Another extension shows next edits, and its setting for them is on.",
	searchFailed: "The search has failed too often; the log says why.",
};

/** What is known of the place where somebody may type. */
export interface QuietFacts {
	readonly isOn: boolean;
	readonly isMoteOn: boolean;
	readonly isSnoozed: boolean;
	readonly document:
		| {
				readonly isLanguageOn: boolean;
				/** In an ordinary editor of text, not a diff's, a notebook's or a peek's. */
				readonly isInPlainEditor: boolean;
				readonly isWritable: boolean;
				readonly isSecret: boolean;
				readonly lines: number;
				/** UTF-16, without line breaks. */
				readonly units: number;
				readonly cursors: number;
		  }
		| undefined;
	/** Of other extensions, the first that shows next edits. */
	readonly otherProvider: string | undefined;
}

/** Larger ones are data, or were made by tools: nobody goes through them edit by edit. In lines and UTF-16 units. */
export const maxFollowedLines = 20_000;
export const maxFollowedUnits = 1_000_000;

/** Why nothing is shown at a place, what a person chose first; undefined where something may be. */
export function quietReason({
	isOn,
	isMoteOn,
	isSnoozed,
	document,
	otherProvider,
}: QuietFacts): QuietReason | undefined {
	if (!isOn) {
		return "off";
	}
	if (!isMoteOn) {
		return "moteOff";
	}
	if (isSnoozed) {
		return "snoozed";
	}
	if (document === undefined) {
		return "noEditor";
	}
	const { isLanguageOn, isInPlainEditor, isWritable, isSecret, lines, units, cursors } = document;
	if (!isLanguageOn) {
		return "languageOff";
	}
	if (!isInPlainEditor) {
		return "notPlainEditor";
	}
	if (!isWritable) {
		return "notWritable";
	}
	if (isSecret) {
		return "secret";
	}
	if (lines > maxFollowedLines || units > maxFollowedUnits) {
		return "tooLarge";
	}
	if (cursors > 1) {
		return "severalCursors";
	}
	return otherProvider === undefined ? undefined : "otherProvider";
}

/** Extensions that show next edits of their own, and the settings that say whether they do. */
const otherProviders = [
	{ extension: "GitHub.copilot-chat", setting: "github.copilot.nextEditSuggestions.enabled" },
	{ extension: "GitHub.copilot", setting: "github.copilot.nextEditSuggestions.enabled" },
	{ extension: "Continue.continue", setting: "continue.enableNextEdit" },
	{ extension: "augment.vscode-augment", setting: "augment.nextEdit.enableBackgroundSuggestions" },
] as const;

/**
 * The extension that shows next edits beside Mote. The editor's stable interface doesn't tell who provides them: those that are known
 * count where they are active and their setting is on; of all others the editor says when one is visible, and their Tab goes first then.
 */
export function otherProviderOf(
	isActive: (extension: string) => boolean,
	settingOf: (key: string) => unknown,
): string | undefined {
	return otherProviders.find(
		({ extension, setting }) => settingOf(setting) === true && isActive(extension),
	)?.extension;
}
