import * as z from "zod";
import { once } from "../base/once.ts";
import { yieldToEventLoop } from "../base/abort.ts";
import { parseForeignJson } from "../base/foreignJson.ts";
import { interpreted } from "../base/interpreted.ts";
import { UserError } from "../base/userError.ts";

/**
 * Which packages a text may have been learned from: a sample of the shingles of the training corpus, sorted, each with
 * its package. The file is little-endian:
 *
 *     "MOTETEXT" · u32 bytes of the header · the header, JSON · zeros up to a multiple of 4
 *     · u32 × 65,537, where the entries of each group begin, and where the last group's end
 *     · u16 × entries, ascending in each group · u16 × entries, the packages · u8 × entries
 *
 * where an entry's fingerprint of 40 bits is its group's number, its u16 and its u8. Five bytes an entry: with a group for the first
 * 16 bits these take no place.
 */
export interface TrainingTable extends TableFacts {
	/** Bytes of the file. */
	readonly bytes: number;
	/** The package of a shingle; undefined for one that is in none, or that the sample leaves out. */
	packageOf(first: number, second: number): TrainingPackage | undefined;
}

export interface TrainingPackage {
	readonly name: string;
	readonly version: string;
	/** As the package states it. */
	readonly licence: string;
}

export interface TableFacts {
	readonly shingleLexemes: number;
	/** One of so many shingles is in the table, chosen by its hash. A power of two. */
	readonly keepOneIn: number;
	readonly entries: number;
	/** Packages and their bytes that the table was made of, and all that the model was trained on. */
	readonly coverage: Coverage;
}

export interface Coverage {
	readonly packages: number;
	readonly bytes: number;
	readonly ofPackages: number;
	readonly ofBytes: number;
}

/** In the folder of a model that ships with one. */
export const trainingTableFileName = "training-text.bin";

/** What ships stays below. */
export const maxTableBytes = 16 * 2 ** 20;
const maxHeaderBytes = 2 ** 20;
const maxPackages = 2 ** 16;
const magic = "MOTETEXT";
const fixedBytes = 12;
const entryBytes = 5;
const groupCount = 2 ** 16;

/** So many entries, and so many packages, are checked in one go: about 1 ms on two cores of a Xeon (2026-11-28). */
const entriesAtOnce = 50_000;
const packagesAtOnce = 50;

/** Names, versions and licences of package managers; nothing that an editor's label takes for an icon or markup. */
const plainText = once(() => z.string().regex(/^[\p{L}\p{N} @/.,:+~()&_-]{1,214}$/u));
const count = once(() => z.int().nonnegative());

const headerSchema = once(() =>
	z.object({
		shingleLexemes: z.int().min(8).max(256),
		keepOneIn: z
			.int()
			.min(1)
			.max(2 ** 16)
			.refine((value) => Number.isInteger(Math.log2(value))),
		entries: z
			.int()
			.min(0)
			.max(Math.floor(maxTableBytes / entryBytes)),
		coverage: z.object({
			packages: count(),
			bytes: count(),
			ofPackages: count(),
			ofBytes: count(),
		}),
		/** Looked at in slices. */
		packages: z.custom<readonly unknown[]>(
			(value) => Array.isArray(value) && value.length <= maxPackages,
		),
	}),
);

/** Name, version, licence of each. */
const packagesSchema = once(() => z.array(z.tuple([plainText(), plainText(), plainText()])));

/** Whether the sample keeps a shingle. */
export function isKept(first: number, keepOneIn: number): boolean {
	return (first & (keepOneIn - 1)) === 0;
}

/** The 40 bits of a shingle that the table has, as its u32 and its u8. The u8 shares no bit with what chooses. */
export function fingerprintOf(first: number, second: number): readonly [number, number] {
	return [second, first >>> 24];
}

/**
 * Reads a table, all of which is checked; gives the thread back meanwhile. Throws a UserError "trainingTextInvalid"; `file` names it
 * there.
 */
