import { describe, expect, test } from "vitest";
import { applyHunks } from "../../../../src/chat/edits/hunks.ts";
import { hunkAt, Review } from "../../../../src/chat/edits/review.ts";

const base = "a\nb\nc\nd\ne\nf\ng\nh\n";
const proposed = "a\nB\nc\nd\ne\nf\ng\nnew\nh\n";

function review(): Review {
	return new Review({ id: "r", path: "src/a.ts", title: "Fix by tiny", base, proposed });
}

describe("a review", () => {
	test("shows each hunk with the lines around it", () => {
		expect(review().view).toEqual({
			id: "r",
			path: "src/a.ts",
			title: "Fix by tiny",
			problem: undefined,
			hunks: [
				{
					startLine: 1,
					lines: [" a", "-b", "+B", " c", " d", " e"],
					decision: "open",
				},
				{ startLine: 5, lines: [" e", " f", " g", "+new", " h", " "], decision: "open" },
			],
		});
	});

	test("accepts and rejects hunk by hunk, and says when all is decided", () => {
		const decided = review();
		decided.decide(1, true);
		expect(decided.isDecided).toBe(false);
		decided.decide(0, false);
		expect(decided.isDecided).toBe(true);
		expect(applyHunks(decided.base, decided.accepted)).toBe("a\nb\nc\nd\ne\nf\ng\nnew\nh\n");
		expect(decided.proposedText).toBe("a\nb\nc\nd\ne\nf\ng\nnew\nh\n");
	});

	test("tells its listeners of each decision", () => {
		const decided = review();
		const heard: string[] = [];
		const stop = decided.onDidChange(({ hunks }) =>
			heard.push(hunks.map(({ decision }) => decision).join()),
		);
		decided.decide(0, true);
		decided.decideAll(false);
		stop();
		decided.decide(0, false);
		expect(heard).toEqual(["accepted,open", "accepted,rejected"]);
	});

	test("follows a document that changes elsewhere", () => {
		const followed = review();
		followed.follow("zero\na\nb\nc\nd\nX\nf\ng\nh\n".replace("X", "e"));
		followed.decideAll(true);
		expect(followed.problem).toBeUndefined();
		expect(applyHunks(followed.base, followed.accepted)).toBe(`zero\n${proposed}`);
	});

	test("has a problem when a hunk's place has changed, until that is undone", () => {
		const followed = review();
		followed.follow(base.replace("b\n", "changed\n"));
		expect(followed.view.problem).toBe(
			"src/a.ts has changed where the proposal changes it; undo that, or ask again.",
		);
		followed.follow(base);
		expect(followed.view.problem).toBeUndefined();
		expect(followed.proposedText).toBe(proposed);
	});

	test("forgets a rejected hunk whose place has changed", () => {
		const followed = review();
		followed.decide(0, false);
		const text = base.replace("b\n", "changed\n");
		followed.follow(text);
		followed.decide(0, true);
		followed.decide(1, true);
		expect(followed.problem).toBeUndefined();
		expect(applyHunks(followed.base, followed.accepted)).toBe(text.replace("h\n", "new\nh\n"));
	});

	test("finds the open hunk nearest to the cursor on either side", () => {
		const decided = review();
		expect(hunkAt(decided.places, "document", 0)).toBe(0);
		expect(hunkAt(decided.places, "proposed", 8)).toBe(1);
		decided.decide(0, true);
		expect(hunkAt(decided.places, "document", 0)).toBe(1);
		decided.decide(1, true);
		expect(hunkAt(decided.places, "document", 0)).toBeUndefined();
	});
});
