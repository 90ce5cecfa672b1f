import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
	bytesOf,
	emptyConversation,
	shrinkTo,
	titleOf,
	turnsOf,
	withTurns,
	type Conversation,
	type Turn,
} from "../../../../src/chat/conversations/conversation.ts";
import { ConversationStore } from "../../../../src/chat/conversations/conversationStore.ts";
import { conversationMarkdown } from "../../../../src/chat/conversations/exportMarkdown.ts";
import { eventually } from "../../../support/eventually.ts";
import { FakeClock } from "../../../support/fakeClock.ts";
import { recordingLogger } from "../../../support/recordingLogger.ts";

let folder: string;
let log: string[];
let clock: FakeClock;

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "mote-conversations-"));
	log = [];
	clock = new FakeClock();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const limits = { conversations: 3, conversationBytes: 5_000, totalBytes: 12_000 };
const open = (): Promise<ConversationStore> =>
	ConversationStore.open({ folder, clock, logger: recordingLogger(log), limits });
const files = async (): Promise<string[]> => (await readdir(folder)).sort();

const turn = (name: string, answer = `About ${name}.`, prompt = `${name} with material`): Turn => ({
	question: { role: "user", id: `${name}-q`, text: name, prompt },
	answer: { role: "assistant", id: `${name}-a`, text: answer, status: { kind: "complete" } },
});

const conversation = (id: string, updatedAt: number, ...turns: Turn[]): Conversation => ({
	...withTurns(emptyConversation(id, 0), turns, updatedAt),
	title: titleOf(turns[0]?.question.text ?? ""),
});

test("what was put is there after a restart, the latest first", async () => {
	const store = await open();
	const older = conversation("older", 1, turn("one"), turn("two"));
	const newer = conversation("newer", 2, turn("three"));
	store.put(newer);
	store.put(older);
	await store.dispose();
	const again = await open();
	expect(again.get("older")).toEqual(older);
	expect(again.summaries()).toEqual([
		{ id: "newer", title: "three", updatedAt: 2, messageCount: 2 },
		{ id: "older", title: "one", updatedAt: 1, messageCount: 4 },
	]);
	expect(log).toEqual([]);
});

test("changes are written together when they pause, and leave no other files", async () => {
	const store = await open();
	store.put(conversation("a", 1, turn("one")));
	await clock.advance(400);
	expect(await files()).toEqual([]);
	store.put(conversation("a", 2, turn("one"), turn("two")));
	await clock.advance(100);
	await eventually(() => clock.sleepers === 0);
	await store.flush();
	expect(await files()).toEqual(["a.json"]);
	expect(JSON.parse(await readFile(path.join(folder, "a.json"), "utf8"))).toEqual(store.get("a"));
});

test("what is deleted is gone, also from the disk", async () => {
	const store = await open();
	store.put(conversation("a", 1, turn("one")));
	await store.flush();
	store.delete("a");
	store.delete("never-there");
	await store.dispose();
	expect(await files()).toEqual([]);
	expect((await open()).summaries()).toEqual([]);
});

test("of too many conversations the oldest are deleted", async () => {
	const store = await open();
	for (let index = 0; index < 6; index++) {
		store.put(conversation(`c${index}`, index, turn(`question ${index}`)));
	}
	await store.dispose();
	expect(await files()).toEqual(["c3.json", "c4.json", "c5.json"]);
	expect(store.summaries().map(({ id }) => id)).toEqual(["c5", "c4", "c3"]);
});

test("of too many bytes the oldest are deleted, but never what was put just now", async () => {
	const store = await open();
	const large = (id: string, at: number): Conversation =>
		conversation(id, at, turn(id, "x".repeat(4_400)));
	store.put(large("a", 1));
	store.put(large("b", 3));
	store.put(large("old-but-open", 2));
	expect(store.summaries().map(({ id }) => id)).toEqual(["b", "old-but-open"]);
});

test("a conversation that is too large loses the material of old questions, then old turns", () => {
	const long = conversation(
		"a",
		1,
		turn("one", "x", "p".repeat(2000)),
		turn("two", "y".repeat(500), "p".repeat(2000)),
		turn("three", "z", "p".repeat(500)),
	);
	const slim = shrinkTo(long, 3_000);
	expect(turnsOf(slim).map(({ question }) => [question.text, question.prompt?.length])).toEqual([
		["one", undefined],
		["two", undefined],
		["three", 500],
	]);
	const short = shrinkTo(long, 1_000);
	expect(turnsOf(short).map(({ question }) => question.text)).toEqual(["three"]);
	expect(short.title).toBe("one");
	expect(bytesOf(short)).toBeLessThanOrEqual(1_000);
	expect(shrinkTo(long, 100_000)).toBe(long);
	expect(turnsOf(shrinkTo(long, 1))).toHaveLength(1);
});

