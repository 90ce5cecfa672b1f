import type { Backend } from "../../src/engine/backend.ts";
import type { TokenId } from "../../src/tokenizer/tokenizer.ts";

/** Rows of a prompt that are compared, at its end; the last of them are decoded, by other kernels than prefill. */
const comparedRows = 8;
const decodedRows = 4;

/** Runs some tokens behind those before, and returns the logits of the last rows. */
export type RunTokens = (
	tokens: readonly TokenId[],
	rows: number,
) => Promise<readonly Float32Array[]>;

/** The logits of the last tokens of a prompt, most of which is read at once. */
export async function comparedRowsOf(
	prompt: readonly TokenId[],
	run: RunTokens,
): Promise<readonly Float32Array[]> {
	const prefilled = prompt.length - decodedRows;
	const rows = [...(await run(prompt.slice(0, prefilled), comparedRows - decodedRows))];
	for (let i = prefilled; i < prompt.length; i++) {
		rows.push(...(await run(prompt.slice(i, i + 1), 1)));
	}
	return rows;
}

export async function promptRows(
	backend: Backend,
	prompt: readonly TokenId[],
): Promise<readonly Float32Array[]> {
	const cache = backend.createKvCache(prompt.length);
	try {
		return await comparedRowsOf(prompt, async (tokens, rows) => {
			const logits = await backend.forward(cache, tokens, rows);
			return Array.from({ length: rows }, (_, index) => logits.row(index).slice());
		});
	} finally {
		cache.dispose();
	}
}
