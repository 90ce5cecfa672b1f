import { expect, test } from "vitest";
import {
	reasonSentences,
	statusAppearance,
	withBackend,
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

test("what runs the model, and why that, is a line below whatever else is said", () => {
	const ready = statusAppearance({ kind: "ready" });
	const name =
		"ONNX Runtime, CPU, 2 threads — without Mote's addon, because this build of Mote has none";
	expect(withBackend(ready, name)).toEqual({
		...ready,
		tooltip: `Ready.\nRuns on: ${name}`,
	});
	expect(withBackend(ready, undefined)).toEqual(ready);
});
