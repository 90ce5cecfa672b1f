import * as z from "zod";
import { planDecoder } from "./architectures/architectures.ts";
import { readCheckpointJson, type CheckpointFiles } from "./checkpointSource.ts";
import type { DecoderPlan } from "./decoderPlan.ts";
import { ImportError } from "./importError.ts";

const maxConfigBytes = 1_000_000;

/** What the checkpoint's `config.json` makes of it; see {@link planDecoder}. */
export async function readCheckpointPlan(files: CheckpointFiles): Promise<DecoderPlan> {
	const config = await readCheckpointJson(files, "config.json", z.unknown(), maxConfigBytes);
	if (config === undefined) {
		throw new ImportError(
			"checkpointInvalid",
			`The folder ${files.path} has no config.json; give the folder of a Hugging Face checkpoint.`,
		);
	}
	return planDecoder(config);
}
