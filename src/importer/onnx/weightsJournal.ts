import { createHash, type Hash } from "node:crypto";
import { open, type FileHandle } from "node:fs/promises";
import * as z from "zod";

/**
 * Says up to where a weights file that isn't finished is sound: after each group of regions a line with the file's length
 * and its SHA-256 up to there. A line is believed only where the file still has that checksum, so neither a crash
 * between the two nor a damaged disk can bring wrong weights into a model.
 */
export class WeightsJournal {
	readonly #file: FileHandle;

	private constructor(file: FileHandle) {
		this.#file = file;
	}

	/** Opens the journal of `weights`, which is read up to where both agree, and cuts off what lies behind in both. */
	static async open(
		path: string,
		weights: FileHandle,
	): Promise<{ readonly journal: WeightsJournal; readonly sound: SoundPart }> {
		const file = await open(path, "a+");
		try {
			const lines = (await file.readFile("utf8")).split("\n").slice(0, maxLines);
			const { kept, sound } = await soundPart(lines, weights);
			await file.truncate(0);
			await file.appendFile(kept.map((line) => `${line}\n`).join(""));
			await weights.truncate(sound.bytes);
			return { journal: new WeightsJournal(file), sound };
		} catch (error) {
			await file.close();
			throw error;
		}
	}

	async append(bytes: number, sha256: string): Promise<void> {
		await this.#file.appendFile(`${JSON.stringify({ bytes, sha256 } satisfies Line)}\n`);
	}

	async close(): Promise<void> {
		await this.#file.close();
	}
}

/** What is there of a file, and the hash that goes on from there. */
export interface SoundPart {
	readonly bytes: number;
	readonly hash: Hash;
}

const lineSchema = z.strictObject({ bytes: z.int().positive(), sha256: z.string().length(64) });
type Line = z.infer<typeof lineSchema>;

/** A thousand layers have a few thousand matrices. */
const maxLines = 100_000;
const pieceBytes = 4 * 2 ** 20;

async function soundPart(
	lines: readonly string[],
	weights: FileHandle,
): Promise<{ readonly kept: readonly string[]; readonly sound: SoundPart }> {
	const kept: string[] = [];
	let sound: SoundPart = { bytes: 0, hash: createHash("sha256") };
	for (const text of lines) {
		const line = parseLine(text);
		if (line === undefined || line.bytes <= sound.bytes) {
			break;
		}
		const hash = sound.hash.copy();
		const isThere = await hashRange(weights, sound.bytes, line.bytes, hash);
		if (!isThere || hash.copy().digest("hex") !== line.sha256) {
			break;
		}
		kept.push(text);
		sound = { bytes: line.bytes, hash };
	}
	return { kept, sound };
}

function parseLine(text: string): Line | undefined {
	try {
		return lineSchema.safeParse(JSON.parse(text)).data;
	} catch {
		// The last line of a process that was killed.
		return undefined;
	}
}

/** False where the file ends before `end`. */
async function hashRange(
	file: FileHandle,
	start: number,
	end: number,
	hash: Hash,
): Promise<boolean> {
	const piece = Buffer.alloc(Math.min(pieceBytes, end - start));
	for (let position = start; position < end;) {
		const { bytesRead } = await file.read(
			piece,
			0,
			Math.min(piece.length, end - position),
			position,
		);
		if (bytesRead === 0) {
			return false;
		}
		hash.update(piece.subarray(0, bytesRead));
		position += bytesRead;
	}
	return true;
}
