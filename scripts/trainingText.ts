/**
 * Makes the table that tells which package of the training corpus a text repeats, and says how good it is:
 *
 *     node --experimental-transform-types scripts/trainingText.ts WORK [--model models/mote-base] [--keep-one-in 32]
 *         [--held-out WORK] [--dry-run]
 *
 * WORK is a work folder of training/, in which `corpus/build.py` has written `corpus/train.rec` and its `ATTRIBUTION.tsv`.
 * Of its packages those count that the model's own `ATTRIBUTION.tsv` marks as `train`, in the same version; how many of
 * those it lists that are is written into the table. The figures are JSON; `--held-out` names a work folder whose
 * `validation.rec` has packages that the model wasn't trained on.
 */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { CorpusFile } from "../src/evaluation/corpusFile.ts";
import { distinctLexemes, visitShingles } from "../src/provenance/shingles.ts";
import {
	encodeTrainingTable,
	fingerprintOf,
	isKept,
	maxTableBytes,
	readTrainingTable,
	trainingTableFileName,
	type TableEntry,
	type TrainingPackage,
} from "../src/provenance/trainingTable.ts";

/** About 130 characters of code: shorter than that, everybody writes the same. */
const shingleLexemes = 32;
/** Fewer different ones are a table of numbers, a ruler or a list of imports. */
const minDistinctLexemes = 12;
/** What more packages share is a licence's text or a habit, and says nothing of one of them. */
const maxPackagesOfShingle = 3;
const windowLexemes = [48, 64, 100, 200];

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		model: { type: "string", default: path.join(import.meta.dirname, "../models/mote-base") },
		"keep-one-in": { type: "string", default: "32" },
		"held-out": { type: "string" },
		"dry-run": { type: "boolean", default: false },
	},
});
const [work] = positionals;
if (work === undefined) {
	throw new Error("usage: node --experimental-transform-types scripts/trainingText.ts WORK");
}
const keepOneIn = Number(values["keep-one-in"]);

interface AttributionRow extends TrainingPackage {
	readonly split: string;
	readonly bytes: number;
}

async function readAttribution(file: string): Promise<readonly AttributionRow[]> {
	const [, ...lines] = (await readFile(file, "utf8")).trimEnd().split("\n");
	return lines.map((line) => {
		const [, name = "", version = "", licence = "", split = "", , bytes = ""] = line.split("\t");
		return { name, version, licence: plain(licence), split, bytes: Number(bytes) };
	});
}

/** Some licences are stated with marks that the table doesn't take. */
function plain(licence: string): string {
	return licence.replaceAll(/[^\p{L}\p{N} @/.,:+~()&_-]+/gu, " ").slice(0, 214) || "not stated";
}

function key({ name, version }: TrainingPackage): string {
	return `${name} ${version}`;
}

const trained = (await readAttribution(path.join(values.model, "ATTRIBUTION.tsv"))).filter(
	({ split }) => split === "train",
);
const wanted = new Map(trained.map((row) => [key(row), row]));
const here = await readAttribution(path.join(work, "corpus/ATTRIBUTION.tsv"));
const packages = here.filter((row) => row.split === "train" && wanted.has(key(row)));
const ids = new Map(packages.map(({ name }, id) => [name, id]));
const trainFile = path.join(work, "corpus/train.rec");

interface Seen {
	readonly entry: TableEntry;
	readonly packages: Set<number>;
}

