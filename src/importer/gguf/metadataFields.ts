import * as z from "zod";
import { firstProblem } from "../../base/foreignJson.ts";
import { ImportError } from "../importError.ts";
import type { GgufValue } from "./ggufHeader.ts";

/** Fields of a GGUF file's metadata, bounded: a file from anywhere can't ask for more than is sensible. */

export const count = (max: number): z.ZodInt => z.int().positive().max(max);
export const positiveNumber = z.number().positive().max(1e12);
export const tokenId = z.int().nonnegative().max(999_999);

/** The fields whose keys start with `prefix`, without it, as far as `schema` has them. */
export function readFields<Schema extends z.ZodType>(
	metadata: ReadonlyMap<string, GgufValue>,
	prefix: string,
	schema: Schema,
): z.infer<Schema> {
	const fields = [...metadata]
		.filter(([key]) => key.startsWith(prefix))
		.map(([key, value]) => [key.slice(prefix.length), value] as const);
	const result = schema.safeParse(Object.fromEntries(fields));
	if (!result.success) {
		const problem = firstProblem(result.error);
		throw new ImportError(
			"checkpointInvalid",
			`The file's metadata (${prefix}…) doesn't have the expected content (${problem}); take a GGUF file that llama.cpp runs.`,
		);
	}
	return result.data;
}
