"""Our parameter names and shapes <-> those of Hugging Face's Qwen3MoeForCausalLM."""

import torch

from config import END_OF_TEXT, PAD, ModelConfig

MAX_POSITION_EMBEDDINGS = 8192    # what the format allows, not what was trained: see trainedContextTokens in mote.json


def config_json(config: ModelConfig) -> dict:
    return {
        "architectures": ["Qwen3MoeForCausalLM"], "model_type": "qwen3_moe", "torch_dtype": "bfloat16",
        "vocab_size": config.vocab_size, "hidden_size": config.hidden_size, "num_hidden_layers": config.num_hidden_layers,
        "num_attention_heads": config.num_attention_heads, "num_key_value_heads": config.num_key_value_heads,
        "head_dim": config.head_dim, "num_experts": config.num_experts, "num_experts_per_tok": config.num_experts_per_tok,
        "moe_intermediate_size": config.moe_intermediate_size, "intermediate_size": config.moe_intermediate_size,
        "norm_topk_prob": True, "decoder_sparse_step": 1, "mlp_only_layers": [], "router_aux_loss_coef": 0.02,
        "output_router_logits": False, "hidden_act": "silu", "rms_norm_eps": config.rms_norm_eps, "rope_theta": config.rope_theta,
        "rope_scaling": None, "max_position_embeddings": MAX_POSITION_EMBEDDINGS, "tie_word_embeddings": True,
        "attention_bias": False, "attention_dropout": 0.0, "use_sliding_window": False, "sliding_window": None, "use_cache": True,
        "initializer_range": 0.02, "bos_token_id": END_OF_TEXT, "eos_token_id": END_OF_TEXT, "pad_token_id": PAD,
    }


def to_huggingface(state: dict[str, torch.Tensor], config: ModelConfig) -> dict[str, torch.Tensor]:
    query = config.num_attention_heads * config.head_dim
    key = config.num_key_value_heads * config.head_dim
    tensors = {"model.embed_tokens.weight": state["embedding"], "model.norm.weight": state["norm.weight"]}
    for n in range(config.num_hidden_layers):
        ours, theirs = f"layers.{n}.", f"model.layers.{n}."
        q, k, v = state[ours + "attention.qkv"].split([query, key, key])
        tensors |= {
            theirs + "input_layernorm.weight": state[ours + "attention_norm.weight"],
            theirs + "post_attention_layernorm.weight": state[ours + "experts_norm.weight"],
            theirs + "self_attn.q_proj.weight": q, theirs + "self_attn.k_proj.weight": k, theirs + "self_attn.v_proj.weight": v,
            theirs + "self_attn.o_proj.weight": state[ours + "attention.o"],
            theirs + "self_attn.q_norm.weight": state[ours + "attention.q_norm.weight"],
            theirs + "self_attn.k_norm.weight": state[ours + "attention.k_norm.weight"],
            theirs + "mlp.gate.weight": state[ours + "experts.router"],
        }
        for e in range(config.num_experts):
            gate, up = state[ours + "experts.gate_up"][e].chunk(2)
            expert = f"{theirs}mlp.experts.{e}."
            tensors |= {expert + "gate_proj.weight": gate, expert + "up_proj.weight": up,
                        expert + "down_proj.weight": state[ours + "experts.down"][e]}
    return tensors


def from_huggingface(tensors: dict[str, torch.Tensor], config: ModelConfig) -> dict[str, torch.Tensor]:
    state = {"embedding": tensors["model.embed_tokens.weight"], "norm.weight": tensors["model.norm.weight"]}
    for n in range(config.num_hidden_layers):
        ours, theirs = f"layers.{n}.", f"model.layers.{n}."
        experts = [f"{theirs}mlp.experts.{e}." for e in range(config.num_experts)]
        state |= {
            ours + "attention_norm.weight": tensors[theirs + "input_layernorm.weight"],
            ours + "experts_norm.weight": tensors[theirs + "post_attention_layernorm.weight"],
            ours + "attention.qkv": torch.cat([tensors[f"{theirs}self_attn.{x}_proj.weight"] for x in "qkv"]),
            ours + "attention.o": tensors[theirs + "self_attn.o_proj.weight"],
            ours + "attention.q_norm.weight": tensors[theirs + "self_attn.q_norm.weight"],
            ours + "attention.k_norm.weight": tensors[theirs + "self_attn.k_norm.weight"],
            ours + "experts.router": tensors[theirs + "mlp.gate.weight"],
            ours + "experts.gate_up": torch.stack([torch.cat([tensors[e + "gate_proj.weight"], tensors[e + "up_proj.weight"]]) for e in experts]),
            ours + "experts.down": torch.stack([tensors[e + "down_proj.weight"] for e in experts]),
        }
    return state
