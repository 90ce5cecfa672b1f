import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ChatEdits } from "../../../src/chat/chatEditor.ts";
import type { ReviewView } from "../../../src/chat/messages.ts";
import { ChatBench } from "../../support/chatBench.ts";

describe("what conversations propose", () => {
	const review = (id: string, conversationId?: string): ReviewView => ({
		id,
		path: `src/${id}.ts`,
		title: "Change from the chat",
		hunks: [],
		problem: undefined,
		conversationId,
	});
	const shownReviews = (): string[] => bench.session.state().reviews.map(({ id }) => id);
	let bench: ChatBench;
	let reviews: ReviewView[];
	let ended: string[];

	beforeEach(async () => {
		reviews = [];
		ended = [];
		const nothing = (): Promise<undefined> => Promise.resolve(undefined);
		const edits: ChatEdits = {
			reviews: () => reviews,
			propose: (block) => Promise.resolve(review("block", block.conversationId)),
			decideHunk: nothing,
			decideAll: nothing,
			show: () => Promise.resolve(),
			closeAllOf: (id) => {
				ended.push(id);
				return Promise.resolve();
			},
		};
		bench = await ChatBench.open({ edits });
	});

	afterEach(() => bench[Symbol.asyncDispose]());

	test("is shown with them alone, and what came from none is shown always", async () => {
		await bench.ask("One?");
		const { id } = bench.conversation;
		reviews = [review("ofOne", id), review("ofNone")];
		expect(shownReviews()).toEqual(["ofOne", "ofNone"]);
		await bench.view({ kind: "newConversation" });
		expect(shownReviews()).toEqual(["ofNone"]);
		await bench.view({ kind: "openConversation", conversationId: id });
		expect(shownReviews()).toEqual(["ofOne", "ofNone"]);
	});

	test("doesn't come back with a change of it", async () => {
		await bench.ask("One?");
		const { id } = bench.conversation;
		await bench.view({ kind: "newConversation" });
		bench.sent.length = 0;
		bench.session.reviewChanged(review("ofOne", id));
		bench.session.reviewChanged(review("ofNone"));
		const told = bench.sent.flatMap((message) =>
			message.kind === "review" ? [message.review.id] : [],
		);
		expect(told).toEqual(["ofNone"]);
	});

	test("is closed when they are deleted", async () => {
		await bench.ask("One?");
		const { id } = bench.conversation;
		await bench.view({ kind: "newConversation" });
		await bench.view({ kind: "deleteConversation", conversationId: id });
		expect(ended).toEqual([id]);
	});
});
