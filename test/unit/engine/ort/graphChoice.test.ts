import { describe, expect, test } from "vitest";
import {
	chooseGraph,
	describeChoice,
	type GraphChoice,
} from "../../../../src/engine/ort/graphChoice.ts";
import type { PassTimes } from "../../../../src/engine/passTimes.ts";

const round = (decodeStepMs: number, prefillChunkMs: number): PassTimes => ({
	decodeStepMs,
	prefillChunkMs,
});
const choiceOf = (qmoe: readonly PassTimes[], portable: readonly PassTimes[]): GraphChoice =>
	chooseGraph({ qmoe, portable });

describe("the graph", () => {
	test("is the one with which a completion takes less time", () => {
		// A chunk and 16 tokens: 360 + 16 · 48 against 70 + 16 · 9, as on a processor without AVX-512.
		expect(choiceOf([round(48, 360)], [round(9, 70)])).toEqual({
			graph: "portable",
			timesAsFast: 1128 / 214,
		});
		expect(choiceOf([round(2, 40)], [round(4, 80)])).toEqual({ graph: "qmoe", timesAsFast: 2 });
	});

	test("is slower at one of the two where the other counts for more", () => {
		expect(choiceOf([round(2, 100)], [round(4, 60)]).graph).toBe("portable");
		expect(choiceOf([round(2, 80)], [round(4, 60)]).graph).toBe("qmoe");
	});

	test("is the portable one, which takes less memory, unless QMoE is faster by 5 %", () => {
		expect(choiceOf([round(4, 36)], [round(4.15, 38)]).graph).toBe("portable");
		expect(choiceOf([round(4, 36)], [round(4.3, 38)]).graph).toBe("qmoe");
	});

	test("is chosen by medians, so that one disturbed pass decides nothing", () => {
		const portable = [round(4, 50), round(400, 50), round(4, 5000)];
		expect(choiceOf(Array<PassTimes>(3).fill(round(5, 60)), portable)).toEqual({
			graph: "portable",
			timesAsFast: 140 / 114,
		});
		// Of two the lower one.
		expect(choiceOf([round(5, 60), round(5, 60)], [round(4, 50), round(400, 5000)])).toEqual({
			graph: "portable",
			timesAsFast: 140 / 114,
		});
	});

	test("is the portable one by a clock that stands still", () => {
		expect(choiceOf([round(0, 0)], [round(0, 0)])).toEqual({ graph: "portable", timesAsFast: 1 });
	});
});

test("a choice is described in a few words", () => {
	expect([
		describeChoice({ graph: "portable", timesAsFast: 3.14 }),
		describeChoice({ graph: "portable", timesAsFast: 0.97 }),
		describeChoice({ graph: "qmoe", timesAsFast: 1.25 }),
	]).toEqual([
		"portable experts (3.1 times as fast as QMoE here)",
		"portable experts (as fast as QMoE here)",
		"QMoE (1.3 times as fast as portable experts here)",
	]);
});
