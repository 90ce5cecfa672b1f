import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ProbabilityFloor } from "../../../../src/languageModel/remote/probabilityFloor.ts";

describe("the floor of an answer's probability", () => {
	const chunk = (...logs: readonly number[]): Parameters<ProbabilityFloor["admit"]>[0] => ({
		text: "x".repeat(logs.length),
		tokens: logs.map((logProbability) => ({ text: "x", logProbability })),
	});

	test("is never crossed by what was admitted", () => {
		const logs = fc.array(fc.double({ min: -3, max: 0, noNaN: true }), { maxLength: 4 });
		fc.assert(
			fc.property(fc.array(logs), fc.double({ min: 0, max: 1, noNaN: true }), (chunks, least) => {
				const floor = new ProbabilityFloor(least);
				let sum = 0;
				for (const each of chunks) {
					const admitted = floor.admit(chunk(...each));
					sum += admitted.logProbability ?? 0;
					expect(admitted.hasEnded).toBe(admitted.text.length < each.length);
					if (admitted.hasEnded) {
						break;
					}
				}
				expect(Math.exp(sum)).toBeGreaterThanOrEqual(least - 1e-9);
			}),
		);
	});

	test("drops a chunk whose tokens don't spell its text", () => {
		const floor = new ProbabilityFloor(0.9);
		const tokens = [
			{ text: "\ufffd", logProbability: -0.01 },
			{ text: "\ufffd", logProbability: -5 },
		];
		expect(floor.admit({ ...chunk(), text: "é", tokens })).toMatchObject({
			text: "",
			hasEnded: true,
		});
	});
});
