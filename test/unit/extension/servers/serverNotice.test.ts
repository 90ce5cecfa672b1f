import { expect, test } from "vitest";
import { serverNotice, type ServerState } from "../../../../src/extension/servers/serverNotice.ts";
import { statusAppearance, withServer } from "../../../../src/extension/status.ts";

const server: ServerState["server"] = {
	address: "https://gpu.example/v1",
	origin: "https://gpu.example",
	isLoopback: false,
	model: "coder",
	kind: "vllm",
	useForChat: true,
	useForCompletions: false,
};

const ready: ServerState = {
	server,
	health: { kind: "ready", since: 0, sentence: "https://gpu.example answers." },
	answeredBy: undefined,
	hasStandIn: { chat: true, completions: true },
};

test("without a server nothing is said", () => {
	expect(serverNotice(undefined)).toBeUndefined();
	expect(serverNotice({ ...ready, server: { ...server, useForChat: false } })).toBeUndefined();
});

test("a server in use is named with what goes there", () => {
	expect(serverNotice(ready)).toEqual({
		icon: "$(cloud)",
		text: "Sent to https://gpu.example: conversations.",
	});
	expect(serverNotice({ ...ready, server: { ...server, useForCompletions: true } })?.text).toBe(
		"Sent to https://gpu.example: code around the cursor, for completions; conversations.",
	);
});

test("a server on this machine is told from one elsewhere", () => {
	expect(serverNotice({ ...ready, server: { ...server, isLoopback: true } })).toEqual({
		icon: "$(server)",
		text: "Sent to https://gpu.example, on this machine: conversations.",
	});
});

test("a server that is down is said to be, with who has taken over", () => {
	const down = {
		kind: "down",
		since: 0,
		sentence: "https://gpu.example can't be reached.",
	} as const;
	expect(serverNotice({ ...ready, health: down })).toEqual({
		icon: "$(debug-disconnect)",
		text: "https://gpu.example can't be reached. The model on this machine has taken over: conversations.",
	});
	const alone = { chat: false, completions: true };
	expect(serverNotice({ ...ready, health: down, hasStandIn: alone })?.text).toBe(
		"https://gpu.example can't be reached.",
	);
});

test("a server that loads its model is said to, with who completes until then", () => {
	const sentence = "https://gpu.example loads its model.";
	const loading: ServerState = { ...ready, health: { kind: "loading", since: 0, sentence } };
	expect(serverNotice(loading)).toEqual({
		icon: "$(cloud)",
		text: `Sent to https://gpu.example: conversations. ${sentence}`,
	});
	const completing = { ...loading, server: { ...server, useForCompletions: true } };
	expect(serverNotice(completing)?.text).toContain(
		`${sentence} Completions come from the model on this machine until then.`,
	);
});

test("an answer of this machine instead of the server's is said to be one", () => {
	expect(serverNotice({ ...ready, answeredBy: "local" })?.text).toBe(
		"https://gpu.example could not answer the last question. The model on this machine has taken over: conversations.",
	);
});

test("the status bar shows a server beside whatever else it shows", () => {
	const appearance = statusAppearance({ kind: "ready" });
	expect(withServer(appearance, undefined)).toEqual(appearance);
	expect(withServer(appearance, serverNotice(ready))).toEqual({
		text: "$(sparkle) Mote $(cloud)",
		tooltip: "Ready. Sent to https://gpu.example: conversations.",
		isError: false,
	});
});
