import { describe, expect, test } from "vitest";
import { uniformAt } from "../../../../src/engine/sampling/random.ts";
import type { DraftStrength } from "../../../../src/engine/speculative/drafter.ts";
import { DraftLength } from "../../../../src/engine/speculative/draftLength.ts";

type Curve = (rows: number) => number;
type Acceptance = Readonly<Record<DraftStrength, number>>;

/** Straight between measured points, in milliseconds. */
function curve(points: readonly (readonly [rows: number, ms: number])[]): Curve {
	return (rows) => {
		const above = points.findIndex(([at]) => at >= rows);
		const [x1, y1] = points[above] ?? [NaN, NaN];
		const [x0, y0] = points[Math.max(0, above - 1)] ?? [NaN, NaN];
		return x1 === rows ? y1 : y0 + ((y1 - y0) * (rows - x0)) / (x1 - x0);
	};
}

const machines: Readonly<Record<string, Curve>> = {
	"4 rows cost 3.1 times one (QMoE on AVX2)": curve([
		[1, 47],
		[2, 89],
		[4, 146],
		[9, 230],
	]),
	"4 rows cost 1.4 times one": curve([
		[1, 10],
		[2, 11.5],
		[4, 14],
		[9, 20],
	]),
	"experts make it concave": curve([
		[1, 20],
		[2, 32],
		[4, 44],
		[9, 53],
	]),
	"4 rows fill a kernel": (rows) => (rows <= 4 ? 20 + rows : 30 + 2 * rows),
	"rows cost as much as passes": (rows) => 10 * rows,
	"rows cost nothing": () => 20,
};

const texts: Readonly<Record<string, Acceptance>> = {
	"easy to guess": { weak: 0.6, fair: 0.8, strong: 0.93 },
	"as texts are": { weak: 0.4, fair: 0.6, strong: 0.8 },
	"hard to guess": { weak: 0.15, fair: 0.3, strong: 0.5 },
};

function machineOf(name: string): Curve {
	return machines[name] ?? expect.unreachable(`there is no machine where ${name}`);
}

function acceptanceOf(name: string): Acceptance {
	return texts[name] ?? expect.unreachable(`there is no text that is ${name}`);
}

const strengths: readonly DraftStrength[] = ["weak", "fair", "strong"];

/** Tokens per millisecond of 3,000 decode passes of a text, with drafts as long as `choose` says. */
function speed(
	cost: Curve,
	acceptance: Acceptance,
	choose: (strength: DraftStrength, available: number) => number,
	length?: DraftLength,
): number {
	let draws = 0;
	const draw = (): number => uniformAt(1, draws++);
	let tokens = 0;
	let elapsedMs = 0;
	for (let pass = 0; pass < 3000; pass++) {
		const strength = strengths[Math.floor(3 * draw())] ?? "weak";
		// A third of the places has nothing to guess from.
		const available = draw() < 0.33 ? 0 : 1 + Math.floor(8 * draw());
		const drafted = available === 0 ? 0 : choose(strength, available);
		let accepted = 0;
		while (accepted < drafted && draw() < acceptance[strength]) {
			accepted++;
		}
		// Noise, and now and then something that holds a pass up.
		const ms = cost(drafted + 1) * (0.93 + 0.14 * draw()) * (draw() < 0.01 ? 3 : 1);
		length?.recordPass(drafted + 1, ms);
		length?.recordVerdict(strength, drafted, accepted);
		tokens += accepted + 1;
		elapsedMs += ms;
	}
	return tokens / elapsedMs;
}

describe.each(Object.keys(machines))("where %s", (machine) => {
	const cost = machineOf(machine);

	test.each(Object.keys(texts))(
		"a text that is %s is written as fast as with the best fixed length, to a few percent",
		(text) => {
			const acceptance = acceptanceOf(text);
			const length = new DraftLength();
			const chosen = speed(cost, acceptance, (...draft) => length.choose(...draft), length);
			const fixed = Array.from({ length: 9 }, (_, most) =>
				speed(cost, acceptance, (_strength, available) => Math.min(most, available)),
			);
			expect(chosen).toBeGreaterThan(0.96 * Math.max(...fixed));
		},
	);
});

test("where rows are dear it drafts only what is almost certain, and that pays", () => {
	const cost = machineOf("4 rows cost 3.1 times one (QMoE on AVX2)");
	const acceptance = acceptanceOf("easy to guess");
	const length = new DraftLength();
	const lengths: Record<DraftStrength, number[]> = { weak: [], fair: [], strong: [] };
	const chosen = speed(
		cost,
		acceptance,
		(strength, available) => {
			const drafted = length.choose(strength, available);
			lengths[strength].push(drafted);
			return drafted;
		},
		length,
	);
	expect(chosen).toBeGreaterThan(1.07 * speed(cost, acceptance, () => 0));
	const settled = (strength: DraftStrength): number[] => lengths[strength].slice(-200);
	expect(settled("weak").filter((drafted) => drafted > 0).length).toBeLessThan(15);
	expect(settled("strong").filter((drafted) => drafted > 0).length).toBeGreaterThan(100);
});

test("drafts from the start, more for stronger evidence", () => {
	const length = new DraftLength();
	const chosen = strengths.map((strength) => length.choose(strength, 16));
	expect(chosen).toEqual([...chosen].sort((a, b) => a - b));
	expect(chosen[0]).toBeGreaterThan(0);
});

test("one plain step is taken where it is not known what drafts are to be compared to", () => {
	const length = new DraftLength();
	length.recordPass(5, 20);
	expect(length.choose("strong", 4)).toBe(0);
	length.recordPass(1, 10);
	expect(length.choose("strong", 4)).toBeGreaterThan(0);
});

/** After 100 rounds in which `accepted` of four drafted tokens held and another row cost a twentieth of a pass. */
function after(accepted: number): DraftLength {
	const length = new DraftLength();
	for (let round = 0; round < 100; round++) {
		length.recordPass(1, 10.5);
		length.recordPass(5, 12.5);
		length.recordVerdict("fair", 4, accepted);
	}
	return length;
}

test("where no draft holds, stops drafting but for a rare probe", () => {
	const length = after(0);
	const chosen = Array.from({ length: 40 }, () => length.choose("fair", 8));
	expect(chosen.filter((count) => count > 0)).toHaveLength(2);
});

test("a probe that pays brings drafting back", () => {
	const length = after(0);
	for (let round = 0; round < 60; round++) {
		length.recordVerdict("fair", 2, 2);
	}
	expect(length.choose("fair", 8)).toBeGreaterThan(2);
});

test("what is learned of one strength says nothing about another", () => {
	expect(after(0).choose("strong", 8)).toBeGreaterThan(0);
});
