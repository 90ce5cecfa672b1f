import { randomUUID } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import type { Logger } from "../../base/log.ts";
import type { GraphChoice } from "./graphChoice.ts";

/** What a choice holds for: with any other value it is made anew. */
export interface ChoiceKey {
	/** As the processor calls itself. */
	readonly processor: string;
	/** Version of ONNX Runtime. */
	readonly runtime: string;
	readonly threads: number;
	/** SHA-256 of the model's weights. */
	readonly weights: string;
}

const fileName = "graph-choices.json";

/** Of models and settings that somebody tried on this machine; the oldest are forgotten. */
const maxChoices = 32;
const maxFileBytes = 100_000;
const maxProcessorLength = 200;

const choiceSchema = z.strictObject({
	processor: z.string().max(maxProcessorLength),
	runtime: z.string().max(100),
	threads: z.int().positive(),
	weights: z.string().regex(/^[0-9a-f]{64}$/),
	graph: z.enum(["qmoe", "portable"]),
	timesAsFast: z.number().positive(),
});

const fileSchema = z.strictObject({
	version: z.literal(1),
	/** The latest first. */
	choices: z.array(choiceSchema).max(maxChoices),
});

type RememberedChoice = z.infer<typeof choiceSchema>;

/**
 * The choices of graphs that were made on this machine, in a small file in `folder`. Losing one costs half a
 * second at the next start: whatever is wrong with the file is said in the log, and it is written anew.
 */
export class RememberedChoices {
	readonly #folder: string;
	readonly #path: string;
	readonly #logger: Logger;

	constructor(folder: string, logger: Logger) {
		this.#folder = folder;
		this.#path = join(folder, fileName);
		this.#logger = logger;
	}

	/** Never rejects. */
	async find(key: ChoiceKey): Promise<GraphChoice | undefined> {
		const known = await this.#read((problem) => {
			this.#logger.warn(
				`What ${this.#path} says about which graph is the faster one is ignored, because it can't be read (${problem}).`,
			);
		});
		const found = known.find(isFor(key));
		return found && { graph: found.graph, timesAsFast: found.timesAsFast };
	}

	/** Never rejects. The file is whole at any time; of two processes that write at once, one is forgotten. */
	async remember(key: ChoiceKey, { graph, timesAsFast }: GraphChoice): Promise<void> {
		const isOther = (choice: RememberedChoice): boolean => !isFor(key)(choice);
		const processor = key.processor.slice(0, maxProcessorLength);
		// What is wrong with the file was said when the choice was looked for.
		const known = await this.#read(() => undefined);
		const others = known.filter(isOther).slice(0, maxChoices - 1);
		const choices = [{ ...key, processor, graph, timesAsFast }, ...others];
		const temporary = `${this.#path}.${randomUUID()}.tmp`;
		try {
			await mkdir(this.#folder, { recursive: true });
			await writeDurably(temporary, `${JSON.stringify({ version: 1, choices }, undefined, 2)}\n`);
			await rename(temporary, this.#path);
		} catch (error) {
			await rm(temporary, { force: true }).catch(() => undefined);
			this.#logger.warn(
				`Which graph is the faster one can't be remembered (${describe(error)}), so the next start times both again.`,
			);
		}
	}

	async #read(onProblem: (problem: string) => void): Promise<readonly RememberedChoice[]> {
		try {
			await using file = await open(this.#path);
			const { size } = await file.stat();
			if (size > maxFileBytes) {
				throw new Error(`it has ${size} bytes`);
			}
			return fileSchema.parse(JSON.parse(await file.readFile("utf8"))).choices;
		} catch (error) {
			if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) {
				onProblem(describe(error));
			}
			return [];
		}
	}
}

const isFor =
	(key: ChoiceKey) =>
	(choice: RememberedChoice): boolean =>
		choice.processor === key.processor.slice(0, maxProcessorLength) &&
		choice.runtime === key.runtime &&
		choice.threads === key.threads &&
		choice.weights === key.weights;

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