test.each([
	["half a file", '{"version":1,"id":"bad"'],
	["another form", '{"version":1,"id":"bad","title":"","updatedAt":1,"messages":[{}]}'],
	["a later version", '{"version":2,"id":"bad","title":"","updatedAt":1,"messages":[]}'],
	["another's id", '{"version":1,"id":"other","title":"","updatedAt":1,"messages":[]}'],
	["more than is ever written", " ".repeat(10_001)],
	[
		"answers without questions",
		JSON.stringify({
			...conversation("bad", 1),
			messages: [{ role: "assistant", id: "x", text: "", status: { kind: "complete" } }],
		}),
	],
])("%s is set aside and told in the log; the others are read", async (_, content) => {
	const store = await open();
	store.put(conversation("good", 1, turn("one")));
	await store.dispose();
	await writeFile(path.join(folder, "bad.json"), content);
	const again = await open();
	expect(again.summaries().map(({ id }) => id)).toEqual(["good"]);
	expect(await files()).toEqual(["bad.json.corrupt", "good.json"]);
	expect(log).toHaveLength(1);
	expect(log[0]).toMatch(/^warn: .*bad\.json is no conversation/);
});

test("files set aside don't pile up, and half-written ones are removed", async () => {
	for (let index = 0; index < 9; index++) {
		await writeFile(path.join(folder, `c${index}.json.corrupt`), "x");
	}
	await writeFile(path.join(folder, "a.json.123.tmp"), "{");
	await open();
	expect(await files()).toHaveLength(5);
	expect(await files()).not.toContain("a.json.123.tmp");
});

test("nobody writes any more after a restart", async () => {
	const store = await open();
	const { question, answer } = turn("one");
	store.put(conversation("a", 1, { question, answer: { ...answer, status: { kind: "writing" } } }));
	await store.dispose();
	expect((await open()).get("a")?.messages[1]).toMatchObject({ status: { kind: "stopped" } });
});

test("a folder that can't be made keeps conversations in memory, and says so once", async () => {
	const file = path.join(folder, "file");
	await writeFile(file, "");
	const store = await ConversationStore.open({
		folder: path.join(file, "below"),
		clock,
		logger: recordingLogger(log),
	});
	store.put(conversation("a", 1, turn("one")));
	await store.dispose();
	expect(store.get("a")).toBeDefined();
	expect(log).toHaveLength(1);
});

test("a conversation that can't be written is told in the log and tried again", async () => {
	const store = await open();
	const obstacle = path.join(folder, "a.json");
	await mkdir(path.join(obstacle, "below"), { recursive: true });
	store.put(conversation("a", 1, turn("one")));
	await store.flush();
	expect(log[0]).toMatch(/^warn: A conversation was not saved/);
	await rm(obstacle, { recursive: true });
	await store.flush();
	expect(await files()).toEqual(["a.json"]);
});

test("a search finds all words anywhere, whatever their case or form", async () => {
	const store = await open();
	store.put(conversation("a", 1, turn("How do ﬁles open?", "With a Handle.")));
	store.put(conversation("b", 2, turn("How do files close?")));
	const found = (query: string): string[] => store.search(query).map(({ id }) => id);
	expect(found("files HANDLE")).toEqual(["a"]);
	expect(found(" how ")).toEqual(["b", "a"]);
	expect(found("")).toEqual(["b", "a"]);
	expect(found("nowhere")).toEqual([]);
});

test("a title is the first line that says something, in one short line", () => {
	expect(titleOf("\n \n  What\tis  this?\nmore")).toBe("What is this?");
	expect(titleOf("x".repeat(200))).toHaveLength(80);
	expect(titleOf(`${"x".repeat(78)}🙂🙂`).isWellFormed()).toBe(true);
	expect(titleOf("a\u202e\u0007b")).toBe("a b");
	expect(titleOf("\u0000")).toBe("…");
});

test("an export is Markdown that nothing in a question can change", () => {
	const asked = turn("```\n# not a heading", "Use `x`.");
	const failed: Turn = {
		question: { role: "user", id: "q2", text: "again" },
		answer: {
			role: "assistant",
			id: "a2",
			text: "",
			status: { kind: "failed", sentence: "The server is down." },
			modelName: "big_model",
			modelPlace: "remote",
		},
	};
	const kept = conversation("a", 1, asked, failed);
	expect(conversationMarkdown(kept)).toBe(
		[
			"# \\`\\`\\`",
			"## Question",
			"````text\n```\n# not a heading\n````",
			"## Answer",
			"Use `x`.",
			"## Question",
			"```text\nagain\n```",
			"## Answer of big\\_model, on a server",
			"",
			"*The answer failed: The server is down.*\n",
		].join("\n\n"),
	);
});
