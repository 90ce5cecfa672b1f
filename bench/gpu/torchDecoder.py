#!/usr/bin/env python3
"""The time that PyTorch takes for a decoder of given shapes, with random weights: what bench/gpu.ts is held against on a graphics card.

usage: torchDecoder.py --config CONFIG.json [--layers N] [--vocabulary N] [--name NAME] [--device auto|cuda|cpu]
                       [--pasts 0,1024,4096] [--chunks 512,2048] [--ways eager,graph,compiled] [--out FILE]

CONFIG.json: of a qwen3_moe model.  Weights are float16 on a GPU and float32 on a processor; Mote's have 4 bits.  Prints JSON with
the keys of bench/gpu.ts, and rewrites --out behind every figure.

The ways: `eager`; `graph`, a decode step recorded once as a CUDA graph; `compiled`, layers compiled by torch.compile and recorded.
Prompts are read by `eager` and, layer by layer, by `compiled`.  Runs on PyTorch 1.13 and later.

Shapes: D hidden_size, H query heads, G key/value heads, C head_dim, E experts, K experts a token, F size of an expert, T tokens.
"""

import argparse
import dataclasses
import json
import math
import os
import platform
import time

import torch
import torch.nn.functional as F

WARMUP, STEPS, ROUNDS = 4, 32, 3        # as bench/engines/backendScenarios.ts
ROOM = 64                               # positions behind the past
SEED = 1


@dataclasses.dataclass(frozen=True)
class Shape:
    """Named as in Hugging Face's config.json."""

    vocab_size: int
    hidden_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int
    num_experts: int
    num_experts_per_tok: int
    moe_intermediate_size: int
    rope_theta: float
    rms_norm_eps: float

    @staticmethod
    def read(path: str) -> "Shape":
        with open(path) as file:
            config = json.load(file)
        return Shape(**{field.name: config[field.name] for field in dataclasses.fields(Shape)})


class Layer:
    """The weights of one layer, and its keys and values [G, capacity, C]."""

    def __init__(self, shape: Shape, device: str, dtype: torch.dtype) -> None:
        d, e, f, c = shape.hidden_size, shape.num_experts, shape.moe_intermediate_size, shape.head_dim
        heads, groups = shape.num_attention_heads, shape.num_key_value_heads

        def matrix(*sizes: int) -> torch.Tensor:
            # What was drawn in float32 would take twice the memory of a whole layer for a moment.
            return torch.empty(*sizes, device=device, dtype=dtype).normal_(0, sizes[-1] ** -0.5)

        self.input_norm, self.expert_norm = (torch.ones(d, device=device, dtype=dtype) for _ in range(2))
        self.q_norm, self.k_norm = (torch.ones(c, device=device, dtype=dtype) for _ in range(2))
        self.qkv, self.o = matrix((heads + 2 * groups) * c, d), matrix(d, heads * c)
        self.router = torch.empty(e, d, device=device).normal_(0, 2 * d ** -0.5)
        self.gate_up, self.down = matrix(e, 2 * f, d), matrix(e, d, f)
        self.keys = self.values = torch.empty(0)

    def tensors(self) -> "tuple[torch.Tensor, ...]":
        return (self.input_norm, self.expert_norm, self.q_norm, self.k_norm, self.qkv, self.o, self.router, self.gate_up, self.down)


def normed(x: torch.Tensor, weight: torch.Tensor, epsilon: float) -> torch.Tensor:
    y = x.float()
    return (y * torch.rsqrt(y.square().mean(-1, keepdim=True) + epsilon)).to(x.dtype) * weight


