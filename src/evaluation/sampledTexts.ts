import type { CorpusEntry, CorpusFile } from "./corpusFile.ts";
import { byLanguage, randomStream, shuffledByPackage } from "./sampling.ts";

export interface SampledText {
	readonly package: string;
	readonly path: string;
	readonly text: string;
}

/** Most of a language's sample that one file may be, so that a small sample holds several files. */
const maxFileShare = 1 / 8;

/** The entries of each language in the order of a seeded sample, empty files left out. */
export function sampleOrder(
	file: CorpusFile,
	seed: number,
): ReadonlyMap<string, readonly CorpusEntry[]> {
	const entries = file.entries.filter(({ textBytes }) => textBytes > 0);
	return new Map(
		[...byLanguage(entries)].map(([language, group]) => [language, shuffledByPackage(group, seed)]),
	);
}

/**
 * About `limitBytes` of every language: whole files, and of one with more than an eighth of the limit an
 * excerpt of that length at a random place. The last one is cut off where the limit is.
 */
export async function readSample(
	file: CorpusFile,
	order: ReadonlyMap<string, readonly CorpusEntry[]>,
	limitBytes: number,
	seed: number,
): Promise<ReadonlyMap<string, readonly SampledText[]>> {
	const sample = new Map<string, readonly SampledText[]>();
	for (const [language, entries] of order) {
		const texts: SampledText[] = [];
		let left = limitBytes;
		for (const entry of entries) {
			if (left <= 0) {
				break;
			}
			const { path } = entry;
			const random = randomStream(seed, `${entry.package}\0${path}`);
			const maxBytes = Math.ceil(Math.min(limitBytes * maxFileShare, left));
			const text = excerpt(await file.readText(entry), maxBytes, random);
			left -= Buffer.byteLength(text);
			if (text !== "") {
				texts.push({ package: entry.package, path, text });
			}
		}
		sample.set(language, texts);
	}
	return sample;
}

/**
 * All of `text`, or whole lines of it from a random one on with at most `maxBytes` UTF-8 bytes; the beginning of
 * a line where one alone is longer.
 */
export function excerpt(text: string, maxBytes: number, random: () => number): string {
	const bytes = Buffer.from(text);
	if (bytes.length <= maxBytes) {
		return text;
	}
	const place = Math.floor(random() * (bytes.length - maxBytes + 1));
	const start = place === 0 ? 0 : bytes.indexOf(newline, place - 1) + 1;
	const end = Math.min(start + maxBytes, bytes.length);
	const lastLineEnd = end === bytes.length ? end : bytes.lastIndexOf(newline, end - 1) + 1;
	return bytes
		.subarray(start, lastLineEnd > start ? lastLineEnd : characterStart(bytes, end))
		.toString();
}

const newline = 0x0a;

/** `at`, or before it the start of the character that it would split. */
function characterStart(bytes: Uint8Array, at: number): number {
	let start = at;
	while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) {
		start--;
	}
	return start;
}
