import type { Draw } from "./draw.ts";
import { mutatedBytes } from "./mutatedBytes.ts";

/** How long a part of a file becomes where it is grown: enough to show what takes more than its share. */
const grownLength = 1_000_000;
const maxGrownTimes = 100_000;
const oneGrownIn = 1000;

/** What readers of JSON stumble over. */
const oddValues = [
	null,
	true,
	0,
	-1,
	0.5,
	1,
	3,
	1e-300,
	1e300,
	2 ** 31,
	2 ** 53,
	2 ** 53 - 1,
	"",
	" ",
	"a",
	"__proto__",
	"constructor",
	"\u2028\u202e\ud800",
	"../../x",
	"%d%d",
	"(",
	"x".repeat(5000),
	[],
	[[[[[[0]]]]]],
	{},
	{ a: 1 },
] as const;

const oddKeys = ["", " ", "0", "-1", "__proto__", "constructor", "length", "\u202e\ud800"] as const;

/** The text of a sound JSON file with up to three changes to its values, sometimes to its bytes as well. */
export function mutatedJson(sample: unknown, draw: Draw): string {
	if (draw.once(oneGrownIn)) {
		return grownText(sample, draw);
	}
	let value = sample;
	for (let i = draw.below(4); i > 0; i--) {
		value = changed(value, draw, [sample]);
	}
	const text = JSON.stringify(value ?? null);
	return draw.once(10) ? mutatedBytes(Buffer.from(text), draw).toString() : text;
}

/** `value` with a change somewhere in it; what is taken from elsewhere is taken from `pool`. */
function changed(value: unknown, draw: Draw, pool: readonly unknown[]): unknown {
	const entries = entriesOf(value);
	const place = entries[draw.below(entries.length)];
	if (place === undefined || draw.once(5)) {
		return replacement(value, draw, pool);
	}
	const [key, inner] = place;
	const rest = entries.filter(([other]) => other !== key);
	switch (draw.below(8)) {
		case 0:
			return rebuilt(value, rest);
		case 1:
			return rebuilt(value, [...rest, [draw.pick(oddKeys), inner]]);
		default:
			return rebuilt(
				value,
				entries.map((entry) =>
					entry === place ? [key, changed(inner, draw, [...pool, value])] : entry,
				),
			);
	}
}

function replacement(value: unknown, draw: Draw, pool: readonly unknown[]): unknown {
	if (typeof value === "number" && draw.once(2)) {
		return draw.pick([value + 1, value - 1, value * 2, value / 3, -value, value * 1e6]);
	}
	if (typeof value === "string" && draw.once(2)) {
		const at = draw.below(value.length + 1);
		return draw.pick([value.slice(at), `${value}${value}`, value.slice(0, at), ` ${value}`]);
	}
	return draw.once(4)
		? pool[draw.below(pool.length)]
		: draw.pick<(typeof oddValues)[number]>(oddValues);
}

/** A file in which one part has been put many times, or lies deep within brackets. */
function grownText(sample: unknown, draw: Draw): string {
	if (draw.once(8)) {
		const opened = draw.pick(["[", '{"a":']).repeat(maxGrownTimes);
		return draw.once(2) ? opened : `${JSON.stringify(sample)}${opened}`;
	}
	return JSON.stringify(grown(sample, draw) ?? null);
}

function grown(value: unknown, draw: Draw): unknown {
	const entries = entriesOf(value);
	const place = entries[draw.below(entries.length)];
	if (place === undefined || draw.once(4)) {
		const part = draw.pick([
			value,
			draw.pick<unknown>(oddValues.slice(0, 21) as [unknown]),
			{},
			[],
		]);
		const partLength = JSON.stringify(part ?? null).length + 1;
		const length = Math.min(maxGrownTimes, Math.ceil(grownLength / partLength));
		return draw.pick([
			(): unknown => Array.from({ length }, () => part),
			(): unknown => Object.fromEntries(Array.from({ length }, (_, i) => [`k${i}`, part])),
			(): unknown => draw.pick(["x", " ", "\u0120", "("]).repeat(grownLength),
		])();
	}
	return rebuilt(
		value,
		entries.map((entry) => (entry === place ? [place[0], grown(place[1], draw)] : entry)),
	);
}

type Entry = readonly [key: string, value: unknown];

const entriesOf = (value: unknown): readonly Entry[] =>
	typeof value === "object" && value !== null ? Object.entries(value) : [];

const rebuilt = (like: unknown, entries: readonly Entry[]): unknown =>
	Array.isArray(like) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
