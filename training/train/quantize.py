"""Fake int4 quantisation, so that the weights learn to live on the grid they will be stored on."""

import torch

BLOCK = 32                        # weights along the input dimension that share a scale (Q4_0 of llama.cpp, ORT's MatMulNBits)


def fake_int4(weight: torch.Tensor) -> torch.Tensor:
    """`weight` [..., in] as symmetric int4 would return it: 16 levels, scale = signed absmax / -8 per block, so that the
    largest weight of a block is exact.  The gradient passes straight through."""
    blocks = weight.detach().reshape(*weight.shape[:-1], -1, BLOCK)
    low, high = blocks.amin(-1, keepdim=True), blocks.amax(-1, keepdim=True)
    scale = torch.where(high > -low, high, low) / -8
    scale = torch.where(scale == 0, torch.ones_like(scale), scale)
    rounded = (blocks / scale).round_().clamp_(-8, 7).mul_(scale).reshape(weight.shape)
    return weight + (rounded - weight.detach())
