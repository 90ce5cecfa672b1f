import { expect, test } from "vitest";
import { maxQuestionLength, type ChatViewState } from "../../../src/chat/messages.ts";
import { announcementFor } from "../../../src/webview/chat/announcements.ts";
import { initialState, reduce } from "../../../src/webview/chat/chatState.ts";
import { acceptSuggestion, triggerAt } from "../../../src/webview/chat/composer/trigger.ts";
import { maxDraftLength } from "../../../src/webview/chat/composer/limits.ts";
import { relativeTime } from "../../../src/webview/chat/conversations/relativeTime.ts";
import { readKeptState } from "../../../src/webview/chat/keptState.ts";
import { leftOutSentence, usedShare } from "../../../src/webview/chat/meterText.ts";
import { hunkRows, reviewSummary } from "../../../src/webview/chat/review/hunkRows.ts";
import { answer, question } from "../messages.ts";

const writing = answer("a1", "Hel", { status: { kind: "writing" } });
const asked: ChatViewState = {
	...initialState,
	conversation: { id: "c", title: "", messages: [question("q1", "Hi"), writing] },
	isAnswering: true,
};

/** The trigger at `║`. */
function triggerIn(marked: string): ReturnType<typeof triggerAt> {
	return triggerAt(marked.replace("║", ""), marked.indexOf("║"));
}

test.each([
	["/║", { trigger: "/", query: "", start: 0 }],
	["  /ex║", { trigger: "/", query: "ex", start: 2 }],
	["why @║", { trigger: "@", query: "", start: 4 }],
	["why @file:src/a║ b", { trigger: "@", query: "file:src/a", start: 4 }],
	["(@sel║)", { trigger: "@", query: "sel", start: 1 }],
	["line\n@x║", { trigger: "@", query: "x", start: 5 }],
])("%j can be completed", (marked, trigger) => {
	expect(triggerIn(marked)).toEqual(trigger);
});

test.each(["║", "a/b║", "why /fix║", "a@b.c║", "@a b║", "/fix @a ║", `@${"x".repeat(300)}║`])(
	"%j can't be completed",
	(marked) => {
		expect(triggerIn(marked)).toBeUndefined();
	},
);

test("an accepted suggestion takes the place of what was typed", () => {
	const trigger = triggerIn("why @se║ not") ?? expect.unreachable();
	expect(acceptSuggestion("why @se not", 7, trigger, "@selection ")).toEqual({
		text: "why @selection not",
		caret: 15,
	});
});

test("a draft may be as long as the extension takes", () => {
	expect(maxDraftLength).toBe(maxQuestionLength);
});

test("a delta makes the answer longer and leaves the rest as it is", () => {
	const next = reduce(asked, { kind: "delta", messageId: "a1", text: "lo" });
	expect(next.conversation.messages[1]?.text).toBe("Hello");
	expect(next.conversation.messages[0]).toBe(asked.conversation.messages[0]);
});

test("an answer that ended ends the answering", () => {
	expect(reduce(asked, { kind: "message", message: answer("a1", "Hello") }).isAnswering).toBe(
		false,
	);
});

test("a new message comes last", () => {
	const next = reduce(asked, { kind: "message", message: question("q2", "And?") });
	expect(next.conversation.messages.map(({ id }) => id)).toEqual(["q1", "a1", "q2"]);
});

test("an answer is announced when it begins and ends, not while it streams", () => {
	const begun = { kind: "message", message: writing } as const;
	expect(announcementFor(initialState, begun)).toBe("Answering.");
	expect(announcementFor(asked, { kind: "delta", messageId: "a1", text: "lo" })).toBeUndefined();
	expect(announcementFor(asked, begun)).toBeUndefined();
	expect(announcementFor(asked, { kind: "message", message: answer("a1", "Hello") })).toBe("Hello");
	const long = answer("a1", "word ".repeat(100));
	expect(announcementFor(asked, { kind: "message", message: long })).toBe(
		"The answer is complete.",
	);
	const failed = answer("a1", "", { status: { kind: "failed", sentence: "Start the server." } });
	expect(announcementFor(asked, { kind: "message", message: failed })).toBe("Start the server.");
});

test("the lines of a hunk are numbered as in the file as it was", () => {
	const rows = hunkRows({ startLine: 4, lines: [" a", "-b", "+c", "+", " d"], decision: "open" });
	expect(rows.map(({ kind, lineNumber, text }) => [kind, lineNumber, text])).toEqual([
		["context", 4, "a"],
		["removed", 5, "b"],
		["added", undefined, "c"],
		["added", undefined, ""],
		["context", 6, "d"],
	]);
});

test("a review says what is left to decide", () => {
	const hunk = { startLine: 1, lines: [], decision: "open" as const };
	const review = { id: "r", path: "a", title: "t", problem: undefined };
	expect(reviewSummary({ ...review, hunks: [hunk, { ...hunk, decision: "accepted" }] })).toBe(
		"1 change to decide",
	);
	expect(reviewSummary({ ...review, hunks: [{ ...hunk, decision: "rejected" }] })).toBe(
		"0 changes accepted, 1 rejected",
	);
});

test("the meter stays between empty and full", () => {
	const meter = { usedTokens: 5, budgetTokens: 10, parts: [], leftOut: ["a", "b"] };
	expect(usedShare(meter)).toBe(0.5);
	expect(usedShare({ ...meter, usedTokens: 50 })).toBe(1);
	expect(usedShare({ ...meter, budgetTokens: 0 })).toBe(1);
	expect(leftOutSentence(meter)).toBe("Did not fit: a, b.");
	expect(leftOutSentence({ ...meter, leftOut: [] })).toBeUndefined();
});

test.each([null, 3, "x", {}, { draft: 4, caret: "a", scrollTop: null }])(
	"a kept state %j of another version is an empty one",
	(value) => {
		expect(readKeptState(value)).toEqual({ draft: "", caret: 0, scrollTop: undefined });
	},
);

test("times are told in words", () => {
	const hour = 3_600_000;
	expect(relativeTime(0, 20_000)).toBe("just now");
	expect(relativeTime(0, 3 * hour)).toBe("3 hours ago");
	expect(relativeTime(0, 24 * hour)).toBe("yesterday");
	// A clock that was set back.
	expect(relativeTime(hour, 0)).toBe("just now");
});
