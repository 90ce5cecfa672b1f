import { table } from "./markdownTable.ts";
import { residentNames, type ResidentBytes } from "./mappings.ts";
import { handleCount, slopeOf, type Resources } from "./resources.ts";

/** Taken between two faults, while a window is open. */
export interface Sample {
	readonly keystrokes: number;
	readonly resources: Resources;
	/** Undefined while there is no engine. */
	readonly engineBytes: number | undefined;
}

/** A row of the table, and what it is called in JSON. */
interface Figure {
	readonly key: string;
	readonly name: string;
	readonly of: (resources: Resources) => number;
	readonly digits: number;
}

const residentKinds: readonly (keyof ResidentBytes)[] = [
	...(["files", "javaScript", "mainHeap", "arenas", "otherAnonymous", "shared"] as const),
];

const figures: readonly Figure[] = [
	{ key: "handles", name: "open handles", of: handleCount, digits: 0 },
	{ key: "threads", name: "threads", of: ({ threads }) => threads, digits: 0 },
	inMb("heapMb", "JavaScript in use, MB", ({ heapBytes }) => heapBytes),
	inMb("heapTakenMb", "V8's heap of this thread, MB", ({ heapTakenBytes }) => heapTakenBytes),
	inMb("residentMb", "resident, MB", ({ residentBytes }) => residentBytes),
	...residentKinds.map((kind) =>
		inMb(
			`${kind}Mb`,
			`of which ${residentNames[kind]}, MB`,
			({ residentByKind }) => residentByKind[kind],
		),
	),
];

function inMb(key: string, name: string, bytesOf: (resources: Resources) => number): Figure {
	return { key, name, of: (resources) => bytesOf(resources) / 2 ** 20, digits: 1 };
}

/** Of the report, as lines of Markdown. */
export function resourceTable(
	{ before, after }: { readonly before: Resources; readonly after: Resources },
	samples: readonly Sample[],
): readonly string[] {
	const rows = figures.map((figure) => [
		figure.name,
		figure.of(before).toFixed(figure.digits),
		figure.of(after).toFixed(figure.digits),
		growthOf(figure, samples),
	]);
	return table([["", "before", "after", "growth per 1,000 keystrokes, windows open"], ...rows]);
}

/** Of each figure of the table. */
export function growthPerThousand(samples: readonly Sample[]): Readonly<Record<string, string>> {
	return Object.fromEntries(figures.map((figure) => [figure.key, growthOf(figure, samples)]));
}

function growthOf({ of }: Figure, samples: readonly Sample[]): string {
	const points = samples.map(({ keystrokes, resources }) => ({ x: keystrokes, y: of(resources) }));
	return (1000 * slopeOf(points)).toFixed(2);
}
