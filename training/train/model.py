"""Qwen3-MoE, the same graph as Hugging Face's Qwen3MoeForCausalLM, in plain PyTorch 1.13+.

The same mathematics has two sets of kernels: those written for a CPU, and with `fused` (PyTorch 2.5+) those for a GPU, whose
shapes never depend on the data, so that torch.compile makes one graph of a layer.  check.py holds one against the other.

Shapes: B sequences, T tokens, D hidden_size, H query heads, G key/value heads, C head_dim, E experts, K experts per
token, F moe_intermediate_size, N = B * T.  Matrices are stored [out, in] as in the checkpoint; query, key and value
projections are kept as one matrix, and so are the gate and up projections of all experts of a layer."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from attention import causal_attention
from config import END_OF_TEXT, FIM_MIDDLE, PAD, ModelConfig
from experts import CAPACITY_FACTOR, batched, one_by_one
from head import masked_projection_loss, projection_loss
from norm import RMSNorm


def in_middle(tokens: torch.Tensor) -> torch.Tensor:
    """tokens [B, T] -> whether the token after each belongs to what is to be filled in, its end of text included: bool [B, T]."""
    position = torch.arange(tokens.shape[1], device=tokens.device).expand_as(tokens)
    last_middle, last_end = (torch.where(tokens == token, position, -1).cummax(-1).values for token in (FIM_MIDDLE, END_OF_TEXT))
    return last_middle > last_end


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
    def __init__(self, config: ModelConfig, fused: bool) -> None:
        super().__init__()
        self.fused = fused
        self.heads, self.groups, self.head_dim = config.num_attention_heads, config.num_key_value_heads, config.head_dim
        width = self.heads * self.head_dim
        self.qkv = nn.Parameter(torch.randn(width + 2 * self.groups * self.head_dim, config.hidden_size) * config.hidden_size ** -0.5)
        self.o = nn.Parameter(torch.zeros(config.hidden_size, width))
        self.q_norm = RMSNorm(self.head_dim, config.rms_norm_eps, fused)
        self.k_norm = RMSNorm(self.head_dim, config.rms_norm_eps, fused)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        b, t, _ = x.shape
        q, k, v = F.linear(x, self.qkv).view(b, t, -1, self.head_dim).split([self.heads, self.groups, self.groups], 2)
        return F.linear(causal_attention(rotate(self.q_norm(q), cos, sin), rotate(self.k_norm(k), cos, sin), v, self.fused), self.o)


class Experts(nn.Module):
    """Softmax router, the K best experts of each token with their weights renormalised, SwiGLU experts."""

    def __init__(self, config: ModelConfig, fused: bool) -> None:
        super().__init__()
        self.count, self.chosen, self.fused = config.num_experts, config.num_experts_per_tok, fused
        self.capacity_factor = CAPACITY_FACTOR
        d, f = config.hidden_size, config.moe_intermediate_size
        self.router = nn.Parameter(torch.randn(self.count, d) * 0.02)
        self.gate_up = nn.Parameter(torch.randn(self.count, 2 * f, d) * d ** -0.5)
        self.down = nn.Parameter(torch.zeros(self.count, d, f))

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """x [N, D] -> (output [N, D], balance loss: 1 when the load is even, E when one expert has it all, load [E],
        assignments dropped)."""
        with torch.autocast(x.device.type, enabled=False):
            probability = torch.softmax(F.linear(x.float(), self.router.float()), -1)
        gate, expert = probability.topk(self.chosen, -1)
        gate = gate / gate.sum(-1, keepdim=True)
        if self.fused and self.training:
            out, load, dropped = batched(x, gate, expert, self.gate_up, self.down, self.capacity_factor)
        else:                                                 # a model in use drops nothing
            out, load, dropped = one_by_one(x, gate, expert, self.gate_up, self.down)
        balance = self.count * (load.float() / expert.numel() * probability.mean(0)).sum()
        return out, balance, load.detach(), dropped


class Layer(nn.Module):
    def __init__(self, config: ModelConfig, fused: bool) -> None:
        super().__init__()
        self.attention_norm = RMSNorm(config.hidden_size, config.rms_norm_eps, fused)
        self.attention = Attention(config, fused)
        self.experts_norm = RMSNorm(config.hidden_size, config.rms_norm_eps, fused)
        self.experts = Experts(config, fused)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """x [B, T, D] -> (x [B, T, D], balance loss, load [E], assignments dropped)."""
        x = x + self.attention(self.attention_norm(x), cos, sin)
        update, balance, load, dropped = self.experts(self.experts_norm(x).flatten(0, 1))
        return x + update.view_as(x), balance, load, dropped


def run_layer(layer: Layer, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """What Model.compile() compiles: a function of the layer, so that all layers share one graph."""
    return layer(x, cos, sin)


class Model(nn.Module):
    def __init__(self, config: ModelConfig, fused: bool = False, stream: torch.dtype = torch.float32) -> None:
        """`stream`: type of the residual stream; bfloat16 halves what a GPU reads and writes between products."""
        super().__init__()
        self.config, self.fused, self.stream = config, fused, stream
        self.embedding = nn.Parameter(torch.randn(config.vocab_size, config.hidden_size) * 0.02)
        self.rope = Rope(config.head_dim, config.rope_theta)
        self.layers = nn.ModuleList(Layer(config, fused) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps, fused)
        self.train_layer = run_layer
        self.load: torch.Tensor | None = None         # [layers, E] assignments of the last pass, for the log
        self.dropped: torch.Tensor | None = None      # [layers] assignments dropped in it

    def compile_layers(self) -> None:
        """Compiles a layer for training; raises where that would take more than one graph."""
        self.train_layer = torch.compile(run_layer, fullgraph=True, dynamic=False)

    def int4_parameters(self) -> list[nn.Parameter]:
        """What the shipped model stores in four bits: every matrix but the routers."""
        return [p for name, p in self.named_parameters() if p.dim() >= 2 and "router" not in name]

    def hidden(self, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """tokens [B, T] -> (final normalised states [B, T, D], balance loss summed over the layers)."""
        x = F.embedding(tokens, self.embedding).to(self.stream)
        cos, sin = self.rope(tokens.shape[1])
        run = self.train_layer if self.training else run_layer
        balance = x.new_zeros((), dtype=torch.float32)
        loads, drops = [], []
        for layer in self.layers:
            x, layer_balance, load, dropped = run(layer, x, cos, sin)
            balance = balance + layer_balance
            loads.append(load)
            drops.append(dropped)
        self.load, self.dropped = torch.stack(loads), torch.stack(drops)
        return self.norm(x), balance

    def forward(self, rows: torch.Tensor, middle_weight: float = 1.0) -> tuple[torch.Tensor, torch.Tensor]:
        """rows [B, T + 1] of token ids -> (mean nats over the targets that are not padding, balance loss).

        In the mean a target that is to be filled in, or the end of text behind it, counts `middle_weight` times, all others once."""
        states, balance = self.hidden(rows[:, :-1])
        targets = rows[:, 1:].reshape(-1)
        states = states.flatten(0, 1)
        weights = torch.where(in_middle(rows[:, :-1]), middle_weight, 1.0).flatten() * (targets != PAD)
        if self.fused:
            return masked_projection_loss(states, self.embedding, targets, weights), balance
        scored = weights.nonzero().squeeze(1)
        if scored.numel() < targets.numel():
            states, targets, weights = states[scored], targets[scored], weights[scored]
        return projection_loss(states, self.embedding, targets, weights), balance

    @torch.no_grad()
    def score(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """rows [B, T + 1] -> (nats, whether the most likely token is the right one), each [B, T]; padding is scored too."""
        states, _ = self.hidden(rows[:, :-1])
        nats, right = [], []
        for state, target in zip(states.flatten(0, 1).split(512), rows[:, 1:].reshape(-1).split(512)):
            logits = F.linear(state, self.embedding.to(state.dtype)).float()
            nats.append(F.cross_entropy(logits, target, reduction="none"))
            right.append(logits.argmax(-1) == target)
        shape = rows[:, 1:].shape
        return torch.cat(nats).view(shape), torch.cat(right).view(shape)
