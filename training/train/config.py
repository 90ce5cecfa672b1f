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

    def parameters(self) -> tuple[int, int]:
        """(total, active per token); the embedding, which is the output projection too, counts once in each."""
        heads, norms = self.num_attention_heads, self.hidden_size * (2 * self.num_hidden_layers + 1) + 2 * self.head_dim * self.num_hidden_layers
        attention = self.hidden_size * self.head_dim * (2 * heads + 2 * self.num_key_value_heads)
        expert = 3 * self.hidden_size * self.moe_intermediate_size
        shared = self.vocab_size * self.hidden_size + norms + self.num_hidden_layers * (attention + self.hidden_size * self.num_experts)
        return (shared + self.num_hidden_layers * expert * self.num_experts,
                shared + self.num_hidden_layers * expert * self.num_experts_per_tok)

    def int4_bytes(self) -> int:
        """Of a model whose matrices have 4 bits a weight and a 16-bit scale for 32 of them; routers and norms are float32."""
        norms = self.hidden_size * (2 * self.num_hidden_layers + 1) + 2 * self.head_dim * self.num_hidden_layers
        small = norms + self.num_hidden_layers * self.hidden_size * self.num_experts
        return (self.parameters()[0] - small) * 18 // 32 + small * 4

    def bfloat16_bytes(self) -> int:
        return self.parameters()[0] * 2


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

if __name__ == "__main__":
    for name, config in CONFIGS.items():
        total, active = config.parameters()
        print(f"{name:10} {total / 1e6:7.2f}M parameters, {active / 1e6:6.2f}M active, int4 {config.int4_bytes() / 1e6:6.2f} MB, "
              f"bfloat16 {config.bfloat16_bytes() / 1e6:6.2f} MB = {config.bfloat16_bytes() / 2**20:.1f} MiB")
