#!/usr/bin/python3
"""Checks the GPU's kernels against the CPU's at toy size, wherever it runs.

usage: check.py [--compile]

With any PyTorch: the batched dispatch, given room for all, against the loop (output, gradients), and its count of what it
drops without room; both losses with weights against PyTorch's own, and a model's against a sum over the middles that
validate.py finds.  From PyTorch 2.5 on: the loss and every gradient of a whole model, rounded weights included, in float32
and, loosely, under bfloat16 autocast.  --compile: the same through torch.compile, which must make one graph of all layers
and one of the head, without a break.  On a GPU everything runs on it.
"""

import argparse
import dataclasses
import sys

import torch
import torch.nn.functional as F

from config import END_OF_TEXT, FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX, PAD, ModelConfig
from experts import batched, one_by_one
from head import compile_head, masked_projection_loss, projection_loss
from model import Model
from quantize import rounded_to_int4
from validate import middles

TOLERANCE = 1e-5                  # relative to the largest value of a tensor, float32
GPU_TOLERANCE = 2e-3              # float32 products may run as tf32 there
BFLOAT16_TOLERANCE = 6e-2
CONFIG = ModelConfig(vocab_size=512, hidden_size=64, num_hidden_layers=3, num_attention_heads=4, num_key_value_heads=2, head_dim=32,
                     num_experts=8, moe_intermediate_size=64)


def report(what: str, value: float, limit: float) -> None:
    print(f"{what:60} {value:.1e} (limit {limit:.0e})", flush=True)
    if not value <= limit:        # NaN fails too
        sys.exit(f"{what}: {value} is over {limit}")


def difference(a: torch.Tensor, b: torch.Tensor) -> float:
    return float((a.float() - b.float()).abs().max() / b.float().abs().max().clamp(min=1e-12))