export async function readTrainingTable(
	bytes: Uint8Array<ArrayBuffer>,
	file: string,
): Promise<TrainingTable> {
	if (bytes.length < fixedBytes || bytes.length > maxTableBytes) {
		throw invalid(file, `it has ${bytes.length} bytes`);
	}
	// Typed arrays over the same memory have to begin at multiples of what an element takes.
	const aligned = bytes.byteOffset === 0 ? bytes : bytes.slice();
	const { header, headerBytes } = readHeader(aligned, file);
	const { packages: listed, entries, ...facts } = header;
	const packages = await readPackages(listed, file);
	const end = layout(headerBytes, entries).end;
	if (end !== bytes.length) {
		throw invalid(file, `it has ${bytes.length} bytes instead of ${end}`);
	}
	const columns = columnsOf(aligned.buffer, headerBytes, entries);
	await checkEntries(columns, packages.length, file);
	return {
		...facts,
		entries,
		bytes: bytes.length,
		packageOf: (first, second) => {
			const at = isKept(first, facts.keepOneIn) ? entryOf(columns, first, second) : undefined;
			return at === undefined ? undefined : packages[columns.packageIds[at] ?? 0];
		},
	};
}

function readHeader(
	bytes: Uint8Array<ArrayBuffer>,
	file: string,
): { readonly header: z.infer<ReturnType<typeof headerSchema>>; readonly headerBytes: number } {
	if (new TextDecoder("latin1").decode(bytes.subarray(0, magic.length)) !== magic) {
		throw invalid(file, "it begins with something else");
	}
	const headerBytes = new DataView(bytes.buffer).getUint32(magic.length, true);
	if (headerBytes > maxHeaderBytes || fixedBytes + headerBytes > bytes.length) {
		throw invalid(file, "its header doesn't end");
	}
	const text = new TextDecoder().decode(bytes.subarray(fixedBytes, fixedBytes + headerBytes));
	const json = parseForeignJson(text);
	const header = headerSchema().safeParse(
		json.kind === "json" ? json.value : undefined,
		interpreted,
	);
	if (!header.success) {
		throw unreadable(file);
	}
	return { header: header.data, headerBytes };
}

async function readPackages(
	listed: readonly unknown[],
	file: string,
): Promise<readonly TrainingPackage[]> {
	const packages: TrainingPackage[] = [];
	for (let from = 0; from < listed.length; from += packagesAtOnce) {
		await yieldToEventLoop();
		const slice = listed.slice(from, from + packagesAtOnce);
		const parsed = packagesSchema().safeParse(slice, interpreted);
		if (!parsed.success) {
			throw unreadable(file);
		}
		packages.push(...parsed.data.map(([name, version, licence]) => ({ name, version, licence })));
	}
	await yieldToEventLoop();
	return packages;
}

const unreadable = (file: string): UserError<"trainingTextInvalid"> =>
	invalid(file, "its header can't be read");

/** The arrays of a file, over its memory. */
interface Columns {
	/** Where the entries of each group begin, and where the last one's end. */
	readonly groups: Uint32Array<ArrayBuffer>;
	readonly middles: Uint16Array<ArrayBuffer>;
	readonly packageIds: Uint16Array<ArrayBuffer>;
	readonly lows: Uint8Array<ArrayBuffer>;
}

async function checkEntries(
	{ groups, middles, packageIds }: Columns,
	packageCount: number,
	file: string,
): Promise<void> {
	if (groups[0] !== 0 || groups[groupCount] !== middles.length) {
		throw invalid(file, "its groups don't hold its entries");
	}
	let checked = 0;
	for (let group = 0; group < groupCount; group++) {
		const [begin, end] = boundsOf(groups, group);
		if (end < begin || end > middles.length) {
			throw invalid(file, "its groups are not in order");
		}
		for (let at = begin; at < end; at++) {
			if (at > begin && (middles[at] ?? 0) < (middles[at - 1] ?? 0)) {
				throw invalid(file, "its entries are not in order");
			}
			if ((packageIds[at] ?? 0) >= packageCount) {
				throw invalid(file, "an entry names a package that it doesn't have");
			}
		}
		if (end - checked >= entriesAtOnce) {
			checked = end;
			await yieldToEventLoop();
		}
	}
}

function boundsOf(groups: Uint32Array, group: number): readonly [begin: number, end: number] {
	return [groups[group] ?? 0, groups[group + 1] ?? 0];
}

