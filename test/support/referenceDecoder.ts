import type { RandomTensor } from "./randomCheckpoint.ts";

/**
 * Decoders in double precision, written from the descriptions of their architectures and for clarity only: no KV cache,
 * no batching, keys and values of every head in full. Shares no code with what it checks.
 */

export interface ReferenceRotation {
	readonly rope_type?: string;
	readonly type?: string;
	readonly rope_theta?: number;
	readonly factor?: number;
	readonly original_max_position_embeddings?: number;
	readonly low_freq_factor?: number;
	readonly high_freq_factor?: number;
	readonly beta_fast?: number;
	readonly beta_slow?: number;
	readonly attention_factor?: number;
	readonly mscale?: number;
	readonly mscale_all_dim?: number;
}

/** The fields of a `config.json` that decide what is computed. */
export interface ReferenceConfig {
	readonly model_type: string;
	readonly vocab_size: number;
	readonly hidden_size: number;
	readonly num_hidden_layers: number;
	readonly num_attention_heads: number;
	readonly num_key_value_heads?: number;
	readonly head_dim?: number;
	readonly rms_norm_eps: number;
	readonly tie_word_embeddings: boolean;
	readonly max_position_embeddings: number;
	readonly hidden_act: string;
	readonly intermediate_size?: number;
	readonly rope_theta?: number;
	readonly rope_scaling?: ReferenceRotation | null;
	readonly rope_parameters?: Readonly<Record<string, ReferenceRotation>>;
	readonly use_sliding_window?: boolean;
	readonly moe_layer_freq?: number;
	readonly topk_method?: string;
	readonly mlp_layer_types?: readonly string[];
	readonly layer_types?: readonly string[];
	readonly sliding_window?: number;
	readonly num_experts?: number;
	readonly n_routed_experts?: number;
	readonly n_shared_experts?: number;
	readonly num_experts_per_tok?: number;
	readonly moe_intermediate_size?: number;
	readonly norm_topk_prob?: boolean;
	readonly routed_scaling_factor?: number;
	readonly first_k_dense_replace?: number;
	readonly q_lora_rank?: number | null;
	readonly kv_lora_rank?: number;
	readonly qk_nope_head_dim?: number;
	readonly qk_rope_head_dim?: number;
	readonly v_head_dim?: number;
}

type Vector = Float64Array<ArrayBuffer>;
type Weights = ReadonlyMap<string, RandomTensor>;

/** Logits [vocabulary] after each of `tokens`. */
export function decoderLogits(
	config: ReferenceConfig,
	weights: Weights,
	tokens: readonly number[],
): readonly Vector[] {
	return new ReferenceDecoder(config, weights).logits(tokens);
}

/** Queries, keys and values of one position, head after head; heads of keys and values are repeated for their group. */
interface Heads {
	readonly queries: readonly Vector[];
	readonly keys: readonly Vector[];
	readonly values: readonly Vector[];
}

class ReferenceDecoder {
	readonly #config: ReferenceConfig;
	readonly #weights: Weights;

	constructor(config: ReferenceConfig, weights: Weights) {
		this.#config = config;
		this.#weights = weights;
	}

