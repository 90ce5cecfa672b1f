"""Causal attention with shared keys (GQA).

On a GPU this is PyTorch's fused kernel (2.5 or later, which shares keys by itself).  On a CPU it is a hand-written forward and backward: queries go in blocks, so
that a block skips the keys behind it (a third of the work at 1,024 tokens), the heads of a group read their key and
value without copies of them, and softmax runs in place."""

import math

import torch
import torch.nn.functional as F

_QUERY_BLOCK = 256                # tokens


def causal_attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, fused: bool) -> torch.Tensor:
    """q [B, T, H, C], k and v [B, T, G, C] -> [B, T, H * C]."""
    b, t, heads, c = q.shape
    groups = k.shape[2]
    if fused:
        out = F.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2), is_causal=True, enable_gqa=True)
        return out.transpose(1, 2).reshape(b, t, heads * c)
    share = heads // groups
    # Rows of one group: token-major, so that a block of tokens is a contiguous slice of [B, G, T * H/G, C].
    q = q.reshape(b, t, groups, share, c).transpose(1, 2).reshape(b * groups, t * share, c)
    k = k.transpose(1, 2).reshape(b * groups, t, c)
    v = v.transpose(1, 2).reshape(b * groups, t, c)
    out = _BlockedAttention.apply(q, k, v, share)
    return out.view(b, groups, t, share, c).transpose(1, 2).reshape(b, t, heads * c)


class _BlockedAttention(torch.autograd.Function):
    """q [M, T * S, C] with the S heads of a token next to each other, k and v [M, T, C] -> [M, T * S, C]."""

    @staticmethod
    def forward(context, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, share: int) -> torch.Tensor:
        tokens, scale = k.shape[1], k.shape[2] ** -0.5
        out = torch.empty_like(q)
        weights = []
        for begin in range(0, tokens, _QUERY_BLOCK):
            end = min(begin + _QUERY_BLOCK, tokens)
            rows = slice(begin * share, end * share)
            scores = torch.baddbmm(q.new_empty(()), q[:, rows], k[:, :end].transpose(1, 2), beta=0, alpha=scale)
            future = torch.ones(end - begin, end - begin, dtype=torch.bool).triu_(1).repeat_interleave(share, 0)
            scores[..., begin:].masked_fill_(future, -math.inf)
            torch.softmax(scores, -1, out=scores)
            out[:, rows] = scores @ v[:, :end]
            weights.append(scores)
        context.share = share
        context.save_for_backward(q, k, v, *weights)
        return out

    @staticmethod
    def backward(context, grad: torch.Tensor):
        q, k, v, *weights = context.saved_tensors
        share, tokens, scale = context.share, k.shape[1], k.shape[2] ** -0.5
        q_grad, k_grad, v_grad = torch.empty_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for block, weight in enumerate(weights):
            begin = block * _QUERY_BLOCK
            end = min(begin + _QUERY_BLOCK, tokens)
            rows = slice(begin * share, end * share)
            out_grad = grad[:, rows]
            v_grad[:, :end] += weight.transpose(1, 2) @ out_grad
            slope = torch.bmm(out_grad, v[:, :end].transpose(1, 2))
            slope = torch._softmax_backward_data(slope, weight, -1, weight.dtype)      # weight * (slope - sum(slope * weight))
            q_grad[:, rows] = torch.bmm(slope, k[:, :end]).mul_(scale)
            k_grad[:, :end] += torch.bmm(slope.transpose(1, 2), q[:, rows]).mul_(scale)
        return q_grad, k_grad, v_grad, None
