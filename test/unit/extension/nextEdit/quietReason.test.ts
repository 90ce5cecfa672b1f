import { expect, test } from "vitest";
import {
	otherProviderOf,
	quietReason,
	quietSentences,
	type QuietFacts,
	type QuietReason,
} from "../../../../src/extension/nextEdit/quietReason.ts";

const document: NonNullable<QuietFacts["document"]> = {
	isLanguageOn: true,
	isInPlainEditor: true,
	isWritable: true,
	isSecret: false,
	lines: 2000,
	units: 80_000,
	cursors: 1,
};
const usual: QuietFacts = {
	isOn: true,
	isMoteOn: true,
	isSnoozed: false,
	document,
	otherProvider: undefined,
};

test.each<[QuietReason | undefined, Partial<QuietFacts>]>([
	[undefined, {}],
	["off", { isOn: false, isSnoozed: true }],
	["moteOff", { isMoteOn: false }],
	["snoozed", { isSnoozed: true }],
	["noEditor", { document: undefined }],
	["languageOff", { document: { ...document, isLanguageOn: false } }],
	["notPlainEditor", { document: { ...document, isInPlainEditor: false } }],
	["notWritable", { document: { ...document, isWritable: false } }],
	["secret", { document: { ...document, isSecret: true } }],
	["tooLarge", { document: { ...document, lines: 20_001 } }],
	["tooLarge", { document: { ...document, units: 5_000_000 } }],
	["severalCursors", { document: { ...document, cursors: 2 } }],
	["otherProvider", { otherProvider: "GitHub.copilot-chat" }],
])("quiet because of %s", (reason, facts) => {
	expect(quietReason({ ...usual, ...facts })).toBe(reason);
});

test("every reason is a sentence", () => {
	for (const sentence of Object.values(quietSentences)) {
		expect(sentence).toMatch(/^[A-Z].*\.$/);
	}
});

test("another extension counts where it is active and its setting is on, and only then", () => {
	const key = "github.copilot.nextEditSuggestions.enabled";
	const provider = (isActive: boolean, value: unknown) =>
		otherProviderOf(
			(extension) => isActive && extension === "GitHub.copilot-chat",
			(asked) => (asked === key ? value : undefined),
		);
	expect(provider(true, true)).toBe("GitHub.copilot-chat");
	expect(provider(false, true)).toBeUndefined();
	expect(provider(true, false)).toBeUndefined();
	expect(provider(true, undefined)).toBeUndefined();
});