	logits(tokens: readonly number[]): readonly Vector[] {
		const { num_hidden_layers: layers, tie_word_embeddings: isTied } = this.#config;
		let states = tokens.map((token) => this.#row("model.embed_tokens.weight", token));
		for (let layer = 0; layer < layers; layer++) {
			const prefix = `model.layers.${layer}`;
			const attended = this.#attention(
				`${prefix}.self_attn`,
				layer,
				states.map((state) => this.#norm(`${prefix}.input_layernorm`, state)),
			);
			states = states.map((state, position) => {
				const middle = sum(state, at(attended, position));
				const input = this.#norm(`${prefix}.post_attention_layernorm`, middle);
				return sum(middle, this.#feedForward(`${prefix}.mlp`, input));
			});
		}
		const head = isTied ? "model.embed_tokens" : "lm_head";
		return states.map((state) => this.#multiply(head, this.#norm("model.norm", state)));
	}

	#attention(prefix: string, layer: number, inputs: readonly Vector[]): Vector[] {
		const { num_attention_heads: heads, layer_types: types, sliding_window: window } = this.#config;
		const isLatent = this.#config.kv_lora_rank !== undefined;
		const all = inputs.map((input, position) =>
			isLatent
				? this.#latentHeads(prefix, input, position)
				: this.#groupedHeads(prefix, layer, input, position),
		);
		const isWindow = types?.[layer] === "sliding_attention";
		return all.map(({ queries }, position) => {
			const first = isWindow ? Math.max(0, position + 1 - (window ?? 0)) : 0;
			const seen = all.slice(first, position + 1);
			const outputs = [...Array(heads).keys()].map((head) => {
				const scores = seen.map(
					({ keys }) => this.#scale() * dot(at(queries, head), at(keys, head)),
				);
				return softmax(scores)
					.map((weight, i) => at(at(seen, i).values, head).map((value) => weight * value))
					.reduce(sum);
			});
			return this.#multiply(`${prefix}.o_proj`, concat(outputs));
		});
	}

	#groupedHeads(prefix: string, layer: number, input: Vector, position: number): Heads {
		const { num_attention_heads: heads } = this.#config;
		const kvHeads = this.#config.num_key_value_heads ?? heads;
		const rotation = this.#rotationOf(layer);
		const rotated = (part: "q" | "k", count: number): Vector[] =>
			split(this.#multiply(`${prefix}.${part}_proj`, input), count).map((head) => {
				const normed = this.#weights.has(`${prefix}.${part}_norm.weight`)
					? this.#norm(`${prefix}.${part}_norm`, head)
					: head;
				const half = head.length / 2;
				return rotate(normed, position, rotation, (i) => [i, i + half]);
			});
		const repeated = (items: readonly Vector[]): Vector[] =>
			items.flatMap((item) => Array<Vector>(heads / kvHeads).fill(item));
		return {
			queries: rotated("q", heads),
			keys: repeated(rotated("k", kvHeads)),
			values: repeated(split(this.#multiply(`${prefix}.v_proj`, input), kvHeads)),
		};
	}

	#latentHeads(prefix: string, input: Vector, position: number): Heads {
		const { num_attention_heads: heads, kv_lora_rank: rank = 0 } = this.#config;
		const { qk_nope_head_dim: plain = 0 } = this.#config;
		const rotation = this.#rotationOf(0);
		const turn = (vector: Vector): Vector =>
			rotate(vector, position, rotation, (i) => [2 * i, 2 * i + 1]);
		const queryRows = this.#weights.has(`${prefix}.q_proj.weight`)
			? this.#multiply(`${prefix}.q_proj`, input)
			: this.#multiply(
					`${prefix}.q_b_proj`,
					this.#norm(`${prefix}.q_a_layernorm`, this.#multiply(`${prefix}.q_a_proj`, input)),
				);
		const compressed = this.#multiply(`${prefix}.kv_a_proj_with_mqa`, input);
		const latent = this.#norm(`${prefix}.kv_a_layernorm`, compressed.slice(0, rank));
		const shared = turn(compressed.slice(rank));
		const keysAndValues = split(this.#multiply(`${prefix}.kv_b_proj`, latent), heads);
		return {
			queries: split(queryRows, heads).map((head) =>
				concat([head.slice(0, plain), turn(head.slice(plain))]),
			),
			keys: keysAndValues.map((head) => concat([head.slice(0, plain), shared])),
			values: keysAndValues.map((head) => head.slice(plain)),
		};
	}

	#scale(): number {
		const {
			hidden_size: hidden,
			num_attention_heads: heads,
			qk_nope_head_dim: plain,
		} = this.#config;
		if (plain === undefined) {
			return 1 / Math.sqrt(this.#config.head_dim ?? hidden / heads);
		}
		const scaling = this.#config.rope_scaling;
		const length =
			scaling?.mscale_all_dim === undefined
				? 1
				: 0.1 * scaling.mscale_all_dim * Math.log(scaling.factor ?? 1) + 1;
		return length ** 2 / Math.sqrt(plain + (this.#config.qk_rope_head_dim ?? 0));
	}

	#rotationOf(layer: number): ReferenceRotation {
		const { rope_parameters: byType, layer_types: types, rope_theta: theta } = this.#config;
		const own = byType?.[types?.[layer] ?? "full_attention"];
		return own ?? { rope_theta: theta ?? NaN, ...this.#config.rope_scaling };
	}

	#feedForward(prefix: string, input: Vector): Vector {
		if (!this.#weights.has(`${prefix}.gate.weight`)) {
			return this.#swiGlu(prefix, input);
		}
		const { num_experts_per_tok: count = 0, norm_topk_prob: isNormalized = false } = this.#config;
		const chosen = [...softmax([...this.#multiply(`${prefix}.gate`, input)]).entries()]
			.sort(([, a], [, b]) => b - a)
			.slice(0, count);
		const total = chosen.reduce((all, [, probability]) => all + probability, 0);
		const factor = isNormalized ? 1 / total : (this.#config.routed_scaling_factor ?? 1);
		const outputs = chosen.map(([expert, probability]) =>
			this.#swiGlu(`${prefix}.experts.${expert}`, input).map(
				(value) => factor * probability * value,
			),
		);
		return this.#weights.has(`${prefix}.shared_experts.up_proj.weight`)
			? outputs.reduce(sum, this.#swiGlu(`${prefix}.shared_experts`, input))
			: outputs.reduce(sum);
	}

	#swiGlu(prefix: string, input: Vector): Vector {
		const gate = this.#multiply(`${prefix}.gate_proj`, input);
		const up = this.#multiply(`${prefix}.up_proj`, input);
		const inner = gate.map((value, i) => (value / (1 + Math.exp(-value))) * at(up, i));
		return this.#multiply(`${prefix}.down_proj`, inner);
	}

	#norm(name: string, input: Vector): Vector {
		const scale = 1 / Math.sqrt(dot(input, input) / input.length + this.#config.rms_norm_eps);
		const { values } = this.#tensor(`${name}.weight`);
		return input.map((value, i) => value * scale * at(values, i));
	}

	/** The product of a matrix [rows, columns] with a vector [columns], and a bias where there is one. */
	#multiply(name: string, input: Vector): Vector {
		const { values, shape } = this.#tensor(`${name}.weight`);
		const [rows = 0, columns = 0] = shape;
		const bias = this.#weights.get(`${name}.bias`)?.values;
		return Float64Array.from(
			{ length: rows },
			(_, row) =>
				dot(values.subarray(row * columns, (row + 1) * columns), input) + (bias?.[row] ?? 0),
		);
	}

	#row(name: string, index: number): Vector {
		const { values, shape } = this.#tensor(name);
		const [, columns = 0] = shape;
		return Float64Array.from(values.subarray(index * columns, (index + 1) * columns));
	}

	#tensor(name: string): RandomTensor {
		const tensor = this.#weights.get(name);
		if (tensor === undefined) {
			throw new Error(`the checkpoint has no ${name}`);
		}
		return tensor;
	}
}

/** Turns pairs of elements, which `pair` gives, each by its angle at that position. */
function rotate(
	vector: Vector,
	position: number,
	rotation: ReferenceRotation,
	pair: (index: number) => readonly [number, number],
): Vector {
	const turned = vector.slice();
	const length = rotationLength(rotation);
	for (let i = 0; i < vector.length / 2; i++) {
		const [first, second] = pair(i);
		const angle = position * frequency(rotation, i, vector.length);
		const [x, y] = [at(vector, first), at(vector, second)];
		turned[first] = length * (x * Math.cos(angle) - y * Math.sin(angle));
		turned[second] = length * (y * Math.cos(angle) + x * Math.sin(angle));
	}
	return turned;
}

const kindOf = ({ rope_type: kind, type }: ReferenceRotation): string => kind ?? type ?? "default";

function rotationLength(rotation: ReferenceRotation): number {
	if (kindOf(rotation) !== "yarn") {
		return 1;
	}
	const { factor = 1, attention_factor: given, mscale, mscale_all_dim: all } = rotation;
	const length = (weight: number): number => 0.1 * weight * Math.log(factor) + 1;
	return (
		given ?? (mscale === undefined || all === undefined ? length(1) : length(mscale) / length(all))
	);
}

/** Radians a position of pair i of `dim` ÷ 2. */
function frequency(rotation: ReferenceRotation, i: number, dim: number): number {
	const {
		rope_theta: theta = NaN,
		factor = 1,
		original_max_position_embeddings: trained = 0,
	} = rotation;
	const plain = 1 / theta ** ((2 * i) / dim);
	switch (kindOf(rotation)) {
		case "linear":
			return plain / factor;
		case "llama3": {
			const { low_freq_factor: low = 1, high_freq_factor: high = 1 } = rotation;
			const wavelength = (2 * Math.PI) / plain;
			if (wavelength < trained / high) {
				return plain;
			}
			if (wavelength > trained / low) {
				return plain / factor;
			}
			const smooth = (trained / wavelength - low) / (high - low);
			return (1 - smooth) * (plain / factor) + smooth * plain;
		}
		case "yarn": {
			const { beta_fast: fast = 32, beta_slow: slow = 1 } = rotation;
			const correction = (rotations: number): number =>
				(dim * Math.log(trained / (rotations * 2 * Math.PI))) / (2 * Math.log(theta));
			const low = Math.max(Math.floor(correction(fast)), 0);
			const high = Math.min(Math.ceil(correction(slow)), dim - 1);
			const ramp = Math.min(1, Math.max(0, (i - low) / (high === low ? 0.001 : high - low)));
			return (plain / factor) * ramp + plain * (1 - ramp);
		}
		default:
			return plain;
	}
}

function at<Item>(items: ArrayLike<Item>, index: number): Item {
	const item = items[index];
	if (item === undefined) {
		throw new RangeError(`no item ${index} of ${items.length}`);
	}
	return item;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
	let total = 0;
	for (let i = 0; i < a.length; i++) {
		total += at(a, i) * at(b, i);
	}
	return total;
}

const sum = (a: Vector, b: Vector): Vector => a.map((value, i) => value + at(b, i));

const concat = (vectors: readonly Vector[]): Vector =>
	Float64Array.from(vectors.flatMap((vector) => [...vector]));

const split = (vector: Vector, count: number): Vector[] => {
	const length = vector.length / count;
	return Array.from({ length: count }, (_, i) => vector.slice(i * length, (i + 1) * length));
};

function softmax(scores: readonly number[]): number[] {
	const largest = Math.max(...scores);
	const powers = scores.map((score) => Math.exp(score - largest));
	const total = powers.reduce((all, power) => all + power, 0);
	return powers.map((power) => power / total);
}
