import { expect, test } from "vitest";
import { describeAnswer } from "../../../src/completion/promptTrace.ts";

const answered = { prefilledTokens: 90, promptTokens: 120, adaptation: undefined };

test("who looks at a prompt hears where a shorter one was answered in its place", () => {
	const read = "# 90 of 120 prompt tokens were read for it; the others were known\n";
	expect(describeAnswer({ ...answered, isStandIn: false })).toBe(read);
	expect(describeAnswer({ ...answered, isStandIn: true })).toBe(
		`# Not all of this had been read yet: a shorter prompt around the cursor was answered instead\n${read}`,
	);
});
