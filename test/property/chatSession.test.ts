import fc from "fast-check";
import { expect, test } from "vitest";
import { conversationSchema } from "../../src/chat/conversations/conversation.ts";
import type { FromView } from "../../src/chat/messages.ts";
import { ChatBench } from "../support/chatBench.ts";
import type { ChatScript } from "../support/scriptedChatModel.ts";

type Step =
	| {
			readonly kind: "ask";
			readonly text: string;
			readonly script: ChatScript;
			readonly waits: boolean;
	  }
	| {
			readonly kind: "regenerate" | "resend" | "open" | "delete";
			readonly at: number;
			readonly script: ChatScript;
	  }
	| { readonly kind: "stop" | "new" | "advance" };

const answer = fc.constantFrom("", "short", "a longer answer 🙂\n```ts\nx\n```\n");
const script: fc.Arbitrary<ChatScript> = fc.oneof(
	fc.record({ kind: fc.constant("answer" as const), text: answer }),
	fc.record({ kind: fc.constant("fail" as const), text: answer }),
	fc.record({ kind: fc.constant("endless" as const), text: answer }),
	fc.record({ kind: fc.constant("hold" as const), text: answer }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
	fc.record({
		kind: fc.constant("ask" as const),
		text: fc.constantFrom("What?", "/explain", "  ", "why @file:a.ts", "x".repeat(3000)),
		script,
		waits: fc.boolean(),
	}),
	fc.record({
		kind: fc.constantFrom(
			"regenerate" as const,
			"resend" as const,
			"open" as const,
			"delete" as const,
		),
		at: fc.nat(6),
		script,
	}),
	fc.record({ kind: fc.constantFrom("stop" as const, "new" as const, "advance" as const) }),
);

function messageOf(bench: ChatBench, each: Step): FromView {
	const { conversation, conversations } = bench.session.state();
	switch (each.kind) {
		case "ask":
			return { kind: "send", text: each.text };
		case "regenerate":
			return { kind: "regenerate", messageId: conversation.messages.at(-1)?.id ?? "none" };
		case "resend": {
			const questions = conversation.messages.filter(({ role }) => role === "user");
			const messageId = questions[each.at % Math.max(1, questions.length)]?.id ?? "none";
			return { kind: "resend", messageId, text: "Again?" };
		}
		case "open":
		case "delete": {
			const id = conversations[each.at % Math.max(1, conversations.length)]?.id ?? "none";
			return each.kind === "open"
				? { kind: "openConversation", conversationId: id }
				: { kind: "deleteConversation", conversationId: id };
		}
		case "new":
			return { kind: "newConversation" };
		case "stop":
		case "advance":
			return { kind: "stop" };
	}
}

/** The view's messages, some of them while an answer is still being written. */
async function perform(bench: ChatBench, each: Step, pending: Promise<void>[]): Promise<void> {
	if (each.kind === "advance") {
		await bench.clock.advance(20);
		return;
	}
	const done = bench.view(messageOf(bench, each));
	const endsByItself =
		!("script" in each) || each.script.kind === "answer" || each.script.kind === "fail";
	const waits = each.kind !== "ask" || each.waits;
	if (waits && endsByItself) {
		await done;
	} else {
		pending.push(done);
		await bench.clock.advance(5);
	}
}

test("whatever is pressed in whatever order leaves conversations that are whole, on screen and on disk", async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
			const limits = { conversations: 3, conversationBytes: 40_000, totalBytes: 80_000 };
			await using bench = await ChatBench.open({ limits });
			bench.workspace.files.set("a.ts", "const a = 1;\n".repeat(50));
			const pending: Promise<void>[] = [];
			for (const each of steps) {
				bench.model.scriptNext("script" in each ? each.script : undefined);
				await perform(bench, each, pending);
				const { conversation, isAnswering } = bench.session.state();
				const writing = conversation.messages.filter(({ status }) => status.kind === "writing");
				expect(writing.length).toBe(isAnswering ? 1 : 0);
				expect(writing.every(({ id }) => id === conversation.messages.at(-1)?.id)).toBe(true);
			}
			await bench.view({ kind: "stop" });
			await Promise.all(pending);
			await bench.session.dispose();
			await bench.store.flush();
			expect(bench.model.active).toBe(0);
			expect(bench.log).toEqual([]);
			const kept = bench.store.summaries();
			expect(kept.length).toBeLessThanOrEqual(limits.conversations);
			await using again = await ChatBench.open({ folder: bench.folder, limits });
			expect(again.log).toEqual([]);
			expect(again.store.summaries()).toEqual(kept);
			for (const { id } of kept) {
				expect(conversationSchema.safeParse(again.store.get(id)).success).toBe(true);
				expect(again.store.get(id)).toEqual(bench.store.get(id));
			}
			for (const { messages } of bench.model.requests) {
				expect(messages[0]?.role).toBe("system");
				expect(messages.at(-1)?.role).toBe("user");
				expect(messages.length % 2).toBe(0);
			}
		}),
		{ numRuns: 60 },
	);
});
