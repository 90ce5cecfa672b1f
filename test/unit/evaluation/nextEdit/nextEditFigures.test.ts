import { describe, expect, test } from "vitest";
import {
	bestThreshold,
	figuresOf,
	thresholdsOfOthers,
} from "../../../../src/evaluation/nextEdit/nextEditFigures.ts";
import { nextEditTable, reportOf } from "../../../../src/evaluation/nextEdit/nextEditReport.ts";
import { judgedByOthers, type RatedCase } from "../../../../src/evaluation/nextEdit/ratedCases.ts";
import type { EditStep } from "../../../../src/evaluation/nextEdit/editCases.ts";

function caseOf(
	repo: string,
	probability: number | undefined,
	isRight: boolean,
	kind: EditStep["kind"] = "repeat",
	gain?: number,
): RatedCase {
	const step: EditStep = {
		...{ repo, file: "a.ts", lang: "ts", kind, isCase: true },
		...{ lines: ["a"], edits: [], next: [] },
	};
	const verdict =
		gain === undefined ? undefined : { withEdit: gain - 50, without: -50, tokens: 10 };
	const edit = { line: 0, old: ["a"], next: ["b"] };
	return {
		step,
		isReachable: isRight,
		candidates:
			probability === undefined
				? []
				: [{ edit, proposers: ["replacement"], isRight, probability, verdict }],
	};
}

describe("figures of next edits", () => {
	test("count the likeliest candidate of each case that reaches the threshold", () => {
		const cases = [
			caseOf("a", 0.9, true),
			caseOf("a", 0.8, false),
			caseOf("b", 0.2, true),
			caseOf("b", undefined, false),
		];
		expect(figuresOf(cases, () => 0.5)).toEqual({ cases: 4, shown: 0.5, right: 0.5, recall: 0.25 });
		expect(figuresOf(cases, () => 0)).toMatchObject({ shown: 0.75, right: 2 / 3 });
	});

	test("are at thresholds that were chosen on the other repositories", () => {
		// In `a` all above 0.3 is right, in `b` only what is above 0.7.
		const ofA = [0.35, 0.5, 0.75, 0.9].map((p) => caseOf("a", p, true));
		const ofB = [0.35, 0.5, 0.6, 0.75, 0.9].map((p) => caseOf("b", p, p > 0.7));
		const thresholds = thresholdsOfOthers([...ofA, ...ofB]);
		expect(thresholds.get("b")).toBe(bestThreshold(ofA));
		expect(thresholds.get("a")).toBe(bestThreshold(ofB));
		expect(thresholds.get("b")).toBeLessThanOrEqual(0.35);
		expect(thresholds.get("a")).toBeGreaterThan(0.35);
	});

	test("with a judge are by weights that were fitted on the other repositories", () => {
		// In the other repositories what gains is right; here it is the other way round.
		const others = Array.from({ length: 40 }, (_, i) =>
			caseOf(i % 2 === 0 ? "a" : "b", 0.5, i % 4 < 2, "repeat", i % 4 < 2 ? 30 : -30),
		);
		const own = [caseOf("c", 0.5, false, "repeat", 30), caseOf("c", 0.5, true, "repeat", -30)];
		const judged = judgedByOthers([...others, ...own]).filter(({ step }) => step.repo === "c");
		expect(judged[0]?.candidates[0]?.probability).toBeGreaterThan(0.8);
		expect(judged[1]?.candidates[0]?.probability).toBeLessThan(0.2);
	});

	test("are printed by kind, language, repository and proposer", () => {
		const cases = [caseOf("a", 0.9, true), caseOf("b", 0.8, false, "other")];
		const table = nextEditTable(reportOf(cases, undefined, undefined));
		for (const row of ["all", "repeat", "other", "in ts", "of a", "of b", "by replacement"]) {
			expect(table).toMatch(new RegExp(`^${row} +\\d`, "m"));
		}
		expect(table).toContain("2 cases, of which 1 can be reached");
	});
});
