import { existsSync, readFileSync } from "node:fs";
import { UserError } from "../../src/base/userError.ts";
import type { Backend } from "../../src/engine/backend.ts";
import { loadAddon } from "../../src/engine/native/addon.ts";
import { openNativeBackend } from "../../src/engine/native/nativeBackend.ts";
import { openOrtBackend } from "../../src/engine/ort/ortBackend.ts";
import { openModel } from "../../src/model/modelStore.ts";
import { LlamaBackend } from "./llama/llamaBackend.ts";
import { onnxRuntimeKernels } from "./processor/hiddenInstructions.ts";
import type { EngineChoice } from "./task.ts";

export interface OpenedEngine {
	readonly backend: Backend;
	/** Which kernels run, for people. */
	readonly kernels: string;
}

/** The addon's name of its kernels for processors with neither AVX-VNNI nor AVX-512. */
const avx2Kernels = "AVX2";

/** Throws a UserError or an EngineError where this machine or model lacks the backend. */
export async function openEngine(choice: EngineChoice): Promise<OpenedEngine> {
	const { engine, modelFolder, threads } = choice;
	switch (engine) {
		case "native":
			return await openNative(choice);
		case "portable":
		case "qmoe": {
			const kernels = onnxRuntimeKernels(choice.instructions, process.env);
			const model = await openModel(modelFolder, { verify: "sizes" });
			const graphPath = engine === "portable" ? model.portableGraphPath : model.graphPath;
			if (graphPath === undefined) {
				throw new UserError(
					"noPortableGraph",
					`The model in ${modelFolder} has no portable graph; import it again.`,
				);
			}
			return {
				backend: await openOrtBackend({ graphPath, manifest: model.manifest, threads }),
				kernels,
			};
		}
		case "llama.cpp": {
			if (choice.llama === undefined) {
				throw new UserError("llamaNotPrepared", "llama.cpp was not made ready for this model.");
			}
			const backend = new LlamaBackend({ ...choice.llama, threads });
			return { backend, kernels: loadedLlamaBackend() ?? backend.features };
		}
	}
}

async function openNative(choice: EngineChoice): Promise<OpenedEngine> {
	const loaded = loadAddon();
	if (loaded.kind === "unavailable") {
		throw new UserError(
			"noNative",
			`Mote's addon can't be used because ${loaded.reason}; npm run build makes it.`,
		);
	}
	const { modelFolder, threads } = choice;
	const { manifest, nativeGraphPath } = await openModel(modelFolder, { verify: "sizes" });
	if (nativeGraphPath === undefined) {
		throw new UserError(
			"noNativeGraph",
			`The model in ${modelFolder} has no graph for the addon; import it again.`,
		);
	}
	const { addon } = loaded;
	const instructions = choice.instructions === "avx2" ? avx2Kernels : loaded.instructions;
	const options = { addon, instructions, graphPath: nativeGraphPath, manifest, threads };
	return { backend: await openNativeBackend(options), kernels: instructions };
}

/** The library of llama.cpp that was chosen for this processor, where the system tells what is loaded. */
function loadedLlamaBackend(): string | undefined {
	const maps = existsSync("/proc/self/maps") ? readFileSync("/proc/self/maps", "utf8") : "";
	return /libggml-(cpu-\w+)\.so/.exec(maps)?.[1];
}
