"""Qwen3-MoE, the same graph as Hugging Face's Qwen3MoeForCausalLM, in plain PyTorch 1.13+.

Shapes: B sequences, T tokens, D hidden_size, H query heads, G key/value heads, C head_dim, E experts, K experts per
token, F moe_intermediate_size, N = B * T.  Matrices are stored [out, in] as in the checkpoint; query, key and value
projections are kept as one matrix, and so are the gate and up projections of all experts of a layer."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from attention import causal_attention
from config import PAD, ModelConfig
from head import projection_loss
from norm import RMSNorm
from quantize import fake_int4


class Rope(nn.Module):
    """Rotary position embedding, rotating the first half of a head against the second."""

    def __init__(self, head_dim: int, theta: float) -> None:
        super().__init__()
        self.register_buffer("frequency", theta ** (-torch.arange(0, head_dim, 2).float() / head_dim), persistent=False)

    def forward(self, length: int) -> tuple[torch.Tensor, torch.Tensor]:
        """cos, sin: [T, 1, C]; the sine carries the sign of rotate_half."""
        angle = torch.arange(length, device=self.frequency.device).float()[:, None] * self.frequency
        cos, sin = angle.cos(), angle.sin()
        return torch.cat([cos, cos], -1)[:, None], torch.cat([-sin, sin], -1)[:, None]


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """x [B, T, heads, C]."""
    half = x.shape[-1] // 2
    swapped = torch.cat([x[..., half:], x[..., :half]], -1)
    return (x * cos + swapped * sin).to(x.dtype)


class Attention(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads, self.groups, self.head_dim = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        width = self.heads * self.head_dim
        self.qkv = nn.Parameter(torch.randn(width + 2 * self.groups * self.head_dim, config.hidden_size) * config.hidden_size ** -0.5)
        self.o = nn.Parameter(torch.zeros(config.hidden_size, width))
        self.q_norm = RMSNorm(self.head_dim, config.rms_norm_eps)
        self.k_norm = RMSNorm(self.head_dim, config.rms_norm_eps)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, quantized: bool) -> torch.Tensor:
        b, t, _ = x.shape
        qkv, o = (fake_int4(self.qkv), fake_int4(self.o)) if quantized else (self.qkv, self.o)
        q, k, v = F.linear(x, qkv).view(b, t, -1, self.head_dim).split([self.heads, self.groups, self.groups], 2)
        return F.linear(causal_attention(rotate(self.q_norm(q), cos, sin), rotate(self.k_norm(k), cos, sin), v), o)


class Experts(nn.Module):
    """Softmax router, the K best experts of each token with their weights renormalised, SwiGLU experts."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.count, self.chosen = config.num_experts, config.num_experts_per_tok
        d, f = config.hidden_size, config.moe_intermediate_size
        self.router = nn.Parameter(torch.randn(self.count, d) * 0.02)
        self.gate_up = nn.Parameter(torch.randn(self.count, 2 * f, d) * d ** -0.5)
        self.down = nn.Parameter(torch.zeros(self.count, d, f))
        self.load: torch.Tensor | None = None                     # [E] assignments of the last call, for the log

    def forward(self, x: torch.Tensor, quantized: bool) -> tuple[torch.Tensor, torch.Tensor]:
        """x [N, D] -> (output [N, D], balance loss: 1 when the load is even, E when one expert has it all)."""
        n = x.shape[0]
        with torch.autocast(x.device.type, enabled=False):
            probability = torch.softmax(F.linear(x.float(), self.router.float()), -1)
        gate, expert = probability.topk(self.chosen, -1)
        gate = gate / gate.sum(-1, keepdim=True)
        flat = expert.reshape(-1)
        order = flat.argsort()                                    # assignments sorted by expert
        token = torch.div(order, self.chosen, rounding_mode="floor")
        load = torch.bincount(flat, minlength=self.count)
        gate_up, down = (fake_int4(self.gate_up), fake_int4(self.down)) if quantized else (self.gate_up, self.down)
        outputs = []
        for rows, w_gate_up, w_down in zip(x[token].split(load.tolist()), gate_up.unbind(0), down.unbind(0)):
            a, b = F.linear(rows, w_gate_up).chunk(2, -1)
            outputs.append(F.linear(F.silu(a) * b, w_down))
        weighted = torch.cat(outputs) * gate.reshape(-1)[order].unsqueeze(-1).to(x.dtype)
        out = torch.zeros_like(x, dtype=weighted.dtype).index_add(0, token, weighted)
        self.load = load.detach()
        balance = self.count * (load.float() / flat.numel() * probability.mean(0)).sum()
        return out, balance


class Layer(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.attention = Attention(config)
        self.experts_norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.experts = Experts(config)


class Model(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Parameter(torch.randn(config.vocab_size, config.hidden_size) * 0.02)
        self.rope = Rope(config.head_dim, config.rope_theta)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        self.quantized = False        # run every matrix but the router through fake_int4

    def weights_for_embedding(self) -> torch.Tensor:
        return fake_int4(self.embedding) if self.quantized else self.embedding

    def hidden(self, tokens: torch.Tensor, embedding: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """tokens [B, T] -> (final normalised states [B, T, D], balance loss summed over the layers)."""
        x = F.embedding(tokens, embedding)
        cos, sin = self.rope(tokens.shape[1])
        balance = x.new_zeros((), dtype=torch.float32)
        for layer in self.layers:
            x = x + layer.attention(layer.attention_norm(x), cos, sin, self.quantized)
            update, layer_balance = layer.experts(layer.experts_norm(x).flatten(0, 1), self.quantized)
            x = x + update.view_as(x)
            balance = balance + layer_balance
        return self.norm(x), balance

    def forward(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """rows [B, T + 1] of token ids -> (mean nats over the targets that are not padding, balance loss)."""
        embedding = self.weights_for_embedding()
        states, balance = self.hidden(rows[:, :-1], embedding)
        targets = rows[:, 1:].reshape(-1)
        scored = (targets != PAD).nonzero().squeeze(1)
        states = states.flatten(0, 1)
        if scored.numel() < targets.numel():
            states, targets = states[scored], targets[scored]
        return projection_loss(states, embedding, targets), balance

    @torch.no_grad()
    def score(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """rows [B, T + 1] -> (nats, whether the most likely token is the right one), each [B, T]; padding is scored too."""
        embedding = self.weights_for_embedding()
        states, _ = self.hidden(rows[:, :-1], embedding)
        nats, right = [], []
        for state, target in zip(states.flatten(0, 1).split(512), rows[:, 1:].reshape(-1).split(512)):
            logits = F.linear(state, embedding).float()
            nats.append(F.cross_entropy(logits, target, reduction="none"))
            right.append(logits.argmax(-1) == target)
        shape = rows[:, 1:].shape
        return torch.cat(nats).view(shape), torch.cat(right).view(shape)

    def parameter_counts(self) -> tuple[int, int]:
        """(total, active per token)."""
        total = sum(p.numel() for p in self.parameters())
        experts = sum(layer.experts.gate_up.numel() + layer.experts.down.numel() for layer in self.layers)
        return total, total - experts + experts * self.config.num_experts_per_tok // self.config.num_experts
