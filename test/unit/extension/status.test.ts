import { expect, test } from "vitest";
import type { ChoiceReason } from "../../../src/model/modelChoice.ts";
import {
	reasonSentences,
	statusAppearance,
	withModel,
	type Status,
} from "../../../src/extension/status.ts";

test("the width of the item does not change while typing", () => {
	const whileTyping: Status[] = [
		{ kind: "starting" },
		{ kind: "ready" },
		{ kind: "busy" },
		{ kind: "nothing", reason: "notConfident", invoked: false },
	];
	const labels = whileTyping.map((status) =>
		statusAppearance(status).text.replace(/^\$\([^)]+\) /, ""),
	);
	expect(labels).toEqual(["Mote", "Mote", "Mote", "Mote"]);
});

test("whoever asks for a completion reads why there is none", () => {
	expect(statusAppearance({ kind: "nothing", reason: "notConfident", invoked: true })).toEqual({
		text: "$(sparkle) Mote: not sure",
		tooltip: "The model was not sure enough to show anything.",
		isError: false,
	});
});

test("a long prompt says how far it is read", () => {
	const progress = { readTokens: 43_210, promptTokens: 131_072 };
	expect(statusAppearance({ kind: "reading", progress })).toEqual({
		text: "$(loading~spin) Mote: reading 43K of 131K",
		tooltip: "Reading the prompt: 43K of 131K tokens.",
		isError: false,
	});
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
	]).toEqual(["Completions are turned off.", "Completions are turned off in markdown."]);
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
