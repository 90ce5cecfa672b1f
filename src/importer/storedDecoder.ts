import type { ExternalRegion, WeightsFile } from "./onnx/weightsFile.ts";
import type { Qwen3MoeConfig } from "./qwen3MoeConfig.ts";
import { rotaryTables } from "./rotaryTables.ts";
import { concatRows, interleaveRows } from "./rowStreams.ts";
import type { Matrix, StoreMatrix } from "./storedMatrix.ts";
import type { TensorSource } from "./tensorSource.ts";

/**
 * A decoder whose weights are in the weights file: all that a graph over them is built of. Graphs are built
 * from it without reading the checkpoint again, so any number of them share the weights. What is small
 * (norms) is here as values and becomes a constant of each graph.
 */
export interface StoredDecoder<StoredMatrix> {
	readonly config: Qwen3MoeConfig;
	/** contextLength × headDim ÷ 2 float32 each; see {@link rotaryTables}. */
	readonly rotary: { readonly cos: ExternalRegion; readonly sin: ExternalRegion };
	/** vocabularySize × hiddenSize. */
	readonly embedding: StoredMatrix;
	readonly layers: readonly StoredLayer<StoredMatrix>[];
	/** hiddenSize values. */
	readonly finalNorm: Float32Array;
	/** vocabularySize × hiddenSize; undefined where it is the embedding. */
	readonly outputLayer: StoredMatrix | undefined;
}

export interface StoredLayer<StoredMatrix> {
	/** hiddenSize values. */
	readonly inputNorm: Float32Array;
	/** Rows of queries, keys and values: (heads + 2 · kvHeads) · headDim × hiddenSize. */
	readonly qkv: StoredMatrix;
	/** headDim values each. */
	readonly qNorm: Float32Array;
	readonly kNorm: Float32Array;
	/** hiddenSize × heads · headDim. */
	readonly output: StoredMatrix;
	/** hiddenSize values. */
	readonly postAttentionNorm: Float32Array;
	/** experts × hiddenSize float32 in every format: it is small, and a rounding there sends a token to another expert. */
	readonly router: ExternalRegion;
	/** Expert after expert, gate and up rows by turns: experts · 2 · expertSize × hiddenSize. */
	readonly gateUp: StoredMatrix;
	/** Expert after expert: experts · hiddenSize × expertSize. */
	readonly down: StoredMatrix;
}

/**
 * Writes the weights of a qwen3_moe checkpoint, each once, in the order in which a pass reads them.
 * `onLayer` hears how many of the layers are written.
 */
export async function storeQwen3MoeDecoder<StoredMatrix>(
	config: Qwen3MoeConfig,
	tensors: TensorSource,
	file: WeightsFile,
	store: StoreMatrix<StoredMatrix>,
	onLayer: (layersDone: number) => void,
): Promise<StoredDecoder<StoredMatrix>> {
	const { vocabularySize, hiddenSize } = config;
	const source = { config, tensors };
	const tables = rotaryTables(config.contextLength, config.headDim, config.ropeTheta);
	const rotary = {
		cos: await file.writeRegion([tables.cos]),
		sin: await file.writeRegion([tables.sin]),
	};
	const vocabulary = (name: string): Promise<StoredMatrix> =>
		store(file, matrix(source, name, vocabularySize, hiddenSize));
	const embedding = await vocabulary("model.embed_tokens.weight");
	const layers: StoredLayer<StoredMatrix>[] = [];
	while (layers.length < config.layers) {
		layers.push(await storeLayer(source, layers.length, file, store));
		onLayer(layers.length);
	}
	return {
		config,
		rotary,
		embedding,
		layers,
		finalNorm: await tensors.read("model.norm.weight", [hiddenSize]),
		outputLayer: config.tiedEmbedding ? undefined : await vocabulary("lm_head.weight"),
	};
}

interface Source {
	readonly config: Qwen3MoeConfig;
	readonly tensors: TensorSource;
}

async function storeLayer<StoredMatrix>(
	source: Source,
	layer: number,
	file: WeightsFile,
	store: StoreMatrix<StoredMatrix>,
): Promise<StoredLayer<StoredMatrix>> {
	const { config, tensors } = source;
	const { hiddenSize, headDim, heads, experts } = config;
	const prefix = `model.layers.${layer}`;
	const attention = `${prefix}.self_attn`;
	const router = `${prefix}.mlp.gate.weight`;
	return {
		inputNorm: await tensors.read(`${prefix}.input_layernorm.weight`, [hiddenSize]),
		qkv: await store(file, qkv(source, attention)),
		qNorm: await tensors.read(`${attention}.q_norm.weight`, [headDim]),
		kNorm: await tensors.read(`${attention}.k_norm.weight`, [headDim]),
		output: await store(
			file,
			matrix(source, `${attention}.o_proj.weight`, hiddenSize, heads * headDim),
		),
		postAttentionNorm: await tensors.read(`${prefix}.post_attention_layernorm.weight`, [
			hiddenSize,
		]),
		router: await file.writeRegion(tensors.readRows(router, [experts, hiddenSize])),
		gateUp: await store(file, gateUp(source, prefix)),
		down: await store(file, down(source, prefix)),
	};
}

/** One product instead of three: the activations are quantized once and the threads meet once. */
function qkv(source: Source, attention: string): Matrix {
	const { heads, kvHeads, headDim, hiddenSize } = source.config;
	const parts = (["q", "k", "v"] as const).map((part) =>
		matrix(
			source,
			`${attention}.${part}_proj.weight`,
			(part === "q" ? heads : kvHeads) * headDim,
			hiddenSize,
		),
	);
	return {
		rows: (heads + 2 * kvHeads) * headDim,
		columns: hiddenSize,
		stream: concatRows(parts.map(({ stream }) => stream)),
	};
}

function gateUp(source: Source, prefix: string): Matrix {
	const { experts, expertSize, hiddenSize } = source.config;
	const part = (expert: number, projection: "gate" | "up"): Matrix => {
		const name = `${prefix}.mlp.experts.${expert}.${projection}_proj.weight`;
		return matrix(source, name, expertSize, hiddenSize);
	};
	return {
		rows: experts * 2 * expertSize,
		columns: hiddenSize,
		stream: concatRows(
			expertNumbers(source).map((expert) =>
				interleaveRows(part(expert, "gate").stream, part(expert, "up").stream, hiddenSize),
			),
		),
	};
}

function down(source: Source, prefix: string): Matrix {
	const { experts, expertSize, hiddenSize } = source.config;
	return {
		rows: experts * hiddenSize,
		columns: expertSize,
		stream: concatRows(
			expertNumbers(source).map((expert) => {
				const name = `${prefix}.mlp.experts.${expert}.down_proj.weight`;
				return matrix(source, name, hiddenSize, expertSize).stream;
			}),
		),
	};
}

const expertNumbers = ({ config }: Source): readonly number[] => [...Array(config.experts).keys()];

function matrix({ tensors }: Source, name: string, rows: number, columns: number): Matrix {
	return { rows, columns, stream: tensors.readRows(name, [rows, columns]) };
}
