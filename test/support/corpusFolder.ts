import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface CorpusRecord {
	readonly package: string;
	readonly language: string;
	readonly path: string;
	readonly text: string;
}

export function corpusBytes(records: readonly CorpusRecord[]): Buffer {
	return Buffer.from(
		records
			.map(({ package: name, language, path, text }) =>
				[name, language, path, text].join("\x1f").concat("\x1e"),
			)
			.join(""),
	);
}

export interface CorpusFolder {
	readonly folder: string;
	readonly validationPath: string;
	remove(): Promise<void>;
}

/** A training work folder with nothing but the two splits of the corpus. */
export async function writeCorpusFolder(splits: {
	readonly validation: readonly CorpusRecord[] | Uint8Array;
	readonly train?: readonly CorpusRecord[];
}): Promise<CorpusFolder> {
	const folder = await mkdtemp(join(tmpdir(), "mote-corpus-"));
	await mkdir(join(folder, "corpus"));
	const validationPath = join(folder, "corpus", "validation.rec");
	const { validation, train = [] } = splits;
	await writeFile(
		validationPath,
		validation instanceof Uint8Array ? validation : corpusBytes(validation),
	);
	await writeFile(join(folder, "corpus", "train.rec"), corpusBytes(train));
	return {
		folder,
		validationPath,
		remove: () => rm(folder, { recursive: true, force: true }),
	};
}

/** Source files of two languages in several packages, long enough for every kind of case. */
export function sampleRecords(): readonly CorpusRecord[] {
	return ["alpha", "beta", "gamma"].flatMap((name, index) => [
		{
			package: name,
			language: "typescript",
			path: `src/${name}.ts`,
			text: typescriptText(name, index),
		},
		{ package: name, language: "python", path: `${name}/main.py`, text: pythonText(name, index) },
	]);
}

function typescriptText(name: string, index: number): string {
	const functions = ["width", "height", "depth", "volume"].map(
		(part) => `/** The ${part}. */
export function ${part}Of(values: readonly number[]): number {
	const first = values[${index}] ?? 0;
	return first * values.length;
}
`,
	);
	return `import { readFile } from "node:fs/promises";\n\nexport const name = "${name}";\n\n${functions.join("\n")}`;
}

function pythonText(name: string, index: number): string {
	const functions = ["width", "height", "depth", "volume"].map(
		(part) => `def ${part}_of(values):
    # The größe of it.
    first = values[${index}]
    return first * len(values)
`,
	);
	return `import os\nimport sys\n\nNAME = "${name}"\n\n\n${functions.join("\n\n")}`;
}
