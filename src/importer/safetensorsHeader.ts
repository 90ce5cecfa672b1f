import * as z from "zod";
import { foreignList } from "../base/foreignJson.ts";
import { ImportError } from "./importError.ts";
import { parseJson } from "./jsonFile.ts";

/** The element types that weights come in, with their size in bytes. */
const elementBytes = { F32: 4, F16: 2, BF16: 2 } as const;
export type StoredType = keyof typeof elementBytes;

/** Where a tensor stands in its file. `offset` counts from the start of the file. */
export interface StoredTensor {
	readonly type: StoredType;
	readonly shape: readonly number[];
	readonly offset: number;
	readonly bytes: number;
}

/** Length of the number in front of the header. */
export const headerPrefixBytes = 8;
/** The format's own limit. */
const maxHeaderBytes = 100_000_000;

const entrySchema = z.object({
	dtype: z.string().max(16),
	shape: foreignList(z.int().nonnegative(), 8),
	data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
});
const headerSchema = z.custom<object>((value) => typeof value === "object" && value !== null, {
	error: "Invalid input: expected an object",
});

/** The length of the header in bytes, from the first {@link headerPrefixBytes} of a file. */
export function parseHeaderLength(prefix: Buffer, fileBytes: number, fileName: string): number {
	const length = prefix.length < headerPrefixBytes ? -1n : prefix.readBigUInt64LE(0);
	if (length < 2n || length > maxHeaderBytes || length > fileBytes - headerPrefixBytes) {
		throw truncated(fileName);
	}
	return Number(length);
}

/**
 * The tensors that a file of `fileBytes` declares in `headerText`. Tensors of other types than weights are
 * left out: reading one of them is reported as missing. Every range lies within the file and agrees with
 * its shape.
 */
export function parseSafetensorsHeader(
	headerText: string,
	headerBytes: number,
	fileBytes: number,
	fileName: string,
): ReadonlyMap<string, StoredTensor> {
	const dataStart = headerPrefixBytes + headerBytes;
	const header = parseJson(headerText, headerSchema, `header of ${fileName}`);
	const tensors = new Map<string, StoredTensor>();
	for (const [name, value] of Object.entries(header) as [string, unknown][]) {
		if (name === "__metadata__") {
			continue;
		}
		const entry = entrySchema.safeParse(value);
		if (!entry.success) {
			throw new ImportError(
				"checkpointInvalid",
				`The header of ${fileName} describes the tensor ${quoted(name)} wrongly; take the checkpoint anew from its source.`,
			);
		}
		const { dtype, shape, data_offsets: offsets } = entry.data;
		const [begin, end] = offsets;
		if (end < begin || dataStart + end > fileBytes) {
			throw truncated(fileName);
		}
		if (!isStoredType(dtype)) {
			continue;
		}
		if (shape.reduce((product, size) => product * size, elementBytes[dtype]) !== end - begin) {
			throw new ImportError(
				"checkpointInvalid",
				`The header of ${fileName} gives the tensor ${quoted(name)} a size that contradicts its shape; take the checkpoint anew from its source.`,
			);
		}
		tensors.set(name, { type: dtype, shape, offset: dataStart + begin, bytes: end - begin });
	}
	return tensors;
}

const quoted = (name: string): string => JSON.stringify(name.slice(0, 80));

const isStoredType = (dtype: string): dtype is StoredType => Object.hasOwn(elementBytes, dtype);

export function truncated(fileName: string): ImportError {
	return new ImportError(
		"checkpointInvalid",
		`The file ${fileName} is truncated or not a safetensors file; take the checkpoint anew from its source.`,
	);
}
