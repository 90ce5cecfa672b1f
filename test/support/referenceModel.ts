import type { CheckpointShape, RandomTensor } from "./randomCheckpoint.ts";

/**
 * The qwen3_moe architecture in double precision, written from its description and for clarity only: no KV
 * cache, no batching, one token after the other. Shares no code with what it checks.
 */

type Vector = Float64Array;
export type ReferenceWeights = ReadonlyMap<string, RandomTensor>;

/** Logits [vocabulary] after each of `tokens`. */
export function referenceLogits(
	shape: CheckpointShape,
	weights: ReferenceWeights,
	tokens: readonly number[],
): readonly Vector[] {
	const model = new ReferenceModel(shape, weights);
	return model.logits(tokens);
}

class ReferenceModel {
	readonly #shape: CheckpointShape;
	readonly #weights: ReferenceWeights;

	constructor(shape: CheckpointShape, weights: ReferenceWeights) {
		this.#shape = shape;
		this.#weights = weights;
	}

	logits(tokens: readonly number[]): readonly Vector[] {
		let states = tokens.map((token) => this.#row("model.embed_tokens.weight", token));
		for (let layer = 0; layer < this.#shape.num_hidden_layers; layer++) {
			states = this.#layer(`model.layers.${layer}`, states);
		}
		const head = this.#shape.tie_word_embeddings ? "model.embed_tokens.weight" : "lm_head.weight";
		return states.map((state) => this.#multiply(head, this.#norm("model.norm.weight", state)));
	}

	#layer(prefix: string, states: readonly Vector[]): Vector[] {
		const normed = states.map((state) => this.#norm(`${prefix}.input_layernorm.weight`, state));
		const attended = this.#attention(`${prefix}.self_attn`, normed);
		return states.map((state, position) => {
			const middle = sum(state, attended[position] ?? state);
			const expertInput = this.#norm(`${prefix}.post_attention_layernorm.weight`, middle);
			return sum(middle, this.#experts(`${prefix}.mlp`, expertInput));
		});
	}

	#attention(prefix: string, inputs: readonly Vector[]): Vector[] {
		const { num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim: dim } = this.#shape;
		const queries = inputs.map((input, position) =>
			this.#heads(`${prefix}.q`, input, heads).map((head) => this.#rotate(head, position)),
		);
		const keys = inputs.map((input, position) =>
			this.#heads(`${prefix}.k`, input, kvHeads).map((head) => this.#rotate(head, position)),
		);
		const values = inputs.map((input) =>
			split(this.#multiply(`${prefix}.v_proj.weight`, input), kvHeads),
		);
		return inputs.map((_, position) => {
			const joined = new Float64Array(heads * dim);
			for (let head = 0; head < heads; head++) {
				const kvHead = Math.floor(head / (heads / kvHeads));
				const query = at(at(queries, position), head);
				const past = keys.slice(0, position + 1);
				const scores = past.map((key) => dot(query, at(key, kvHead)) / Math.sqrt(dim));
				softmax(scores).forEach((weight, seen) => {
					at(at(values, seen), kvHead).forEach((value, i) => {
						joined[head * dim + i] = (joined[head * dim + i] ?? 0) + weight * value;
					});
				});
			}
			return this.#multiply(`${prefix}.o_proj.weight`, joined);
		});
	}

	/** Projection to queries or keys, each head normalized. */
	#heads(prefix: string, input: Vector, count: number): Vector[] {
		return split(this.#multiply(`${prefix}_proj.weight`, input), count).map((head) =>
			this.#norm(`${prefix}_norm.weight`, head),
		);
	}

	/** Rotates the pairs (i, i + half) by position · theta^(−2i ÷ dim). */
	#rotate(head: Vector, position: number): Vector {
		const half = head.length / 2;
		return head.map((value, index) => {
			const i = index % half;
			const angle = position * this.#shape.rope_theta ** ((-2 * i) / head.length);
			const other = at(head, (index + half) % head.length);
			return value * Math.cos(angle) + (index < half ? -other : other) * Math.sin(angle);
		});
	}

	#experts(prefix: string, input: Vector): Vector {
		const probabilities = softmax([...this.#multiply(`${prefix}.gate.weight`, input)]);
		const chosen = [...probabilities.entries()]
			.sort(([, a], [, b]) => b - a)
			.slice(0, this.#shape.num_experts_per_tok);
		const total = chosen.reduce((all, [, probability]) => all + probability, 0);
		const output = new Float64Array(input.length);
		for (const [expert, probability] of chosen) {
			const weight = this.#shape.norm_topk_prob ? probability / total : probability;
			const name = `${prefix}.experts.${expert}`;
			const gate = this.#multiply(`${name}.gate_proj.weight`, input);
			const up = this.#multiply(`${name}.up_proj.weight`, input);
			const inner = gate.map((value, i) => (value / (1 + Math.exp(-value))) * at(up, i));
			this.#multiply(`${name}.down_proj.weight`, inner).forEach((value, i) => {
				output[i] = (output[i] ?? 0) + weight * value;
			});
		}
		return output;
	}

	#norm(name: string, input: Vector): Vector {
		const meanSquare = dot(input, input) / input.length;
		const scale = 1 / Math.sqrt(meanSquare + this.#shape.rms_norm_eps);
		const { values } = this.#tensor(name);
		return input.map((value, i) => value * scale * at(values, i));
	}

	/** The product of a matrix [rows, columns] with a vector [columns]. */
	#multiply(name: string, input: Vector): Vector {
		const { values, shape } = this.#tensor(name);
		const [rows = 0, columns = 0] = shape;
		return Float64Array.from({ length: rows }, (_, row) =>
			dot(values.subarray(row * columns, (row + 1) * columns), input),
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

function at<Item>(items: ArrayLike<Item>, index: number): Item {
	const item = items[index];
	if (item === undefined) {
		throw new RangeError(`no item ${index} of ${items.length}`);
	}
	return item;
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
	let total = 0;
	for (let i = 0; i < a.length; i++) {
		total += at(a, i) * at(b, i);
	}
	return total;
};

const sum = (a: Vector, b: Vector): Vector => a.map((value, i) => value + at(b, i));

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

/**
 * What Q4_0 makes of a tensor: blocks of 32 values along a row, each a whole number of steps from −8 to 7,
 * the step chosen so that the value of largest magnitude is −8 of them.
 */
export function throughQ4(tensor: RandomTensor): RandomTensor {
	const values = tensor.values.slice();
	for (let start = 0; start < values.length; start += 32) {
		const block = values.subarray(start, start + 32);
		const extreme = block.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
		const step = Math.fround(extreme / -8);
		if (step !== 0) {
			block.forEach((value, i) => {
				block[i] = Math.max(-8, Math.min(7, Math.round(value / step))) * step;
			});
		}
	}
	return { shape: tensor.shape, values };
}