const seen = new Map<number, Seen>();
let shingles = 0;
let corpusBytes = 0;
await eachText(trainFile, (packageName, text) => {
	const packageId = ids.get(packageName);
	if (packageId === undefined) {
		return;
	}
	corpusBytes += Buffer.byteLength(text);
	visitShingles(text, shingleLexemes, (first, second, start, end) => {
		shingles++;
		if (!isKept(first, keepOneIn) || distinctLexemes(text.slice(start, end)) < minDistinctLexemes) {
			return;
		}
		const print = numberOf(first, second);
		const known = seen.get(print);
		if (known === undefined) {
			seen.set(print, { entry: { first, second, packageId }, packages: new Set([packageId]) });
		} else if (known.packages.size <= maxPackagesOfShingle) {
			known.packages.add(packageId);
		}
	});
});
const entries = [...seen.values()].filter((one) => one.packages.size <= maxPackagesOfShingle);
const coverage = {
	packages: packages.length,
	// As it was when the model was trained: what is kept of a package changes with what cleans it.
	bytes: packages.reduce((sum, row) => sum + (wanted.get(key(row))?.bytes ?? 0), 0),
	ofPackages: trained.length,
	ofBytes: trained.reduce((sum, { bytes }) => sum + bytes, 0),
};
const bytes = encodeTrainingTable(
	{ shingleLexemes, keepOneIn, coverage },
	packages,
	entries.map(({ entry }) => entry),
);
if (bytes.length > maxTableBytes) {
	throw new Error(
		`The table would have ${bytes.length} bytes, of ${maxTableBytes}: take a larger --keep-one-in.`,
	);
}
const out = path.join(values.model, trainingTableFileName);
const table = await readTrainingTable(bytes, out);
if (!values["dry-run"]) {
	await writeFile(out, bytes);
}

const report = {
	bytes: bytes.length,
	...{ shingleLexemes, keepOneIn, entries: entries.length, coverage, corpusBytes, shingles },
	sharedByMorePackages: seen.size - entries.length,
	found: await windowsFound(trainFile, (name) => ids.has(name)),
	...(values["held-out"] !== undefined && {
		heldOut: await heldOutReport(path.join(values["held-out"], "corpus/validation.rec")),
	}),
};
console.log(JSON.stringify(report, null, "\t"));

async function eachText(
	file: string,
	visit: (packageName: string, text: string) => void,
): Promise<void> {
	await using corpus = await CorpusFile.open(file);
	for (const entry of corpus.entries) {
		visit(entry.package, await corpus.readText(entry));
	}
}

/** 40 bits, as an integer. */
function numberOf(first: number, second: number): number {
	const [high, low] = fingerprintOf(first, second);
	return high * 256 + low;
}

/** Of windows of so many lexemes, one behind the other, the share in which the table finds something. */
async function windowsFound(
	file: string,
	isWanted: (packageName: string) => boolean,
): Promise<Readonly<Record<number, unknown>>> {
	const counts = windowLexemes.map((lexemes) => ({
		lexemes,
		windows: 0,
		found: 0,
		isFound: false,
	}));
	await eachText(file, (packageName, text) => {
		if (!isWanted(packageName)) {
			return;
		}
		let at = 0;
		visitShingles(text, shingleLexemes, (first, second) => {
			const isHit = table.packageOf(first, second) !== undefined;
			for (const count of counts) {
				const position = at % count.lexemes;
				const last = count.lexemes - shingleLexemes;
				count.isFound = (position > 0 && count.isFound) || (isHit && position <= last);
				if (position === last) {
					count.windows++;
					count.found += count.isFound ? 1 : 0;
				}
			}
			at++;
		});
	});
	return Object.fromEntries(
		counts.map(({ lexemes, windows, found }) => [
			lexemes,
			{ windows, found, share: Number((found / Math.max(1, windows)).toFixed(5)) },
		]),
	);
}

/** How often it speaks up about code of projects that nothing was learned from, and whether that is the same text. */
async function heldOutReport(file: string): Promise<unknown> {
	const hits = new Map<number, string>();
	let tested = 0;
	await eachText(file, (_, text) => {
		visitShingles(text, shingleLexemes, (first, second, start, end) => {
			tested++;
			if (table.packageOf(first, second) !== undefined) {
				hits.set(numberOf(first, second), normal(text.slice(start, end)));
			}
		});
	});
	let same = 0;
	await eachText(trainFile, (_, text) => {
		visitShingles(text, shingleLexemes, (first, second, start, end) => {
			const print = numberOf(first, second);
			const hit = hits.get(print);
			if (hit !== undefined && hit === normal(text.slice(start, end))) {
				hits.delete(print);
				same++;
			}
		});
	});
	return {
		shingles: tested,
		differentHits: same + hits.size,
		ofTheseTheSameText: same,
		windows: await windowsFound(file, () => true),
	};
}

function normal(text: string): string {
	return text.replaceAll(/\s+/g, "");
}
