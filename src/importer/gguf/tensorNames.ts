/** The architectures that are read, by the name that `general.architecture` has for them. */
export const ggufArchitectures = ["llama", "qwen2", "qwen3", "qwen3moe", "deepseek2"] as const;
export type GgufArchitecture = (typeof ggufArchitectures)[number];

/** Where the values of a tensor with a Hugging Face name stand in a GGUF file. */
export type TensorPlace =
	| { readonly kind: "whole"; readonly name: string }
	/** One matrix of a stack of them. */
	| { readonly kind: "stacked"; readonly name: string; readonly index: number }
	/**
	 * Rows of attention heads, in each of which the first half of the rows and the second stand by turns: llama.cpp
	 * rotates neighbours where the published checkpoints rotate halves.
	 */
	| { readonly kind: "interleavedHeads"; readonly name: string; readonly heads: "query" | "key" }
	/** Keys and values of latent attention, which published checkpoints keep in one matrix, head by head. */
	| { readonly kind: "keysAndValues"; readonly keys: string; readonly values: string };

const ends: Readonly<Record<string, string>> = {
	"model.embed_tokens": "token_embd",
	"model.norm": "output_norm",
	lm_head: "output",
};

const groupedAttention = {
	input_layernorm: "attn_norm",
	"self_attn.q_proj": "attn_q",
	"self_attn.k_proj": "attn_k",
	"self_attn.v_proj": "attn_v",
	"self_attn.o_proj": "attn_output",
	"self_attn.q_norm": "attn_q_norm",
	"self_attn.k_norm": "attn_k_norm",
	post_attention_layernorm: "ffn_norm",
} as const;

const latentAttention = {
	input_layernorm: "attn_norm",
	"self_attn.q_proj": "attn_q",
	"self_attn.q_a_proj": "attn_q_a",
	"self_attn.q_a_layernorm": "attn_q_a_norm",
	"self_attn.q_b_proj": "attn_q_b",
	"self_attn.kv_a_proj_with_mqa": "attn_kv_a_mqa",
	"self_attn.kv_a_layernorm": "attn_kv_a_norm",
	"self_attn.kv_b_proj": "attn_kv_b",
	"self_attn.o_proj": "attn_output",
	post_attention_layernorm: "ffn_norm",
} as const;

const dense = {
	"mlp.gate_proj": "ffn_gate",
	"mlp.up_proj": "ffn_up",
	"mlp.down_proj": "ffn_down",
} as const;

const router = { "mlp.gate": "ffn_gate_inp" } as const;

const sharedExperts = {
	"mlp.shared_experts.gate_proj": "ffn_gate_shexp",
	"mlp.shared_experts.up_proj": "ffn_up_shexp",
	"mlp.shared_experts.down_proj": "ffn_down_shexp",
} as const;

/** Names within a layer: Hugging Face's, then llama.cpp's. */
const layerNames: Readonly<Record<GgufArchitecture, Readonly<Record<string, string>>>> = {
	llama: { ...groupedAttention, ...dense },
	qwen2: { ...groupedAttention, ...dense },
	qwen3: { ...groupedAttention, ...dense },
	qwen3moe: { ...groupedAttention, ...router },
	deepseek2: { ...latentAttention, ...dense, ...router, ...sharedExperts },
};

const namePattern = /^(.+)\.(weight|bias)$/;
const layerPattern = /^model\.layers\.(\d{1,4})\.(.+)$/;
const expertPattern = /^mlp\.experts\.(\d{1,5})\.(gate|up|down)_proj$/;

/**
 * Where the tensor with this Hugging Face name stands; undefined for names that the architecture doesn't have.
 *
 * @param has Whether the file has a tensor of that name: llama.cpp has written some tensors in two ways.
 */
export function placeOf(
	architecture: GgufArchitecture,
	name: string,
	has: (ggufName: string) => boolean,
): TensorPlace | undefined {
	const [, stem = "", part = ""] = namePattern.exec(name) ?? [];
	const end = Object.hasOwn(ends, stem) ? ends[stem] : undefined;
	if (end !== undefined) {
		return { kind: "whole", name: `${end}.${part}` };
	}
	const [, layer = "", inLayer = ""] = layerPattern.exec(stem) ?? [];
	const block = (ggufName: string): string => `blk.${layer}.${ggufName}.${part}`;
	const [, expert, projection = ""] = expertPattern.exec(inLayer) ?? [];
	const names = layerNames[architecture];
	if (expert !== undefined) {
		return Object.hasOwn(names, "mlp.gate")
			? { kind: "stacked", name: block(`ffn_${projection}_exps`), index: Number(expert) }
			: undefined;
	}
	const own = Object.hasOwn(names, inLayer) ? names[inLayer] : undefined;
	if (own === undefined) {
		return undefined;
	}
	if (own === "attn_kv_b" && !has(block(own)) && has(block("attn_k_b"))) {
		return { kind: "keysAndValues", keys: block("attn_k_b"), values: block("attn_v_b") };
	}
	if (architecture === "llama" && (own === "attn_q" || own === "attn_k")) {
		const heads = own === "attn_q" ? "query" : "key";
		return { kind: "interleavedHeads", name: block(own), heads };
	}
	return { kind: "whole", name: block(own) };
}
