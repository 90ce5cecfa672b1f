import type { Backend } from "../../src/engine/backend.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";
import { likeliest } from "./backendScenarios.ts";

/** What a backend answers to a prompt, step by step. */
export interface Trail {
	/** Chosen greedily, one a step. */
	readonly tokens: readonly TokenId[];
	/** The logits that each was chosen from. */
	readonly rows: readonly Float32Array[];
}

/** One step of two backends that were given the same tokens. */
export interface StepDifference {
	readonly sameToken: boolean;
	/** By which the first backend's most likely token leads. */
	readonly lead: number;
	/** The largest distance of two logits of one token. */
	readonly largestDistance: number;
}

/** A greedy answer of `steps` tokens. */
export async function greedyTrail(
	backend: Backend,
	prompt: readonly TokenId[],
	steps: number,
): Promise<Trail> {
	return await follow(backend, prompt, steps, () => undefined);
}

/** The rows of `backend` along the tokens of another one's answer, whatever it would choose itself. */
export async function forcedTrail(
	backend: Backend,
	prompt: readonly TokenId[],
	tokens: readonly TokenId[],
): Promise<Trail> {
	return await follow(backend, prompt, tokens.length, (step) => tokens[step]);
}

export function differences(first: Trail, second: Trail): readonly StepDifference[] {
	return first.rows.flatMap((row, step) => {
		const other = second.rows[step];
		return other === undefined
			? []
			: [
					{
						sameToken: first.tokens[step] === second.tokens[step],
						lead: leadOf(row),
						largestDistance: largestDistance(row, other),
					},
				];
	});
}

async function follow(
	backend: Backend,
	prompt: readonly TokenId[],
	steps: number,
	given: (step: number) => TokenId | undefined,
): Promise<Trail> {
	const cache = backend.createKvCache(prompt.length + steps);
	const tokens: TokenId[] = [];
	const rows: Float32Array[] = [];
	let next = prompt;
	for (let step = 0; step < steps; step++) {
		const row = (await backend.forward(cache, next, 1)).row(0).slice();
		const chosen = likeliest(row);
		tokens.push(chosen);
		rows.push(row);
		next = [given(step) ?? chosen];
	}
	cache.dispose();
	return { tokens, rows };
}

function leadOf(row: Float32Array): number {
	let [best, second] = [-Infinity, -Infinity];
	for (const value of row) {
		if (value > best) {
			[best, second] = [value, best];
		} else if (value > second) {
			second = value;
		}
	}
	return best - second;
}

function largestDistance(row: Float32Array, other: Float32Array): number {
	let largest = 0;
	for (let token = 0; token < row.length; token++) {
		largest = Math.max(largest, Math.abs((row[token] ?? 0) - (other[token] ?? 0)));
	}
	return largest;
}
