import { expect, test } from "vitest";
import type { NoCompletionReason } from "../../../src/completion/completionProvider.ts";
import type { ChoiceReason } from "../../../src/model/modelChoice.ts";
import {
	offAt,
	reasonSentences,
	statusAppearance,
	withCopied,
	withModel,
	withNextEdits,
	type Status,
} from "../../../src/extension/status.ts";

const progress = { readTokens: 43_210, promptTokens: 131_072 };

test("the item is as wide whatever happens", () => {
	const reasons = Object.keys(reasonSentences) as NoCompletionReason[];
	const statuses: Status[] = [
		{ kind: "starting" },
		{ kind: "resting" },
		{ kind: "loadingForChat", modelName: "Qwen3-Coder-30B-A3B" },
		{ kind: "ready" },
		{ kind: "busy" },
		{ kind: "reading", progress },
		{ kind: "off", languageId: "markdown" },
		{ kind: "snoozed", until: "14:35" },
		{ kind: "onBattery" },
		{ kind: "offInEditor" },
		{ kind: "failed", message: "It is broken; mend it." },
		...reasons.flatMap((reason) =>
			[true, false].map((invoked) => ({ kind: "nothing", reason, invoked }) as const),
		),
	];
	for (const status of statuses) {
		expect(statusAppearance(status).text).toMatch(/^\$\([a-z-]+(~spin)?\) Mote$/);
	}
});

test("whoever asks for a completion reads why there is none", () => {
	expect(statusAppearance({ kind: "nothing", reason: "notConfident", invoked: true })).toEqual({
		text: "$(sparkle) Mote",
		tooltip: "The model was not sure enough to show anything.",
		isError: false,
		announcement: "Mote: not sure",
	});
});

test("whoever types is told nothing", () => {
	const { announcement } = statusAppearance({
		kind: "nothing",
		reason: "notConfident",
		invoked: false,
	});
	expect(announcement).toBeUndefined();
});

test("a long prompt says how far it is read", () => {
	expect(statusAppearance({ kind: "reading", progress })).toEqual({
		text: "$(loading~spin) Mote",
		tooltip: "Reading the prompt: 43K of 131K tokens.",
		isError: false,
		announcement: "$(loading~spin) Mote: reading 43K of 131K tokens",
	});
});

test("whoever asks the chat while its model is loaded is told what they wait for", () => {
	expect(statusAppearance({ kind: "loadingForChat", modelName: "$(x) model" })).toEqual({
		text: "$(loading~spin) Mote",
		tooltip: "Loading $(x) model to answer in the chat.",
		isError: false,
		announcement: "$(loading~spin) Mote: loading the chat's model",
	});
});

const place = {
	settings: { enable: true, enabledLanguages: { "*": true, plaintext: false } },
	languageId: "typescript",
	snoozedUntil: undefined,
	isOnBattery: false,
	isShownByEditor: true,
};

test.each([
	["nothing is off", place, undefined],
	[
		"all is off",
		{ ...place, settings: { ...place.settings, enable: false }, isShownByEditor: false },
		{ kind: "off", languageId: undefined },
	],
	[
		"the language is off",
		{ ...place, languageId: "plaintext" },
		{ kind: "off", languageId: "plaintext" },
	],
	[
		"somebody wants quiet",
		{ ...place, snoozedUntil: "14:35", isShownByEditor: false },
		{ kind: "snoozed", until: "14:35" },
	],
	[
		"the machine runs on its battery",
		{ ...place, isOnBattery: true, isShownByEditor: false },
		{ kind: "onBattery" },
	],
	[
		"somebody wants quiet, on battery",
		{ ...place, isOnBattery: true, snoozedUntil: "14:35" },
		{ kind: "snoozed", until: "14:35" },
	],
	["the editor shows none", { ...place, isShownByEditor: false }, { kind: "offInEditor" }],
	["there is no document", { ...place, languageId: undefined }, undefined],
])("where completions are off: %s", (_what, given, expected) => {
	expect(offAt(given)).toEqual(expected);
});

test("a fault is shown as an error, in its own words", () => {
	const message = "The model file /m/weights.bin is missing; install the model again.";
	expect(statusAppearance({ kind: "failed", message })).toEqual({
		text: "$(error) Mote",
		tooltip: message,
		isError: true,
	});
});

test("what is turned off says where", () => {
	expect([
		statusAppearance({ kind: "off", languageId: undefined }).tooltip,
		statusAppearance({ kind: "off", languageId: "markdown" }).tooltip,
		statusAppearance({ kind: "snoozed", until: "14:35" }).tooltip,
		statusAppearance({ kind: "offInEditor" }).tooltip,
	]).toEqual([
		"Completions are turned off.",
		"Completions are turned off in markdown.",
		"Completions are snoozed until 14:35.",
		"The editor shows no completions: its setting editor.inlineSuggest.enabled is off.",
	]);
});

test("every reason is one sentence", () => {
	for (const sentence of Object.values(reasonSentences)) {
		expect(sentence).toMatch(/^[A-Z][^.]*\.$/);
	}
});

const backendName =
	"ONNX Runtime, CPU, 2 threads — without Mote's addon, because this build of Mote has none";

test("the model and what runs it are lines below whatever else is said", () => {
	const ready = statusAppearance({ kind: "ready" });
	expect(withModel(ready, { name: "mote-base", backendName, because: undefined })).toEqual({
		...ready,
		tooltip: `Ready.\nModel: mote-base\nRuns on: ${backendName}`,
	});
	expect(withModel(ready, undefined)).toEqual(ready);
});

test("why another model runs stands before it, with an icon where somebody has to mend something", () => {
	const ready = statusAppearance({ kind: "ready" });
	const textAndTooltip = (kind: ChoiceReason["kind"]): readonly string[] => {
		const because = { kind, sentence: "It is so." };
		const { text, tooltip } = withModel(ready, { name: "mote-nano", backendName, because });
		return [text, tooltip];
	};
	const tooltip = `Ready.\nIt is so.\nModel: mote-nano\nRuns on: ${backendName}`;
	expect(textAndTooltip("shortOfMemory")).toEqual(["$(sparkle) Mote", tooltip]);
	expect(textAndTooltip("tooSlow")).toEqual(["$(sparkle) Mote", tooltip]);
	expect(textAndTooltip("fault")).toEqual(["$(sparkle) Mote $(warning)", tooltip]);
});

test("a suggestion that repeats somebody's text is marked by an icon, as wide as any other", () => {
	const [ready, busy]: [Status, Status] = [{ kind: "ready" }, { kind: "busy" }];
	const notice = "This suggestion repeats text of a 1.0 (MIT), which mote-base was trained on.";
	const marked = withCopied(statusAppearance(ready), ready, notice);
	expect(marked).toEqual({ text: "$(law) Mote", tooltip: notice, isError: false });
	expect(withCopied(statusAppearance(busy), busy, notice)).toEqual(statusAppearance(busy));
	expect(withCopied(statusAppearance(ready), ready, undefined)).toEqual(statusAppearance(ready));
});

test("next edits in other files are a line of the tooltip, and move nothing", () => {
	const ready = statusAppearance({ kind: "ready" });
	const notice = "Next edits: 3 in 2 other files";
	expect(withNextEdits(ready, notice)).toEqual({
		...ready,
		tooltip: `${ready.tooltip}\n${notice}`,
	});
	expect(withNextEdits(ready, undefined)).toEqual(ready);
});
