import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Logger } from "../base/log.ts";
import { deleteAbandoned, temporaryBeside } from "../base/temporaryFile.ts";

/** What a measurement holds for: with any other value it is made anew. */
export interface MeasuredOn {
	/** As the processor calls itself. */
	readonly processor: string;
	/** What runs the passes, with its version. */
	readonly runtime: string;
	readonly threads: number;
	/** SHA-256 of the model's weights. */
	readonly weights: string;
}

/** One kind of measurement. */
export interface MeasurementKind<Value> {
	/** In the folder that is given for all of them. */
	readonly fileName: string;
	/** Of what was measured. */
	readonly value: z.ZodType<Value>;
	/** What it says, such as “which graph is the faster one”: a part of a sentence. */
	readonly subject: string;
	/** What follows where it can't be kept, such as “the next start times both again”. */
	readonly consequence: string;
}

/** Of models and settings that somebody tried on this machine; the oldest are forgotten. */
const maxEntries = 32;
const maxFileBytes = 100_000;
const maxProcessorLength = 200;

const entrySchema = z.strictObject({
	processor: z.string().max(maxProcessorLength),
	runtime: z.string().max(200),
	threads: z.int().positive(),
	weights: z.string().regex(/^[0-9a-f]{64}$/),
	measured: z.unknown(),
});

const fileSchema = z.strictObject({
	version: z.literal(1),
	/** The latest first. */
	entries: z.array(entrySchema).max(maxEntries),
});

type Entry = z.infer<typeof entrySchema>;

/**
 * What was measured on this machine, in a small file in `folder`. Losing it costs a second at the next start at most:
 * whatever is wrong with the file is said in the log, and it is written anew.
 */
export class RememberedMeasurements<Value> {
	readonly #folder: string;
	readonly #path: string;
	readonly #kind: MeasurementKind<Value>;
	readonly #logger: Logger;

	constructor(folder: string, kind: MeasurementKind<Value>, logger: Logger) {
		this.#folder = folder;
		this.#path = join(folder, kind.fileName);
		this.#kind = kind;
		this.#logger = logger;
	}

	/** Never rejects. */
	async find(key: MeasuredOn): Promise<Value | undefined> {
		const known = await this.#read((problem) => {
			this.#logger.warn(
				`What ${this.#path} says about ${this.#kind.subject} is ignored, because it can't be read (${problem}).`,
			);
		});
		const found = known.find(isFor(key));
		return found && this.#kind.value.parse(found.measured);
	}

	/** Never rejects. The file is whole at any time; of two processes that write at once, one is forgotten. */
	async remember(key: MeasuredOn, measured: Value): Promise<void> {
		const isOther = (entry: Entry): boolean => !isFor(key)(entry);
		const processor = key.processor.slice(0, maxProcessorLength);
		// What is wrong with the file was said when the measurement was looked for.
		const known = await this.#read(() => undefined);
		const others = known.filter(isOther).slice(0, maxEntries - 1);
		const entries = [{ ...key, processor, measured }, ...others];
		const temporary = temporaryBeside(this.#path);
		try {
			await mkdir(this.#folder, { recursive: true });
			await writeDurably(temporary, `${JSON.stringify({ version: 1, entries }, undefined, 2)}\n`);
			await rename(temporary, this.#path);
		} catch (error) {
			await rm(temporary, { force: true }).catch(() => undefined);
			this.#logger.warn(
				`What was measured about ${this.#kind.subject} can't be remembered (${describe(error)}), so ${this.#kind.consequence}.`,
			);
		}
	}

	/** Everything in the file is of this kind, or nothing of it is taken. */
	async #read(onProblem: (problem: string) => void): Promise<readonly Entry[]> {
		try {
			await deleteAbandoned(this.#path);
			await using file = await open(this.#path);
			const { size } = await file.stat();
			if (size > maxFileBytes) {
				throw new Error(`it has ${size} bytes`);
			}
			const { entries } = fileSchema.parse(JSON.parse(await file.readFile("utf8")));
			for (const { measured } of entries) {
				this.#kind.value.parse(measured);
			}
			return entries;
		} catch (error) {
			if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) {
				onProblem(describe(error));
			}
			return [];
		}
	}
}

const isFor =
	(key: MeasuredOn) =>
	(entry: Entry): boolean =>
		entry.processor === key.processor.slice(0, maxProcessorLength) &&
		entry.runtime === key.runtime &&
		entry.threads === key.threads &&
		entry.weights === key.weights;

async function writeDurably(path: string, text: string): Promise<void> {
	await using file = await open(path, "wx");
	await file.writeFile(text);
	await file.sync();
}

function describe(error: unknown): string {
	if (error instanceof z.ZodError) {
		return "it is not what was written";
	}
	return error instanceof Error ? error.message.slice(0, 200) : String(error);
}
