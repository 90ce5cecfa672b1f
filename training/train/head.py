"""Output projection and cross-entropy in one step.

With 16,384 ids the logits of a batch are far larger than everything else (256 MB for 4,096 tokens in float32).  This
function computes them a slice of tokens at a time, turns each slice into its gradient in place while it is in the cache,
and keeps only the gradients of the hidden states and of the embedding."""

import torch

_SLICE = 256                      # tokens; 256 x 16,384 float32 = 16 MB fits the cache of a small server
_MASKED_SLICE = 8192              # on a GPU: 512 MB of logits


class _ProjectionLoss(torch.autograd.Function):
    @staticmethod
    def forward(context, hidden: torch.Tensor, embedding: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """hidden [N, D], embedding [V, D], targets and weights [N] -> weighted mean of the negative log likelihoods in nats."""
        count = targets.numel()
        shares = weights[:, None] / weights.sum()
        total = hidden.new_zeros((), dtype=torch.float32)
        hidden_grad = torch.empty_like(hidden)
        embedding_grad = torch.zeros_like(embedding, dtype=torch.float32)
        size = _SLICE
        weight = embedding.to(hidden.dtype)
        for begin in range(0, count, size):
            rows, target, share = hidden[begin:begin + size], targets[begin:begin + size, None], shares[begin:begin + size]
            logits = (rows @ weight.t()).float()
            logits -= logits.amax(-1, keepdim=True)
            chosen = logits.gather(1, target)
            logits.exp_()
            normaliser = logits.sum(-1, keepdim=True)
            total += ((normaliser.log() - chosen) * share).sum()
            logits.mul_(share / normaliser)                               # softmax of each target's share ...
            logits.scatter_add_(1, target, -share)                        # ... minus one-hot of it
            slope = logits.to(hidden.dtype)
            hidden_grad[begin:begin + size] = slope @ weight
            embedding_grad += slope.t() @ rows
        context.save_for_backward(hidden_grad, embedding_grad.to(embedding.dtype))
        return total

    @staticmethod
    def backward(context, grad: torch.Tensor):
        hidden_grad, embedding_grad = context.saved_tensors
        return hidden_grad * grad, embedding_grad * grad, None, None


def projection_loss(hidden: torch.Tensor, embedding: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy (nats) of `hidden` [N, D] projected on the tied `embedding` [V, D] against `targets` [N], each of its
    weight (float32 [N])."""
    return _ProjectionLoss.apply(hidden, embedding, targets, weights)


def _masked_slice(rows: torch.Tensor, weight: torch.Tensor, target: torch.Tensor, share: torch.Tensor):
    """rows [n, D], weight [V, D], target and share [n] -> (sum of share * nats, gradient of the rows, gradient of the weight).

    Written for a compiler: the softmax, its loss and its slope become two passes over the logits."""
    logits = (rows @ weight.t()).float()
    shifted = logits - logits.amax(-1, keepdim=True)
    normaliser = shifted.exp().sum(-1, keepdim=True)
    right = torch.arange(weight.shape[0], device=rows.device) == target[:, None]
    nats = normaliser.log().squeeze(1) - torch.where(right, shifted, 0.0).sum(-1)
    slope = ((shifted.exp() / normaliser - right.float()) * share[:, None]).to(rows.dtype)
    return (nats * share).sum(), slope @ weight, slope.t() @ rows


class _MaskedProjectionLoss(torch.autograd.Function):
    slice = staticmethod(_masked_slice)

    @staticmethod
    def forward(context, hidden: torch.Tensor, embedding: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        share = weights / weights.sum().clamp(min=1)
        total = hidden.new_zeros((), dtype=torch.float32)
        hidden_grad, embedding_grad = torch.empty_like(hidden), torch.zeros_like(embedding, dtype=torch.float32)
        weight = embedding.to(hidden.dtype)
        for begin in range(0, len(targets), _MASKED_SLICE):
            part = slice(begin, begin + _MASKED_SLICE)
            nats, hidden_grad[part], weight_grad = _MaskedProjectionLoss.slice(hidden[part], weight, targets[part], share[part])
            total += nats
            embedding_grad += weight_grad
        context.save_for_backward(hidden_grad, embedding_grad.to(embedding.dtype))
        return total

    @staticmethod
    def backward(context, grad: torch.Tensor):
        hidden_grad, embedding_grad = context.saved_tensors
        return hidden_grad * grad.to(hidden_grad.dtype), embedding_grad * grad, None, None


def masked_projection_loss(hidden: torch.Tensor, embedding: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """projection_loss where weights may be zero, with shapes that do not depend on them."""
    return _MaskedProjectionLoss.apply(hidden, embedding, targets, weights)


def compile_head() -> None:
    """Compiles the slice of masked_projection_loss."""
    _MaskedProjectionLoss.slice = staticmethod(torch.compile(_masked_slice, fullgraph=True, dynamic=False))
