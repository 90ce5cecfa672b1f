import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "../../src/importer/onnx/onnx_pb.ts";
import type { ModelFolder } from "../../src/model/modelStore.ts";

/** MatMulNBits' accuracy_level for arithmetic in float32. */
const exactLevel = 1n;

/** A graph in a folder of its own, with its weights; the folder goes when it is disposed of. */
export interface ExactGraph extends AsyncDisposable {
	readonly path: string;
}

/**
 * A model's ordinary graph without the rounding of activations to 8 bits, which a GPU doesn't do either: what is left of a
 * distance is the device's own.
 */
export async function exactGraph({ graphPath, weightsPath }: ModelFolder): Promise<ExactGraph> {
	const proto = fromBinary(ModelProtoSchema, await readFile(graphPath));
	for (const { attribute } of proto.graph?.node ?? []) {
		for (const each of attribute) {
			if (each.name === "accuracy_level") {
				each.i = exactLevel;
			}
		}
	}
	const folder = await mkdtemp(join(tmpdir(), "mote-exact-"));
	// The runtime follows no link that leads out of a model's folder.
	await copyFile(weightsPath, join(folder, basename(weightsPath)));
	const path = join(folder, "model.onnx");
	await writeFile(path, toBinary(ModelProtoSchema, proto));
	return {
		path,
		[Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
	};
}
