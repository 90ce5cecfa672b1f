import { open } from "node:fs/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { readRange, type ByteSource } from "../fileRange.ts";
import { StringStringEntryProtoSchema, ValueInfoProtoSchema } from "../onnx/onnx_pb.ts";
import { ProtobufFault, ProtobufFile, type ProtobufField } from "./protobufFile.ts";

/** An input or output of a graph. */
export interface GraphValue {
	readonly name: string;
	/** TensorProto.DataType of onnx.proto; 0 for what isn't a tensor. */
	readonly elementType: number;
	/** Undefined for a dimension that is known only at run time. */
	readonly dims: readonly (number | undefined)[];
}

/** What stands in an ONNX file beside its weights and the order of its operators. */
export interface OnnxSignature {
	/** Without those that have a value in the graph. */
	readonly inputs: readonly GraphValue[];
	readonly outputs: readonly GraphValue[];
	/** Files with weights, as the graph names them, and how long each has to be at least, in bytes. */
	readonly externalData: ReadonlyMap<string, number>;
	readonly operators: ReadonlySet<string>;
}

const maxNameBytes = 1000;
const maxValueInfoBytes = 10_000;
const maxValues = 20_000;
/** ONNX itself has tensors of a handful. */
const maxDimensions = 64;
/** Of all names and shapes together; published decoders have a few megabytes of them. */
const maxKeptBytes = 32_000_000;
const maxExternalFiles = 10_000;
const maxOperators = 1000;
/** A graph within an attribute of a node within a graph: exports have one or two. */
const maxDepth = 16;

