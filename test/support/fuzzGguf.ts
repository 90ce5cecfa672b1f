import { parentPort, workerData } from "node:worker_threads";
import { UserError } from "../../src/base/userError.ts";
import { readGgufTokenizer } from "../../src/importer/gguf/ggufTokenizer.ts";
import { parseGgufHeader } from "../../src/importer/gguf/ggufHeader.ts";
import { ggufBytes } from "./ggufBytes.ts";

/**
 * Feeds random and mutated headers to the reader, in a worker whose heap is bounded: what allocates beyond that ends
 * it. A header that is taken has to lie within its file; everything else has to be refused by a UserError.
 */
export interface FuzzOrder {
	readonly runs: number;
	readonly seed: number;
}

export interface FuzzOutcome {
	readonly taken: number;
	readonly incomplete: number;
	readonly refused: number;
	/** Kinds of refusals that came, without what they quote. */
	readonly sentences: readonly string[];
	/** Largest size of all ArrayBuffers together, beyond what there was before. */
	readonly bufferBytes: number;
}

const order = workerData as FuzzOrder;
const random = mulberry32(order.seed);
const below = (limit: number): number => Math.floor(random() * limit);

const samples = [
	ggufBytes({
		metadata: {
			"general.architecture": [8, "qwen3moe"],
			"general.alignment": [4, 64],
			"tokenizer.ggml.model": [8, "gpt2"],
			"tokenizer.ggml.pre": [8, "qwen2"],
			"tokenizer.ggml.tokens": [9, 8, ["a", "b", "ab", "<|end|>"]],
			"tokenizer.ggml.token_type": [9, 5, [1, 1, 1, 3]],
			"tokenizer.ggml.merges": [9, 8, ["a b"]],
			"tokenizer.ggml.eos_token_id": [4, 3],
			nested: [
				9,
				9,
				[
					[5, [1, -2]],
					[8, ["x"]],
				],
			],
			large: [10, 2n ** 60n],
			half: [12, 0.5],
		},
		alignment: 64,
		tensors: [
			{ name: "token_embd.weight", dimensions: [32, 4], type: 2, content: new Uint8Array(72) },
			{ name: "blk.0.attn_q.weight", dimensions: [256, 2], type: 12, content: new Uint8Array(288) },
			{ name: "output_norm.weight", dimensions: [32], type: 0, content: new Uint8Array(128) },
		],
	}),
	ggufBytes({ version: 2, metadata: { yes: [7, true], words: [9, 8, ["", "b"]] } }),
];

/** Numbers that parsers stumble over. */
const oddNumbers = [
	0n,
	1n,
	2n,
	0x7fn,
	0xffn,
	0xffffn,
	0x7fff_ffffn,
	0xffff_ffffn,
	2n ** 32n,
	2n ** 53n,
	2n ** 61n,
	2n ** 63n - 1n,
	2n ** 64n - 1n,
];

function mutated(sample: Buffer): Buffer {
	const bytes = Buffer.from(sample);
	for (let i = 1 + below(4); i > 0; i--) {
		const at = below(Math.max(1, bytes.length - 8));
		switch (below(4)) {
			case 0:
				bytes[at] = below(256);
				break;
			case 1:
				bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
				break;
			case 2:
				bytes.writeBigUInt64LE(oddNumbers[below(oddNumbers.length)] ?? 0n, at);
				break;
			default:
				// A stretch of the file in another place.
				bytes.copy(bytes, at, below(bytes.length), below(bytes.length));
		}
	}
	return below(4) === 0 ? bytes.subarray(0, below(bytes.length)) : bytes;
}

function noise(): Buffer {
	const bytes = Buffer.from(Array.from({ length: below(300) }, () => below(256)));
	bytes.write("GGUF\u0003\0\0\0", 0, "latin1");
	return bytes;
}

function run(): FuzzOutcome {
	const before = process.memoryUsage().arrayBuffers;
	const counts = { taken: 0, incomplete: 0, refused: 0 };
	const sentences = new Set<string>();
	let bufferBytes = 0;
	for (let i = 0; i < order.runs; i++) {
		const sample = samples[below(samples.length)] ?? Buffer.alloc(0);
		const bytes = below(10) === 0 ? noise() : mutated(sample);
		// A file may be longer than what has been read of it.
		const fileBytes = bytes.length + (below(3) === 0 ? below(1_000_000_000) : 0);
		try {
			const parsed = parseGgufHeader(bytes, fileBytes, "m.gguf");
			if (parsed.kind === "header") {
				for (const { offset, bytes: length } of parsed.header.tensors.values()) {
					if (!(offset >= 0 && length >= 0 && offset + length <= fileBytes)) {
						throw new Error(`a tensor at ${offset} of ${length} bytes in a file of ${fileBytes}`);
					}
				}
				counts.taken++;
				readGgufTokenizer(parsed.header.metadata);
			} else {
				counts.incomplete++;
			}
		} catch (error) {
			if (!(error instanceof UserError) || !/^[^\n]+; [^\n]+\.$/.test(error.message)) {
				throw error;
			}
			counts.refused++;
			sentences.add(error.message.replaceAll(/"(?:[^"\\]|\\.)*"/g, '"…"').replaceAll(/\d+/g, "0"));
		}
		if (i % 1000 === 0) {
			bufferBytes = Math.max(bufferBytes, process.memoryUsage().arrayBuffers - before);
		}
	}
	return { ...counts, sentences: [...sentences].sort(), bufferBytes };
}

function mulberry32(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

parentPort?.postMessage(run());
