"""Two ways to bring tokens to their experts; they agree where the batched one drops nothing (check.py).

Shapes: N tokens, D width, K experts per token, E experts, F expert width, C rows an expert has room for, S = E * C."""

import math

import torch
import torch.nn.functional as F

CAPACITY_FACTOR = 1.5             # room per expert over the mean load; what does not fit is dropped, counted and logged


def one_by_one(x: torch.Tensor, gate: torch.Tensor, expert: torch.Tensor, gate_up: torch.Tensor, down: torch.Tensor):
    """x [N, D], gate and expert [N, K], gate_up [E, 2F, D], down [E, D, F] -> (output [N, D], load [E], assignments dropped).

    A matrix product for each expert, with just the rows it has: nothing is dropped or padded, but shapes follow the data."""
    chosen = expert.shape[1]
    flat = expert.reshape(-1)
    order = flat.argsort()                                    # assignments sorted by expert
    token = torch.div(order, chosen, rounding_mode="floor")
    load = torch.bincount(flat, minlength=len(gate_up))
    outputs = []
    for rows, w_gate_up, w_down in zip(x[token].split(load.tolist()), gate_up.unbind(0), down.unbind(0)):
        a, b = F.linear(rows, w_gate_up).chunk(2, -1)
        outputs.append(F.linear(F.silu(a) * b, w_down))
    weighted = torch.cat(outputs) * gate.reshape(-1)[order].unsqueeze(-1).to(x.dtype)
    return torch.zeros_like(x, dtype=weighted.dtype).index_add(0, token, weighted), load, load.new_zeros(())


def batched(x: torch.Tensor, gate: torch.Tensor, expert: torch.Tensor, gate_up: torch.Tensor, down: torch.Tensor,
            capacity_factor: float):
    """As one_by_one, in two batched products over all experts.

    Every shape depends on N alone, so torch.compile sees one graph and the GPU is never asked how the tokens fell.  An
    assignment beyond its expert's room adds nothing to its token."""
    (n, chosen), count = expert.shape, len(gate_up)
    capacity = min(n, -(-math.ceil(n * chosen / count * capacity_factor) // 8) * 8)      # a multiple of 8 for tensor cores
    flat = expert.reshape(-1)
    by_expert, order = flat.to(torch.int16).sort(stable=True)
    load = (flat[:, None] == torch.arange(count, device=x.device)).sum(0)
    rank = torch.arange(n * chosen, device=x.device) - (load.cumsum(0) - load)[by_expert.long()]
    slots = count * capacity
    slot_sorted = torch.where(rank < capacity, by_expert.long() * capacity + rank, slots)         # `slots`: dropped
    slot = torch.zeros_like(slot_sorted).scatter(0, order, slot_sorted).view(n, chosen)
    # Slots back to assignments; the last entry collects what is dropped.
    source = torch.full((slots + 1,), n * chosen, device=x.device, dtype=torch.long).scatter(0, slot_sorted, order)[:-1]
    filled = source < n * chosen
    source = source.clamp(max=n * chosen - 1)
    kept = slot < slots
    slot = slot.clamp(max=slots - 1)
    token = torch.div(source, chosen, rounding_mode="floor")

    rows = _ToExperts.apply(x, token, filled, slot, kept).view(count, capacity, -1)
    a, b = torch.bmm(rows, gate_up.transpose(1, 2)).chunk(2, -1)
    rows = torch.bmm(F.silu(a) * b, down.transpose(1, 2)).view(slots, -1)
    out = _FromExperts.apply(rows, gate * kept, token, source, filled, slot)
    return out.to(rows.dtype), load, (load - capacity).clamp(min=0).sum()


class _ToExperts(torch.autograd.Function):
    """Tokens into slots.  Backward gathers too, through the inverse map: autograd's own would add with atomics."""

    @staticmethod
    def forward(context, x: torch.Tensor, token: torch.Tensor, filled: torch.Tensor, slot: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
        """x [N, D], token and filled [S], slot and kept [N, K] -> [S, D], zero where no token came."""
        context.save_for_backward(slot, kept)
        return x[token] * filled.unsqueeze(-1).to(x.dtype)

    @staticmethod
    def backward(context, grad: torch.Tensor):
        slot, kept = context.saved_tensors
        return (grad[slot] * kept.unsqueeze(-1).to(grad.dtype)).sum(1), None, None, None, None


class _FromExperts(torch.autograd.Function):
    """Slots back to tokens, weighted."""

    @staticmethod
    def forward(context, rows: torch.Tensor, weight: torch.Tensor, token: torch.Tensor, source: torch.Tensor, filled: torch.Tensor,
                slot: torch.Tensor) -> torch.Tensor:
        """rows [S, D], weight and slot [N, K] (weight 0 where dropped), token, source and filled [S] -> float32 [N, D]."""
        context.save_for_backward(rows, weight, token, source, filled, slot)
        return (rows[slot].float() * weight.float().unsqueeze(-1)).sum(1)

    @staticmethod
    def backward(context, grad: torch.Tensor):
        rows, weight, token, source, filled, slot = context.saved_tensors
        slot_weight = (weight.reshape(-1)[source] * filled).float()
        rows_grad = (grad[token].float() * slot_weight.unsqueeze(-1)).to(rows.dtype)
        weight_grad = (rows[slot].float() * grad.float().unsqueeze(1)).sum(-1).to(weight.dtype)
        return rows_grad, weight_grad, None, None, None, None
