import {
	headerPrefixBytes,
	parseHeaderLength,
	parseSafetensorsHeader,
} from "../../../src/importer/safetensorsHeader.ts";
import { demand, type FuzzFormat } from "./fuzzFormat.ts";
import { mutatedBytes } from "./mutatedBytes.ts";
import { mutatedJson } from "./mutatedJson.ts";

const header = {
	__metadata__: { format: "pt" },
	"model.embed_tokens.weight": { dtype: "BF16", shape: [8, 4], data_offsets: [0, 64] },
	"model.norm.weight": { dtype: "F32", shape: [4], data_offsets: [64, 80] },
	"model.layers.0.self_attn.q_proj.weight": {
		dtype: "F16",
		shape: [2, 4],
		data_offsets: [80, 96],
	},
	"model.layers.0.steps": { dtype: "I64", shape: [], data_offsets: [96, 104] },
};
const dataBytes = 104;

function fileWith(headerText: string): Buffer {
	const text = Buffer.from(headerText);
	const prefix = Buffer.alloc(headerPrefixBytes);
	prefix.writeBigUInt64LE(BigInt(text.length));
	return Buffer.concat([prefix, text, Buffer.alloc(dataBytes)]);
}
const sample = fileWith(JSON.stringify(header));

export const safetensorsFormat: FuzzFormat = {
	draw: (draw) => (draw.once(4) ? mutatedBytes(sample, draw) : fileWith(mutatedJson(header, draw))),
	read: (bytes, draw) => {
		const fileBytes = bytes.length + (draw.once(10) ? draw.below(1_000_000_000) : 0);
		const name = "model.safetensors";
		const prefix = bytes.subarray(0, headerPrefixBytes);
		const headerBytes = parseHeaderLength(prefix, fileBytes, name);
		demand(headerBytes <= fileBytes - headerPrefixBytes, "the header lies in the file");
		const text = bytes.toString("utf8", headerPrefixBytes, headerPrefixBytes + headerBytes);
		const tensors = parseSafetensorsHeader(text, headerBytes, fileBytes, name);
		for (const { type, shape, offset, bytes: length } of tensors.values()) {
			const elements = shape.reduce((product, size) => product * size, 1);
			demand(
				offset >= headerPrefixBytes + headerBytes && offset + length <= fileBytes,
				`a tensor at ${offset} of ${length} bytes lies in a file of ${fileBytes}`,
			);
			demand(
				length === elements * (type === "F32" ? 4 : 2),
				`${length} bytes are [${shape.join(", ")}] of ${type}`,
			);
		}
		return "taken";
	},
};