def rotated(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """x [heads, T, C]; cos, sin [T, C]."""
    half = x.shape[-1] // 2
    return (x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin).to(x.dtype)


def projected(x, cos, sin, shape, input_norm, q_norm, k_norm, qkv):
    """x [T, D] -> rotated queries [H, T, C], rotated keys and values [G, T, C]."""
    heads, groups, epsilon = shape.num_attention_heads, shape.num_key_value_heads, shape.rms_norm_eps
    rows = F.linear(normed(x, input_norm, epsilon), qkv).view(x.shape[0], -1, shape.head_dim).transpose(0, 1)
    q, k, v = rows.split([heads, groups, groups])
    return rotated(normed(q, q_norm, epsilon), cos, sin), rotated(normed(k, k_norm, epsilon), cos, sin), v


def routed(x: torch.Tensor, router: torch.Tensor, count: int) -> "tuple[torch.Tensor, torch.Tensor]":
    """x [T, D] -> weights [T, K] that add up to 1, experts [T, K]."""
    weight, expert = torch.softmax(F.linear(x.float(), router), -1).topk(count, -1)
    return weight / weight.sum(-1, keepdim=True), expert


def swiglu(x: torch.Tensor) -> torch.Tensor:
    gate, up = x.chunk(2, -1)
    return F.silu(gate) * up


def decode_layer(x, cos, sin, visible, position, keys, values, shape, tensors):
    """One token: x [1, D], position [1] -> x [1, D].  Every size is fixed, and nothing is asked of the device."""
    input_norm, expert_norm, q_norm, k_norm, qkv, o, router, gate_up, down = tensors
    groups, dim = shape.num_key_value_heads, shape.head_dim
    q, k, v = projected(x, cos, sin, shape, input_norm, q_norm, k_norm, qkv)
    keys.index_copy_(1, position, k)
    values.index_copy_(1, position, v)
    scores = torch.bmm(q.reshape(groups, -1, dim), keys.transpose(1, 2)).float() * dim ** -0.5 + visible
    attended = torch.bmm(torch.softmax(scores, -1).to(x.dtype), values)
    x = x + F.linear(attended.reshape(1, -1), o)
    h = normed(x, expert_norm, shape.rms_norm_eps)
    weight, expert = routed(h, router, shape.num_experts_per_tok)
    chosen = expert[0]
    inner = swiglu(torch.matmul(gate_up.index_select(0, chosen), h[0]))                            # [K, F]
    outer = torch.bmm(down.index_select(0, chosen), inner.unsqueeze(-1)).squeeze(-1)                # [K, D]
    return x + (weight.to(x.dtype) @ outer)


def causal(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    """q [H, T, C], k and v [G, T, C] -> [H, T, C]."""
    k, v = (t.repeat_interleave(q.shape[0] // t.shape[0], 0) for t in (k, v))
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q[None], k[None], v[None], is_causal=True)[0]
    scores = torch.bmm(q, k.transpose(1, 2)).float() * q.shape[-1] ** -0.5
    hidden = torch.ones(q.shape[1], q.shape[1], dtype=torch.bool, device=q.device).triu(1)
    return torch.bmm(torch.softmax(scores.masked_fill(hidden, -math.inf), -1).to(q.dtype), v)


def attend(x, cos, sin, shape, input_norm, expert_norm, q_norm, k_norm, qkv, o, router):
    """The part of a prompt's layer whose sizes are known: x, what experts read, weights, experts, keys, values."""
    q, k, v = projected(x, cos, sin, shape, input_norm, q_norm, k_norm, qkv)
    x = x + F.linear(causal(q, k, v).transpose(0, 1).reshape(x.shape[0], -1), o)
    h = normed(x, expert_norm, shape.rms_norm_eps)
    weight, expert = routed(h, router, shape.num_experts_per_tok)
    return x, h, weight, expert, k, v


def through_experts(h: torch.Tensor, weight: torch.Tensor, expert: torch.Tensor, gate_up: torch.Tensor, down: torch.Tensor) -> torch.Tensor:
    """h [T, D] -> [T, D]: assignments sorted by expert, each expert's filled up to the busiest one's, two batched products."""
    tokens, count = expert.shape
    experts = gate_up.shape[0]
    order = expert.flatten().argsort()
    owner = expert.flatten()[order]
    load = torch.bincount(owner, minlength=experts)
    room = int(load.max())
    slot = owner * room + torch.arange(owner.numel(), device=h.device) - (load.cumsum(0) - load)[owner]
    rows = h.new_zeros(experts * room, h.shape[1])
    rows[slot] = h[order // count]
    outer = torch.bmm(swiglu(torch.bmm(rows.view(experts, room, -1), gate_up.transpose(1, 2))), down.transpose(1, 2))
    result = outer.view(experts * room, -1)[slot] * weight.flatten()[order].to(h.dtype).unsqueeze(-1)
    return torch.zeros_like(h).index_add_(0, order // count, result)


class Decoder:
    def __init__(self, shape: Shape, device: str, dtype: torch.dtype) -> None:
        torch.manual_seed(SEED)
        self.shape, self.device, self.dtype = shape, device, dtype
        self.embedding = torch.empty(shape.vocab_size, shape.hidden_size, device=device, dtype=dtype).normal_()
        self.output = torch.empty(shape.vocab_size, shape.hidden_size, device=device, dtype=dtype).normal_(0, shape.hidden_size ** -0.5)
        self.norm = torch.ones(shape.hidden_size, device=device, dtype=dtype)
        self.layers = [Layer(shape, device, dtype) for _ in range(shape.num_hidden_layers)]
        self.frequency = shape.rope_theta ** (-torch.arange(0, shape.head_dim, 2, device=device).float() / shape.head_dim)
        self.decode_layer, self.attend = decode_layer, attend
        self.token = torch.zeros(1, dtype=torch.long, device=device)
        self.position = torch.zeros(1, dtype=torch.long, device=device)

    def compile(self) -> None:
        """All layers share one compiled function each for steps and prompts."""
        self.decode_layer = torch.compile(decode_layer, dynamic=False)
        self.attend = torch.compile(attend, dynamic=False)

    def make_room(self, capacity: int) -> None:
        sizes = (self.shape.num_key_value_heads, capacity, self.shape.head_dim)
        for layer in self.layers:
            layer.keys, layer.values = (torch.empty(*sizes, device=self.device, dtype=self.dtype).normal_() for _ in range(2))
        self.positions = torch.arange(capacity, device=self.device)

    def rotation(self, positions: torch.Tensor) -> "tuple[torch.Tensor, torch.Tensor]":
        angle = positions.float()[:, None] * self.frequency
        return torch.cat([angle.cos()] * 2, -1).to(self.dtype), torch.cat([angle.sin()] * 2, -1).to(self.dtype)

    def step(self) -> torch.Tensor:
        """Appends `token` at `position`: logits [1, vocabulary]."""
        x = F.embedding(self.token, self.embedding)
        cos, sin = self.rotation(self.position)
        visible = torch.zeros_like(self.positions, dtype=torch.float).masked_fill(self.positions > self.position, -math.inf)
        for layer in self.layers:
            x = self.decode_layer(x, cos, sin, visible, self.position, layer.keys, layer.values, self.shape, layer.tensors())
        return F.linear(normed(x, self.norm, self.shape.rms_norm_eps), self.output)

    def prefill(self, tokens: torch.Tensor) -> torch.Tensor:
        """A whole prompt [T] from an empty cache: logits [1, vocabulary] of its last token."""
        x = F.embedding(tokens, self.embedding)
        cos, sin = self.rotation(self.positions[:tokens.numel()])
        for layer in self.layers:
            *attention, gate_up, down = layer.tensors()
            x, h, weight, expert, k, v = self.attend(x, cos, sin, self.shape, *attention)
            layer.keys[:, :tokens.numel()], layer.values[:, :tokens.numel()] = k, v
            x = x + through_experts(h, weight, expert, gate_up, down)
        return F.linear(normed(x[-1:], self.norm, self.shape.rms_norm_eps), self.output)


def check() -> float:
    """The largest distance of the logits of a step from those of the whole prompt, for a tiny decoder in float32."""
    shape = Shape(64, 32, 2, 4, 2, 16, 8, 2, 16, 10_000.0, 1e-6)
    decoder = Decoder(shape, "cpu", torch.float32)
    decoder.make_room(16)
    tokens = torch.randint(shape.vocab_size, (9,))
    whole = decoder.prefill(tokens)
    decoder.make_room(16)
    decoder.prefill(tokens[:-1])
    decoder.token.copy_(tokens[-1:])
    decoder.position.fill_(tokens.numel() - 1)
    distance = float((decoder.step() - whole).abs().max())
    if not distance < 1e-4:
        raise SystemExit(f"a step differs from the whole prompt by {distance}")
    return distance


def median(milliseconds: "list[float]") -> float:
    return sorted(milliseconds)[math.ceil(len(milliseconds) / 2) - 1]


def timed(run) -> float:
    """In milliseconds, with one row of logits on the processor: as a backend of Mote gives it."""
    start = time.perf_counter()
    run().float().cpu()
    return (time.perf_counter() - start) * 1000


def recorded(decoder: Decoder):
    """A step as a CUDA graph."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            decoder.step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        logits = decoder.step()

    def replay() -> torch.Tensor:
        graph.replay()
        return logits

    return replay


def decode_ms(decoder: Decoder, past: int, is_recorded: bool) -> float:
    decoder.make_room(past + ROOM)
    decoder.position.fill_(past)
    run = recorded(decoder) if is_recorded else decoder.step
    times = []
    for index in range(WARMUP + STEPS):
        decoder.token.fill_(index * 37 % decoder.shape.vocab_size)
        decoder.position.fill_(past + index)
        times.append(timed(run))
    return median(times[WARMUP:])


def prefill_ms(decoder: Decoder, tokens: int) -> float:
    decoder.make_room(tokens)
    times = []
    for index in range(1 + ROUNDS):
        prompt = torch.randint(decoder.shape.vocab_size, (tokens,), device=decoder.device)
        times.append(timed(lambda prompt=prompt: decoder.prefill(prompt)))
    return median(times[1:])


@torch.no_grad()
def measure(options: argparse.Namespace, shape: Shape, name: str) -> dict:
    device = options.device
    dtype = torch.float32 if device == "cpu" else torch.float16
    report = {"machine": machine(device), "model": name, "layers": shape.num_hidden_layers, "results": {}}

    def save() -> None:
        if options.out:
            with open(options.out + ".part", "w") as file:
                json.dump(report, file, indent=2)
            os.replace(options.out + ".part", options.out)

    check()
    decoder = Decoder(shape, device, dtype)
    for way in options.ways.split(","):
        figures = report["results"][f"torch-{way}"] = {"runs": f"PyTorch {torch.__version__}, {str(dtype)[6:]}"}
        try:
            if way != "eager" and device == "cpu":
                raise RuntimeError("CUDA graphs need a GPU")
            if way == "compiled":
                decoder.compile()
            for past in numbers(options.pasts):
                figures[f"decodeMs.{past}"] = round(decode_ms(decoder, past, way != "eager"), 3)
                save()
            for chunk in numbers(options.chunks) if way != "graph" else ():
                figures[f"prefillTokensPerS.{chunk}"] = round(1000 * chunk / prefill_ms(decoder, chunk))
                save()
        except Exception as error:                              # the other ways are still worth their time
            figures["failed"] = f"{type(error).__name__}: {error}"[:300]
            save()
    return report


def machine(device: str) -> dict:
    gpu = {"gpu": torch.cuda.get_device_name(), "cuda": torch.version.cuda} if device == "cuda" else {}
    return {"torch": torch.__version__, "device": device, "system": platform.platform(), **gpu}


def numbers(text: str) -> "list[int]":
    return [int(part) for part in text.split(",") if part]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", required=True)
    parser.add_argument("--layers", type=int)
    parser.add_argument("--vocabulary", type=int)
    parser.add_argument("--name")
    parser.add_argument("--device", choices=("auto", "cuda", "cpu"), default="auto")
    parser.add_argument("--pasts", default="0,1024,4096")
    parser.add_argument("--chunks", default="512,2048")
    parser.add_argument("--ways", default="eager,graph,compiled")
    parser.add_argument("--out")
    options = parser.parse_args()
    if options.device == "auto":
        options.device = "cuda" if torch.cuda.is_available() else "cpu"
    published = Shape.read(options.config)
    shape = dataclasses.replace(published, num_hidden_layers=options.layers or published.num_hidden_layers,
                                vocab_size=options.vocabulary or published.vocab_size)
    stem = os.path.splitext(os.path.basename(options.config))[0]
    name = options.name or f"{stem}, {shape.num_hidden_layers} of {published.num_hidden_layers} layers"
    print(json.dumps(measure(options, shape, name), indent=2))


if __name__ == "__main__":
    main()
