import { basename } from "node:path";
import type { ArchitectureName } from "../../model/architecture.ts";
import type { CheckpointFileName, CheckpointSource } from "../checkpointSource.ts";
import { knownFimFormat } from "../fimFormats.ts";
import { ImportError } from "../importError.ts";
import { readFrequencyFactors } from "./frequencyFactors.ts";
import { readGgufConfig } from "./ggufConfig.ts";
import { GgufFiles } from "./ggufFiles.ts";
import type { GgufTensor, GgufValue } from "./ggufHeader.ts";
import { GgufTensors } from "./ggufTensors.ts";
import { readGgufTokenizer, type GgufTokenizer } from "./ggufTokenizer.ts";

/** Templates by name; the plain one comes first. */
const templateKeys = ["tokenizer.chat_template", "tokenizer.chat_template.default"];

/**
 * A GGUF file, or the parts of one, as llama.cpp, Ollama and LM Studio keep models: with the texts that a Hugging Face
 * checkpoint has beside its weights, written from the metadata.
 *
 * @throws ImportError for everything that can't be imported, before any tensor is read
 */
export async function ggufCheckpoint(path: string): Promise<CheckpointSource> {
	await using files = await GgufFiles.open(path);
	const { metadata } = files;
	const { config, layout } = readGgufConfig(files, await readFrequencyFactors(files));
	const tokenizer = readGgufTokenizer(metadata);
	const texts = new Map<CheckpointFileName, string>([
		["config.json", JSON.stringify(config)],
		["tokenizer.json", tokenizer.tokenizerJson],
		["tokenizer_config.json", tokenizerConfig(metadata, tokenizer)],
		["generation_config.json", JSON.stringify({ eos_token_id: tokenizer.endIds })],
		["mote.json", notes(metadata, config.model_type, tokenizer)],
	]);
	const weights = files.tensors();
	return {
		path,
		defaultName: basename(path, ".gguf").slice(0, 100) || "model",
		text: (name, maxBytes) => Promise.resolve(boundedText(texts.get(name), name, maxBytes)),
		openTensors: async () => new GgufTensors(await GgufFiles.open(path), layout),
		int4Notice: int4Notice(weights),
	};
}

function boundedText(
	text: string | undefined,
	name: CheckpointFileName,
	maxBytes: number,
): string | undefined {
	if (text !== undefined && Buffer.byteLength(text) > maxBytes) {
		throw new ImportError(
			"checkpointInvalid",
			`What the file says of its ${name} takes more than ${maxBytes} bytes; download it anew from its source.`,
		);
	}
	return text;
}

function tokenizerConfig(
	metadata: ReadonlyMap<string, GgufValue>,
	{ bos, eos }: GgufTokenizer,
): string {
	const template = templateKeys
		.map((key) => metadata.get(key))
		.find((value) => typeof value === "string");
	return JSON.stringify({ chat_template: template, bos_token: bos, eos_token: eos });
}

/** Our own addition to checkpoints travels in files that we write; others say some of it in their own way. */
function notes(
	metadata: ReadonlyMap<string, GgufValue>,
	architecture: ArchitectureName,
	tokenizer: GgufTokenizer,
): string {
	const own = metadata.get(moteNotesKey);
	if (typeof own === "string") {
		return own;
	}
	const text = (key: string): string | undefined => {
		const value = metadata.get(key);
		return typeof value === "string" && value !== "" ? value.slice(0, 100) : undefined;
	};
	return JSON.stringify({
		name: text("general.name"),
		license: text("general.license"),
		endOfText: tokenizer.eos,
		...fimNotes(architecture, tokenizer),
	});
}

/** Files name markers; in which order they go, and what stands in front of them, is known of their families. */
function fimNotes(
	architecture: ArchitectureName,
	{ fim, bos, eos }: GgufTokenizer,
): Readonly<Record<string, unknown>> {
	if (fim === undefined || eos === undefined) {
		return {};
	}
	const { prefix, suffix, middle, file } = fim;
	const known = knownFimFormat(architecture, (token) =>
		[prefix, suffix, middle, bos].includes(token),
	);
	return {
		order: known?.order,
		fim: { ...fim, start: known?.start, otherFile: file, endOfText: eos },
	};
}

/** The metadata's key for the text of a `mote.json`. */
export const moteNotesKey = "mote.notes";

/** Says what becomes of the weights; undefined where all of them stay what they are. */
function int4Notice(tensors: readonly GgufTensor[]): string | undefined {
	const matrices = tensors.filter(({ shape }) => shape.length > 1);
	const kept = matrices.filter(({ type }) => type.fitsInt4).length;
	const rounded = matrices.filter(({ type }) => type.blockElements > 1 && !type.fitsInt4);
	if (rounded.length === 0) {
		return undefined;
	}
	const names = [...new Set(rounded.map(({ type }) => type.name))].sort();
	return `${rounded.length} of the file's ${matrices.length} matrices are stored in ${names.join(", ")} and are rounded anew to int4; ${kept} in Q4_0 stay exactly as they are.`;
}
