import { expect, test } from "vitest";
import { conversationMarkdown } from "../../../src/chat/conversations/exportMarkdown.ts";
import { ChatBench } from "../../support/chatBench.ts";
import { eventually } from "../../support/eventually.ts";

const answer = "Here:\n\n```ts\nconst a = 1;\n```\n\nand\n\n```py\nb = 2\n```\n";
const sentence = "Code in this answer repeats text of a 1.0 (MIT), which mote-base was trained on.";

test("what an answer's code repeats is said below it, after it is complete, and kept", async () => {
	const asked: unknown[][] = [];
	await using bench = await ChatBench.open({
		copiedIn: (...question) => {
			asked.push(question.slice(0, 2));
			return Promise.resolve([sentence]);
		},
	});
	await bench.ask("How?", answer);
	expect(asked).toEqual([[["const a = 1;\n", "b = 2\n"], undefined]]);
	const told = bench.sent.flatMap((one) =>
		one.kind === "message" && one.message.status.kind === "complete" ? [one.message.notes] : [],
	);
	expect(told.slice(-2)).toEqual([undefined, [sentence]]);
	expect(bench.last).toMatchObject({ text: answer, notes: [sentence] });
	expect(bench.store.get(bench.conversation.id)?.messages.at(-1)).toMatchObject({
		notes: [sentence],
	});
	const exported = bench.store.get(bench.conversation.id);
	expect(exported && conversationMarkdown(exported)).toContain(`*${sentence}*`);
});

test("an answer without code isn't looked at, and one about which nothing is known has no note", async () => {
	const asked: string[] = [];
	await using bench = await ChatBench.open({
		copiedIn: (blocks) => {
			asked.push(...blocks);
			return Promise.resolve([]);
		},
	});
	await bench.ask("How?", "Just like that.");
	expect(asked).toEqual([]);
	await bench.ask("And?", answer);
	expect(asked).toHaveLength(2);
	expect(bench.last?.notes).toBeUndefined();
});

test("a question that comes while an answer is looked through isn't held up by it", async () => {
	let isAsked = false;
	await using bench = await ChatBench.open({
		copiedIn: (_, __, signal) => {
			isAsked = true;
			return new Promise((resolve) =>
				signal.addEventListener("abort", () => resolve([sentence]), { once: true }),
			);
		},
	});
	bench.model.enqueue({ kind: "answer", text: answer });
	const first = bench.view({ kind: "send", text: "One?" });
	await eventually(() => isAsked);
	bench.model.enqueue({ kind: "answer", text: "Two." });
	await bench.view({ kind: "send", text: "Two?" });
	await first;
	expect(bench.messages.map(({ notes }) => notes)).toEqual(Array(4).fill(undefined));
	expect(bench.last?.text).toBe("Two.");
});
