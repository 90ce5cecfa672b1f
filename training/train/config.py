"""Shapes of the models, by name."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class ModelConfig:
    """The free dimensions of a Qwen3-MoE decoder; names as in Hugging Face's config.json."""

    vocab_size: int = 16_384
    hidden_size: int = 256
    num_hidden_layers: int = 6
    num_attention_heads: int = 4
    num_key_value_heads: int = 1
    head_dim: int = 64
    num_experts: int = 8
    num_experts_per_tok: int = 2
    moe_intermediate_size: int = 256
    rope_theta: float = 100_000.0
    rms_norm_eps: float = 1e-6


CONFIGS: dict[str, ModelConfig] = {
    "mote-nano": ModelConfig(),
    "mote-base": ModelConfig(hidden_size=512, num_hidden_layers=12, num_attention_heads=8, num_key_value_heads=2, num_experts=16,
                             moe_intermediate_size=384),
    "toy": ModelConfig(hidden_size=64, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1, head_dim=32, num_experts=4,
                       moe_intermediate_size=64),
}

# Ids of the special tokens; tokenizer/bpe.hpp and tokenizer/write_json.py agree.
END_OF_TEXT, REPO, FILE, FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE, PAD = range(7)
FIRST_TEXT_TOKEN = 16
