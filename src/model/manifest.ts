import * as z from "zod";
import { interpreted } from "../base/interpreted.ts";
import { once } from "../base/once.ts";
import { withoutByteOrderMark } from "../base/byteOrderMark.ts";
import { firstProblem, parseForeignJson } from "../base/foreignJson.ts";
import { exportedGraphSchema } from "./exportedGraph.ts";

/** Name of the manifest inside a model folder. */
export const manifestFileName = "mote-model.json";

const positiveInt = once(() => z.int().positive());

/** A file name inside the model folder: no separators, so that a manifest can't point outside of it. */
const fileName = once(() => z.string().regex(/^[\w][\w.-]{0,127}$/));

const modelFileSchema = once(() =>
	z.strictObject({
		name: fileName(),
		bytes: z.int().nonnegative(),
		/** Lower-case hex. */
		sha256: z.string().regex(/^[0-9a-f]{64}$/),
	}),
);

const fimSchema = once(() =>
	z.strictObject({
		/** Order of the parts: suffix-prefix-middle (typing only appends) or prefix-suffix-middle. */
		order: z.enum(["spm", "psm"]),
		/** Names of special tokens in the tokenizer. */
		prefix: z.string(),
		suffix: z.string(),
		/** In front of the answer; missing where the answer follows the last part without a marker. */
		middle: z.string().optional(),
		/** In front of every prompt, where the model was trained with such a token. */
		start: z.string().optional(),
		/** Stands before the path of a file, when the model was trained with paths: `file`, path, newline. */
		file: z.string().optional(),
		/**
		 * Stands before the path and the text of each piece of another file, where the model was trained with
		 * such pieces in front of the file at hand.
		 */
		otherFile: z.string().optional(),
	}),
);

/** Beside the first. Exports of large models have a few, of 2 GB each. */
export const maxMoreWeightsFiles = 63;

/** Published templates have up to 20,000. */
export const maxChatTemplateLength = 65_536;
const tokenName = once(() => z.string().min(1).max(100));

const chatSchema = once(() =>
	z.strictObject({
		/** Jinja, as checkpoints bring it: it turns `messages` into text. Run it through src/prompt only. */
		template: z.string().min(1).max(maxChatTemplateLength),
		/** The special tokens that it may write; everything else that it writes is plain text. */
		specialTokens: z.array(tokenName()).max(64),
		/** Special tokens that end an answer, beside the model's own. */
		stopTokens: z.array(tokenName()).max(16),
		/** Texts that end an answer, for models that were taught to converse without special tokens. */
		stopStrings: z.array(z.string().min(1).max(100)).max(4).optional(),
		/** What the template calls `bos_token` and `eos_token`. */
		bosToken: tokenName().optional(),
		eosToken: tokenName().optional(),
	}),
);

/**
 * What a model folder declares about itself: `mote-model.json`. Everything that runs the model reads it
 * from here; nothing is guessed from file names. Foreign data: parse with {@link parseManifest} only.
 */
const manifestSchema = once(() =>
	z.strictObject({
		formatVersion: z.literal(1),
		name: z.string().min(1).max(100),
		/** The `model_type` of the checkpoint; of an exported graph it may be any. */
		architecture: z.string().regex(/^[\w][\w.-]{0,63}$/),
		/** Where the weights came from and under which licence (SPDX). */
		license: z.string().max(100),
		quantization: z.enum(["int4", "int8", "fp32"]),
		vocabularySize: positiveInt().max(1_000_000),
		/** Positions for which the graph has rotary tables: hard limit for prompt plus answer. */
		contextLength: positiveInt().max(1_048_576),
		/** Longest sequence seen in training; prompts are budgeted within it. */
		trainedContextLength: positiveInt().max(1_048_576),
		layers: positiveInt().max(1000),
		kvHeads: positiveInt().max(1000),
		headDim: positiveInt().max(1024),
		/** Element type of the KV cache in the graph. */
		kvCache: z.enum(["float32", "int8"]).default("float32"),
		/** The names of inputs and outputs of `files.graph`, where somebody else has exported it. */
		exportedGraph: exportedGraphSchema().optional(),
		/** Special tokens that end a generation. */
		stopTokens: z.array(z.string()).min(1).max(16),
		fim: fimSchema().optional(),
		/** How to converse with the model; missing where it can't. */
		chat: chatSchema().optional(),
		files: z.strictObject({
			/** The decoder with each layer's experts as one operator of ONNX Runtime. */
			graph: modelFileSchema(),
			/** The same decoder in operators that are fast on every processor. */
			portableGraph: modelFileSchema().optional(),
			/** The same decoder in the operators of Mote's own addon. */
			nativeGraph: modelFileSchema().optional(),
			/** The same decoder for GPUs without an operator for experts: every expert for every token, in float32. */
			denseGraph: modelFileSchema().optional(),
			/** The same decoder for GPUs that compute in float16. */
			halfGraph: modelFileSchema().optional(),
			/** External data of every graph; the graph itself where it holds its weights. */
			weights: modelFileSchema(),
			/** Further external data of an exported graph. */
			moreWeights: z.array(modelFileSchema()).max(maxMoreWeightsFiles).optional(),
			tokenizer: modelFileSchema(),
		}),
	}),
);

export type ModelManifest = z.infer<ReturnType<typeof manifestSchema>>;
/** What a graph keeps keys and values in. */
export type KvCacheFormat = ModelManifest["kvCache"];
export type ModelFile = z.infer<ReturnType<typeof modelFileSchema>>;
export type FimFormat = z.infer<ReturnType<typeof fimSchema>>;
export type ChatFormat = z.infer<ReturnType<typeof chatSchema>>;

export type ManifestParse =
	| { readonly kind: "ok"; readonly manifest: ModelManifest }
	| { readonly kind: "invalid"; readonly problem: string };

/** Validates the text of a manifest. Never throws: the text may come from anywhere. */
export function parseManifest(text: string): ManifestParse {
	const json = parseForeignJson(withoutByteOrderMark(text));
	if (json.kind === "invalid") {
		return { kind: "invalid", problem: `it ${json.problem}` };
	}
	const result = manifestSchema().safeParse(json.value, interpreted);
	return result.success
		? { kind: "ok", manifest: result.data }
		: { kind: "invalid", problem: firstProblem(result.error) };
}
