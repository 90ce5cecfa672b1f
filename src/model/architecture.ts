/** The decoders that can be imported, by `model_type` of their `config.json`. */
export const architectureNames = [
	"llama",
	"qwen2",
	"qwen3",
	"qwen3_moe",
	"mellum",
	"deepseek_v2",
] as const;

export type ArchitectureName = (typeof architectureNames)[number];

/** Whether every model of the architecture has a graph in the operators of Mote's addon. */
export const isBuiltForAddon = (architecture: string): boolean =>
	architecture === "qwen3" || architecture === "qwen3_moe";