/** Numbers of fields in onnx.proto, of the messages that lead to tensors, and what the bytes of each are. */
const messages = {
	model: { 7: "graph", 25: "function" },
	function: { 7: "node", 11: "attribute" },
	graph: { 1: "node", 5: "tensor", 11: "input", 12: "output", 15: "sparse" },
	node: { 4: "operator", 5: "attribute" },
	attribute: { 5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse" },
	sparse: { 1: "tensor", 2: "tensor" },
} as const;
type Message = keyof typeof messages;
const fieldsOf: Readonly<Record<Message, Readonly<Record<number, Message | Leaf>>>> = messages;
type Leaf = "tensor" | "input" | "output" | "operator";

/** Fields of TensorProto. */
const tensorFields = { name: 8, externalData: 13 } as const;

/**
 * Reads what {@link OnnxSignature} says out of a file of any size, in bounded memory, everything that could name a file
 * outside included: tensors in branches, in attributes, and sparse ones.
 *
 * @throws ProtobufFault
 */
export async function readOnnxSignature(path: string): Promise<OnnxSignature> {
	await using file = await open(path);
	const { size } = await file.stat();
	return await onnxSignature({ size, read: (position, bytes) => readRange(file, position, bytes) });
}

/** {@link readOnnxSignature} of bytes wherever they are. */
export async function onnxSignature(source: ByteSource): Promise<OnnxSignature> {
	const reader = new SignatureReader(new ProtobufFile(source));
	await reader.read("model", 0, source.size, 0);
	return reader.signature();
}

class SignatureReader {
	readonly #file: ProtobufFile;
	readonly #inputs: GraphValue[] = [];
	readonly #outputs: GraphValue[] = [];
	readonly #constants = new Set<string>();
	readonly #externalData = new Map<string, number>();
	readonly #operators = new Set<string>();
	#keptBytes = 0;

	constructor(file: ProtobufFile) {
		this.#file = file;
	}

	signature(): OnnxSignature {
		if (this.#outputs.length === 0) {
			throw new ProtobufFault("it is no ONNX model");
		}
		return {
			// Old exports list their weights among the inputs.
			inputs: this.#inputs.filter(({ name }) => !this.#constants.has(name)),
			outputs: this.#outputs,
			externalData: this.#externalData,
			operators: this.#operators,
		};
	}

	async read(message: Message, start: number, end: number, depth: number): Promise<void> {
		if (depth > maxDepth) {
			throw new ProtobufFault("its graphs lie in one another too deeply");
		}
		for await (const field of this.#file.fields(start, end)) {
			const content = fieldsOf[message][field.number];
			if (content === undefined || field.kind !== "bytes") {
				continue;
			}
			// The model's own graph; those of branches have inputs and outputs that nobody outside sees.
			const isTop = depth === 1;
			switch (content) {
				case "tensor":
					await this.#readTensor(field.start, field.end, isTop);
					break;
				case "operator":
					this.#addOperator((await this.#kept(field, maxNameBytes)).toString());
					break;
				case "input":
				case "output":
					if (isTop) {
						await this.#readValue(field, content === "input" ? this.#inputs : this.#outputs);
					}
					break;
				case "model":
				case "function":
				case "graph":
				case "node":
				case "attribute":
				case "sparse":
					await this.read(content, field.start, field.end, depth + 1);
			}
		}
	}

	/** What a field holds, of which something stays in memory. */
	async #kept(
		field: ProtobufField & { readonly kind: "bytes" },
		maxBytes: number,
	): Promise<Buffer> {
		this.#keptBytes += field.end - field.start;
		if (this.#keptBytes > maxKeptBytes) {
			throw new ProtobufFault("its names take more than any model's");
		}
		return await this.#file.bytes(field, maxBytes);
	}

	#addOperator(name: string): void {
		if (this.#operators.size < maxOperators) {
			this.#operators.add(name);
		}
	}

	async #readTensor(start: number, end: number, isTop: boolean): Promise<void> {
		const external = new Map<string, string>();
		for await (const field of this.#file.fields(start, end)) {
			if (field.kind !== "bytes") {
				continue;
			}
			if (field.number === tensorFields.name && isTop) {
				this.#constants.add((await this.#kept(field, maxNameBytes)).toString());
			} else if (field.number === tensorFields.externalData) {
				const bytes = await this.#kept(field, 2 * maxNameBytes);
				const { key, value } = decoded(() => fromBinary(StringStringEntryProtoSchema, bytes));
				external.set(key, value);
			}
		}
		if (external.size > 0) {
			this.#addExternal(external);
		}
	}

	#addExternal(entries: ReadonlyMap<string, string>): void {
		const location = entries.get("location") ?? "";
		const end = sizeIn(entries, "offset") + sizeIn(entries, "length");
		this.#externalData.set(location, Math.max(end, this.#externalData.get(location) ?? 0));
		if (this.#externalData.size > maxExternalFiles) {
			throw new ProtobufFault("its weights lie in more files than any model's");
		}
	}

	async #readValue(
		field: ProtobufField & { readonly kind: "bytes" },
		values: GraphValue[],
	): Promise<void> {
		const bytes = await this.#kept(field, maxValueInfoBytes);
		const { name, type } = decoded(() => fromBinary(ValueInfoProtoSchema, bytes));
		const tensor = type?.value.value;
		const dims = tensor?.shape?.dim ?? [];
		if (dims.length > maxDimensions) {
			throw new ProtobufFault(`a shape in it has ${dims.length} dimensions`);
		}
		values.push({
			name,
			elementType: tensor?.elemType ?? 0,
			dims: dims.map(({ value }) => (value.case === "dimValue" ? Number(value.value) : undefined)),
		});
		if (values.length > maxValues) {
			throw new ProtobufFault("it has more inputs than any model");
		}
	}
}

/** Of bytes; 0 where the entry is missing. */
function sizeIn(entries: ReadonlyMap<string, string>, key: string): number {
	const text = entries.get(key) ?? "0";
	if (!/^\d{1,15}$/.test(text)) {
		throw new ProtobufFault(`weights in it have the ${key} ${JSON.stringify(text.slice(0, 40))}`);
	}
	return Number(text);
}

function decoded<Message>(decode: () => Message): Message {
	try {
		return decode();
	} catch (error) {
		throw new ProtobufFault("it is no ONNX model, or altered", { cause: error });
	}
}
