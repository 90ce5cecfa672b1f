"""Fake int4 quantisation, so that the weights learn to live on the grid they will be stored on."""

import contextlib
from collections.abc import Iterator, Sequence

import torch

BLOCK = 32                        # weights along the input dimension that share a scale (Q4_0 of llama.cpp, ORT's MatMulNBits)


def fake_int4(weight: torch.Tensor) -> torch.Tensor:
    """`weight` [..., in] as symmetric int4 would return it: 16 levels, scale = signed absmax / -8 per block, so that the
    largest weight of a block is exact."""
    blocks = weight.reshape(*weight.shape[:-1], -1, BLOCK)
    low, high = blocks.amin(-1, keepdim=True), blocks.amax(-1, keepdim=True)
    scale = torch.where(high > -low, high, low) / -8
    scale = torch.where(scale == 0, torch.ones_like(scale), scale)
    return (blocks / scale).round_().clamp_(-8, 7).mul_(scale).reshape(weight.shape)


@torch.no_grad()
def round_to_int4(parameters: Sequence[torch.Tensor]) -> None:
    for p in parameters:
        p.copy_(fake_int4(p))


@contextlib.contextmanager
def rounded_to_int4(parameters: Sequence[torch.Tensor], enabled: bool = True) -> Iterator[None]:
    """Inside, the parameters hold what int4 would return; outside, their full precision.

    A backward pass inside leaves the straight-through gradient on them, and the model's graph is the same with and without
    rounding: nothing is compiled again when the decay begins."""
    exact = [p.detach().clone() for p in parameters] if enabled else []
    if enabled:
        round_to_int4(parameters)
    try:
        yield
    finally:
        with torch.no_grad():
            for p, value in zip(parameters, exact):
                p.copy_(value)
