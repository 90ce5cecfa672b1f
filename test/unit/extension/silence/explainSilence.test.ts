import { expect, test } from "vitest";
import type { NoCompletionReason } from "../../../../src/completion/completionProvider.ts";
import {
	explainSilence,
	silenceText,
	type SilenceFacts,
} from "../../../../src/extension/silence/explainSilence.ts";
import {
	LastRequests,
	type RequestRecord,
} from "../../../../src/extension/silence/lastRequests.ts";
import { reasonSentences } from "../../../../src/extension/status.ts";

function declined(reason: NoCompletionReason): RequestRecord {
	return { kind: "declined", reason, languageId: "typescript", isInvoked: false };
}

function after(...records: readonly RequestRecord[]): SilenceFacts["requests"] {
	const requests = new LastRequests();
	records.forEach((record) => requests.note(record));
	return requests.soFar;
}

const usual: SilenceFacts = {
	place: {
		settings: { enable: true, enabledLanguages: { "*": true, plaintext: false } },
		languageId: "typescript",
		snoozedUntil: undefined,
		isOnBattery: false,
		isShownByEditor: true,
	},
	engine: {
		kind: "ready",
		model: { name: "mote-base", backendName: "CPU, 2 threads", because: undefined },
	},
	minJointProbability: 0.83,
	isTrusted: true,
	server: undefined,
	notices: [],
	requests: after(declined("notConfident")),
	nextEdits: [],
};

test.each<[string, Partial<SilenceFacts>, string]>([
	[
		"everything is off",
		{ place: { ...usual.place, settings: { ...usual.place.settings, enable: false } } },
		"Completions are turned off (mote.enable); the menu of the status bar turns them on.",
	],
	[
		"the language is off",
		{ place: { ...usual.place, languageId: "plaintext" } },
		"Completions are turned off in plaintext (mote.enabledLanguages); the menu of the status bar turns them on.",
	],
	[
		"it snoozes",
		{ place: { ...usual.place, snoozedUntil: "14:35" } },
		"Completions are snoozed until 14:35; the menu of the status bar ends that.",
	],
	[
		"the machine runs on its battery",
		{ place: { ...usual.place, isOnBattery: true } },
		"This machine runs on its battery, and completions pause then (mote.pauseOnBattery); the menu of the status bar leads there.",
	],
	[
		"the editor shows none",
		{ place: { ...usual.place, isShownByEditor: false } },
		"The editor shows no completions: its setting editor.inlineSuggest.enabled is off.",
	],
	["the model is loaded", { engine: { kind: "starting" } }, "The model is still being loaded."],
	[
		"the engine failed",
		{ engine: { kind: "failed", message: "The weights are missing; install again." } },
		"The weights are missing; install again.",
	],
	[
		"nothing was asked",
		{ requests: after() },
		"No request has ended without a suggestion yet: type in a file, then ask again.",
	],
	["the last request was not sure", {}, "The model was not sure enough to show anything."],
])("the answer, when %s", (_what, facts, answer) => {
	const explanation = explainSilence({ ...usual, ...facts });
	expect(explanation.answer).toBe(answer);
	// What stands in the way now is what helps; what helped the last request doesn't.
	expect(explanation.remedies.length > 0).toBe(Object.keys(facts).length === 0);
});

test("every reason is answered in its own words, with its last step", () => {
	for (const reason of Object.keys(reasonSentences) as NoCompletionReason[]) {
		const { answer, last } = explainSilence({ ...usual, requests: after(declined(reason)) });
		if (!["disabled", "snoozed", "onBattery"].includes(reason)) {
			expect(answer).toBe(reasonSentences[reason]);
		}
		expect(last.at(-1)).toEqual({ state: "stopped", text: reasonSentences[reason] });
	}
});

test.each(["disabled", "snoozed", "onBattery"] as const)(
	"what was %s elsewhere or earlier isn't said of here and now",
	(reason) => {
		const { answer, remedies } = explainSilence({ ...usual, requests: after(declined(reason)) });
		expect([answer, remedies]).toEqual([
			"Nothing stands in the way here now. The last request that gave nothing was made elsewhere, or before that changed.",
			[],
		]);
	},
);

test("requests that typing withdrew don't hide the last silence", () => {
	const requests = after(declined("filteredOut"), declined("cancelled"), declined("superseded"));
	const { answer, since } = explainSilence({ ...usual, requests });
	expect(answer).toBe(reasonSentences.filteredOut);
	expect(since).toEqual(["2 more requests were withdrawn since, as typing on does."]);
	expect(explainSilence({ ...usual, requests: after(declined("cancelled")) }).answer).toBe(
		reasonSentences.cancelled,
	);
});

test("the document says it in words and in order", () => {
	expect(
		silenceText(explainSilence({ ...usual, isTrusted: false, notices: ["This machine is busy."] })),
	).toMatchInlineSnapshot(`
		"# Why no suggestion?

		The model was not sure enough to show anything.

		## The last request that gave nothing

		1. ✓ A key asked, or the cursor's move, in typescript.
		2. ✗ It stopped here: The model was not sure enough to show anything.

		## What helps

		- “Mote: More or Less Ghost Text…” shows what is less sure; mote.completion.minJointProbability takes any value.

		## What holds at the cursor now

		1. ✓ Completions are on.
		2. ✓ They are on in typescript.
		3. ✓ Nobody snoozes them.
		4. ✓ The editor shows completions.
		5. ✓ Model: mote-base.
		6. ✓ Runs on: CPU, 2 threads.
		7. ✓ How much is shown: Balanced: shown when it is right with 83 %.
		8. ✓ This workspace isn't trusted: no server is asked, and git's history isn't read.
		9. ✓ This machine is busy.
		"
	`);
});

test("what is to be said of next edits stands at the end, on one line each", () => {
	const text = silenceText(explainSilence({ ...usual, nextEdits: ["They are\noff.", "Really."] }));
	expect(text).toMatch(/\n## Next edits\n\n- They are off\.\n- Really\.\n$/);
});
