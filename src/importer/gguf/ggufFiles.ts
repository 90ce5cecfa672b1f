import { open, type FileHandle } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { assert } from "../../base/assert.ts";
import { fileVersion, readRange } from "../fileRange.ts";
import { ImportError } from "../importError.ts";
import {
	invalid,
	maxHeaderBytes,
	parseGgufHeader,
	startsLikeGguf,
	unsupported,
	type GgufHeader,
	type GgufTensor,
	type GgufValue,
} from "./ggufHeader.ts";

/** Most headers are a few MB, of which the tokenizer is the most. */
const firstReadBytes = 1_000_000;
const maxParts = 1000;
/** How llama.cpp names the parts of a model that is split. */
const partPattern = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/;

interface Part {
	readonly name: string;
	/** See {@link fileVersion}. */
	readonly version: string;
	readonly file: FileHandle;
	readonly tensors: GgufHeader["tensors"];
}

type Metadata = ReadonlyMap<string, GgufValue>;

/** A tensor and the file that it lies in. */
interface Place {
	readonly part: Part;
	readonly tensor: GgufTensor;
}

/** Whether the file at `path` says that it is GGUF, whatever it is called. */
export async function isGgufFile(path: string): Promise<boolean> {
	await using file = await open(path);
	return startsLikeGguf(await readRange(file, 0, 4));
}

/** The file of a model, or all of them where it is split: what their headers say, and the bytes of their tensors. */
export class GgufFiles implements AsyncDisposable {
	readonly #parts: readonly Part[];
	readonly #places: ReadonlyMap<string, Place>;
	/** Of the first file; the others only say which part they are. */
	readonly metadata: Metadata;

	private constructor(metadata: Metadata, parts: readonly Part[]) {
		this.#parts = parts;
		this.metadata = metadata;
		const places = new Map<string, Place>();
		for (const part of parts) {
			for (const [name, tensor] of part.tensors) {
				if (places.has(name)) {
					throw invalid(part.name, `it has the tensor ${JSON.stringify(name)} of another part`);
				}
				places.set(name, { part, tensor });
			}
		}
		this.#places = places;
	}

	/**
	 * Opens the file at `path`, with all others of a model of which it is a part. The caller disposes of the result.
	 *
	 * @throws ImportError for files that can't be read and for unsound headers
	 */
	static async open(path: string): Promise<GgufFiles> {
		const parts: Part[] = [];
		try {
			const paths = partPaths(path);
			let first: Metadata | undefined;
			for (const [index, partPath] of paths.entries()) {
				const { part, metadata } = await openPart(partPath);
				parts.push(part);
				checkPart(part.name, metadata, index, paths.length);
				first ??= metadata;
			}
			assert(first !== undefined, "a model has a first part");
			const files = new GgufFiles(first, parts);
			const declared = files.metadata.get("split.tensors.count");
			if (typeof declared === "number" && declared !== files.#places.size) {
				throw invalid(
					basename(path),
					`its parts have ${files.#places.size} tensors, not ${declared}`,
				);
			}
			return files;
		} catch (error) {
			await Promise.all(parts.map(({ file }) => file.close()));
			throw error;
		}
	}

	/** Another one where a file has changed. */
	get identity(): string {
		return JSON.stringify(
			this.#parts.map(({ name, version, tensors }) => [name, version, [...tensors]]),
		);
	}

	/** The description of a tensor; undefined where there is none of that name. */
	tensor(name: string): GgufTensor | undefined {
		return this.#places.get(name)?.tensor;
	}

	/** All tensors, in no particular order. */
	tensors(): readonly GgufTensor[] {
		return [...this.#places.values()].map(({ tensor }) => tensor);
	}

	/**
	 * A range of a tensor that there is; `start` and `bytes` count from its beginning.
	 *
	 * @throws ImportError where the file has become shorter
	 */
	async readBytes(name: string, start: number, bytes: number): Promise<Uint8Array> {
		const place = this.#places.get(name);
		assert(place !== undefined, `there is a tensor ${name}`);
		const { part, tensor } = place;
		assert(start >= 0 && start + bytes <= tensor.bytes, "the range lies within the tensor");
		const content = await readRange(part.file, tensor.offset + start, bytes);
		if (content.length !== bytes) {
			throw invalid(part.name, "it became shorter while it was read");
		}
		return content;
	}

	async [Symbol.asyncDispose](): Promise<void> {
		await Promise.all(this.#parts.map(({ file }) => file.close()));
	}
}

/** All parts of a model of which `path` is one, the first one first. */
function partPaths(path: string): readonly string[] {
	const [, stem = "", , count = "0"] = partPattern.exec(basename(path)) ?? [];
	const parts = Math.min(Number(count), maxParts);
	if (parts < 2) {
		return [path];
	}
	return Array.from({ length: parts }, (_, i) =>
		join(dirname(path), `${stem}-${String(i + 1).padStart(5, "0")}-of-${count}.gguf`),
	);
}

async function openPart(
	path: string,
): Promise<{ readonly part: Part; readonly metadata: Metadata }> {
	const name = basename(path);
	let file: FileHandle;
	try {
		file = await open(path);
	} catch (error) {
		throw new ImportError(
			"checkpointInvalid",
			`The file ${path} can't be read; all parts of a model have to lie beside each other, under their own names.`,
			{ cause: error },
		);
	}
	try {
		const { size, version } = await fileVersion(file);
		const { metadata, tensors } = await readHeader(file, name, size);
		return { part: { name, version, file, tensors }, metadata };
	} catch (error) {
		await file.close();
		throw error;
	}
}

/** Reads as much of the file as its header takes. */
async function readHeader(file: FileHandle, name: string, size: number): Promise<GgufHeader> {
	const longest = Math.min(size, maxHeaderBytes);
	for (let wanted = firstReadBytes; ; wanted *= 4) {
		const length = Math.min(wanted, longest);
		const parsed = parseGgufHeader(await readRange(file, 0, length), size, name);
		if (parsed.kind === "header") {
			return parsed.header;
		}
		if (length === longest) {
			throw length === size
				? invalid(name, "it became shorter while it was read")
				: unsupported(
						name,
						`has a header of more than ${maxHeaderBytes} bytes`,
						"take the model from another source",
					);
		}
	}
}

function checkPart(name: string, metadata: Metadata, index: number, count: number): void {
	const declared = metadata.get("split.count") ?? 1;
	// Some writers say 0 of a model that isn't split.
	if (declared !== count && !(declared === 0 && count === 1)) {
		throw unsupported(
			name,
			"is one part of a model, and its name says otherwise",
			"give the parts the names that they were published under (…-00001-of-00002.gguf)",
		);
	}
	if (count > 1 && metadata.get("split.no") !== index) {
		throw invalid(name, "it is another part of the model than its name says");
	}
}
