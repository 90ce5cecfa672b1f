import * as z from "zod";
import type { ArchitectureName } from "../../model/architecture.ts";
import type { DecoderPlan } from "../decoderPlan.ts";
import { parseValue } from "../jsonFile.ts";
import { quoted, unsupported, type Architecture } from "./architecture.ts";
import { deepseekV2 } from "./deepseekV2.ts";
import { llama } from "./llama.ts";
import { mellum } from "./mellum.ts";
import { qwen2 } from "./qwen2.ts";
import { qwen3 } from "./qwen3.ts";
import { qwen3Moe } from "./qwen3Moe.ts";

/** By the `model_type` of their configs. */
const architectures: Readonly<Record<ArchitectureName, Architecture>> = {
	llama,
	qwen2,
	qwen3,
	qwen3_moe: qwen3Moe,
	mellum,
	deepseek_v2: deepseekV2,
};

/**
 * What the architecture that a `config.json` names makes of it.
 *
 * @throws ImportError for a type that isn't known, a config that isn't sound, and features that aren't built
 */
export function planDecoder(config: unknown): DecoderPlan {
	const { model_type: type } = parseValue(
		config,
		z.object({ model_type: z.string() }),
		"config.json",
	);
	const architecture = new Map(Object.entries(architectures)).get(type);
	if (architecture === undefined) {
		throw unsupported(`is of the type ${quoted(type)}`);
	}
	return architecture.plan(config);
}