def check_dispatch(device: str, tolerance: float) -> None:
    n, d, count, chosen, f = 96, 32, 8, 2, 48
    x = torch.randn(n, d, device=device)
    probability = torch.softmax(torch.randn(n, count, device=device) + torch.arange(count, device=device) * 0.3, -1)
    gate, expert = probability.topk(chosen, -1)
    weights = [torch.randn(count, 2 * f, d, device=device) / d ** 0.5, torch.randn(count, d, f, device=device) / f ** 0.5]
    slope = torch.randn(n, d, device=device)
    results = []
    for dispatch in (one_by_one, lambda *a: batched(*a, capacity_factor=float(count))):
        inputs = [t.clone().requires_grad_() for t in (x, gate, *weights)]
        out, load, dropped = dispatch(inputs[0], inputs[1], expert, *inputs[2:])
        (out * slope).sum().backward()
        results.append([out.detach(), load, *(t.grad for t in inputs)])
        assert int(dropped) == 0
    for name, a, b in zip(("output", "load", "gradient of x", "of the gate", "of gate_up", "of down"), results[1], results[0]):
        report(f"dispatch: {name}", difference(a, b), tolerance)
    _, load, dropped = batched(x, gate, expert, *weights, capacity_factor=1.0)
    room = -(-(n * chosen // count) // 8) * 8
    assert int(dropped) == int((load - room).clamp(min=0).sum()) > 0, "the count of dropped assignments"


def check_losses(device: str, tolerance: float) -> None:
    """Both losses and their gradients, with weights, against PyTorch's."""
    n, d, vocabulary = 700, 32, 90
    hidden, embedding = torch.randn(n, d, device=device), torch.randn(vocabulary, d, device=device)
    targets, weights = torch.randint(vocabulary, (n,), device=device), torch.rand(n, device=device) * 3

    def ours(loss):
        inputs = [t.clone().requires_grad_() for t in (hidden, embedding)]
        value = loss(*inputs)
        value.backward()
        return [value.detach(), *(t.grad for t in inputs)]

    wanted = ours(lambda h, e: (F.cross_entropy(h @ e.t(), targets, reduction="none") * weights).sum() / weights.sum())
    for label, loss in (("loss in slices", projection_loss), ("masked loss", masked_projection_loss)):
        found = ours(lambda h, e: loss(h, e, targets, weights))
        for name, a, b in zip(("value", "gradient of the states", "of the embedding"), found, wanted):
            report(f"{label}: {name}", difference(a, b), tolerance)


def check_middle_weight(device: str, tolerance: float) -> None:
    """A model's loss against a sum by hand: two examples in a row, an empty middle, plain text, padding."""
    model = Model(CONFIG).to(device)
    rows = torch.randint(16, CONFIG.vocab_size, (3, 65))
    for row, example in ((0, 0), (0, 30), (1, 0)):
        rows[row, example] = FIM_SUFFIX
        rows[row, example + 5] = FIM_PREFIX
        rows[row, example + 15] = FIM_MIDDLE
        rows[row, example + 22] = END_OF_TEXT
    rows[1, 16] = END_OF_TEXT
    rows[1, 40:] = PAD
    nats = model.score(rows.to(device))[0].cpu()
    for weight in (1.0, 3.0):
        total = count = 0.0
        for row, row_nats in zip(rows, nats):
            inside = {position for begin, end in middles(row.numpy()) for position in range(begin, end)}
            for position, target in enumerate(row[1:]):
                if target != PAD:
                    share = weight if position in inside else 1.0
                    total, count = total + share * float(row_nats[position]), count + share
        loss, _ = model(rows.to(device), weight)
        report(f"middles of weight {weight:.0f}", abs(float(loss.detach()) - total / count) / (total / count), tolerance)


def loss_and_gradients(model: Model, rows: torch.Tensor, bfloat16: bool) -> tuple[torch.Tensor, list[torch.Tensor]]:
    model.zero_grad()
    with rounded_to_int4(model.int4_parameters()):
        with torch.autocast(rows.device.type, torch.bfloat16, enabled=bfloat16):
            loss, balance = model(rows, 3.0)
        (loss + 0.02 * balance).backward()
    return loss.detach(), [p.grad.clone() for p in model.parameters()]


def check_model(device: str, tolerance: float, compiled: bool) -> None:
    label = "compiled" if compiled else "fused"
    # Under bfloat16 a token moves between experts it likes alike, which is no fault: there all experts are chosen.
    for bfloat16, config in ((False, CONFIG), (True, dataclasses.replace(CONFIG, num_experts_per_tok=CONFIG.num_experts))):
        plain = Model(config)
        for layer in plain.layers:                            # a fresh model's last matrices are zero: every gradient should flow
            torch.nn.init.normal_(layer.experts.down, std=0.1)
            torch.nn.init.normal_(layer.attention.o, std=0.1)
        rows = torch.randint(16, config.vocab_size, (4, 65))
        rows[0, 20], rows[0, 50] = FIM_MIDDLE, END_OF_TEXT
        rows[1, 40:] = PAD
        loss, gradients = loss_and_gradients(plain, rows, False)
        fused = Model(config, True, torch.bfloat16 if bfloat16 else torch.float32).to(device)
        fused.load_state_dict(plain.state_dict())
        for layer in fused.layers:
            layer.experts.capacity_factor = float(config.num_experts)
        if compiled:
            fused.compile_layers()
        our_loss, our_gradients = loss_and_gradients(fused, rows.to(device), bfloat16)
        kind = f"{label} model" + (" in bfloat16" if bfloat16 else "")
        report(f"{kind}: loss", difference(our_loss.cpu(), loss), BFLOAT16_TOLERANCE if bfloat16 else tolerance)
        names = [name for name, _ in plain.named_parameters()]
        worst = max((float((a.cpu() - b).norm() / b.norm()), name) for name, a, b in zip(names, our_gradients, gradients))
        report(f"{kind}: worst gradient ({worst[1]})", worst[0], BFLOAT16_TOLERANCE if bfloat16 else tolerance)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compile", action="store_true")
    options = parser.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    tolerance = GPU_TOLERANCE if device == "cuda" else TOLERANCE
    torch.manual_seed(1)
    print(f"PyTorch {torch.__version__} on {device}")
    check_dispatch(device, tolerance)
    check_losses(device, tolerance)
    check_middle_weight(device, tolerance)
    if tuple(int(part) for part in torch.__version__.split(".")[:2]) < (2, 5):
        print("the whole model needs PyTorch 2.5 for shared keys in its attention: not checked")
        return
    check_model(device, tolerance, False)
    if options.compile:
        from torch._dynamo.utils import counters
        compile_head()
        check_model(device, tolerance, True)
        breaks, graphs = sum(counters["graph_break"].values()), counters["stats"]["unique_graphs"]
        print(f"torch.compile: {breaks} graph breaks, {graphs} graphs for {CONFIG.num_hidden_layers} layers and the head in two precisions")
        if breaks or graphs > 4:
            sys.exit("torch.compile should make one graph of all layers and one of the head, for each precision")


if __name__ == "__main__":
    main()