/** The number of a shingle's entry; undefined where there is none. */
function entryOf(
	{ groups, middles, lows }: Columns,
	first: number,
	second: number,
): number | undefined {
	const [high, low] = fingerprintOf(first, second);
	const middle = high & 0xffff;
	const [begin, end] = boundsOf(groups, high >>> 16);
	for (let at = lowerBound(middles, middle, begin, end); at < end; at++) {
		if (middles[at] !== middle) {
			return undefined;
		}
		if (lows[at] === low) {
			return at;
		}
	}
	return undefined;
}

/** A shingle that the sample keeps, with the place of its package in the list. */
export interface TableEntry {
	readonly first: number;
	readonly second: number;
	readonly packageId: number;
}

/** The file of a table; entries come in any order. */
export function encodeTrainingTable(
	facts: Omit<TableFacts, "entries">,
	packages: readonly TrainingPackage[],
	entries: readonly TableEntry[],
): Uint8Array<ArrayBuffer> {
	const header = new TextEncoder().encode(
		JSON.stringify({
			...facts,
			entries: entries.length,
			packages: packages.map(({ name, version, licence }) => [name, version, licence]),
		}),
	);
	const bytes = new Uint8Array(layout(header.length, entries.length).end);
	bytes.set(new TextEncoder().encode(magic), 0);
	new DataView(bytes.buffer).setUint32(magic.length, header.length, true);
	bytes.set(header, fixedBytes);
	const { groups, middles, packageIds, lows } = columnsOf(
		bytes.buffer,
		header.length,
		entries.length,
	);
	const sorted = entries
		.map(({ first, second, packageId }) => ({ print: fingerprintOf(first, second), packageId }))
		.sort(
			(a, b) => a.print[0] - b.print[0] || a.print[1] - b.print[1] || a.packageId - b.packageId,
		);
	for (const [at, { print, packageId }] of sorted.entries()) {
		const [high, low] = print;
		[middles[at], lows[at], packageIds[at]] = [high & 0xffff, low, packageId];
		// Of the last entry of a group it stays; groups without entries are filled below.
		groups[(high >>> 16) + 1] = at + 1;
	}
	for (let group = 1; group <= groupCount; group++) {
		groups[group] = Math.max(groups[group] ?? 0, groups[group - 1] ?? 0);
	}
	return bytes;
}

interface Layout {
	readonly groupsAt: number;
	readonly middlesAt: number;
	readonly packagesAt: number;
	readonly lowsAt: number;
	readonly end: number;
}

function layout(headerBytes: number, entries: number): Layout {
	const groupsAt = roundedUp(fixedBytes + headerBytes, 4);
	const middlesAt = groupsAt + 4 * (groupCount + 1);
	const packagesAt = middlesAt + 2 * entries;
	const lowsAt = packagesAt + 2 * entries;
	return { groupsAt, middlesAt, packagesAt, lowsAt, end: lowsAt + entries };
}

function columnsOf(buffer: ArrayBuffer, headerBytes: number, entries: number): Columns {
	const { groupsAt, middlesAt, packagesAt, lowsAt } = layout(headerBytes, entries);
	return {
		groups: new Uint32Array(buffer, groupsAt, groupCount + 1),
		middles: new Uint16Array(buffer, middlesAt, entries),
		packageIds: new Uint16Array(buffer, packagesAt, entries),
		lows: new Uint8Array(buffer, lowsAt, entries),
	};
}

function roundedUp(value: number, multiple: number): number {
	return Math.ceil(value / multiple) * multiple;
}

/** The first place in [from, to) whose value is at least `wanted`, or `to`. */
function lowerBound(values: Uint16Array, wanted: number, from: number, to: number): number {
	while (from < to) {
		const middle = (from + to) >>> 1;
		if ((values[middle] ?? 0) < wanted) {
			from = middle + 1;
		} else {
			to = middle;
		}
	}
	return from;
}

function invalid(file: string, problem: string): UserError<"trainingTextInvalid"> {
	return new UserError(
		"trainingTextInvalid",
		`${file} is not what Mote ships (${problem}), so suggestions aren't compared with what the model was trained on; install Mote again.`,
	);
}
