"""Output projection and cross-entropy in one step.

With 16,384 ids the logits of a batch are far larger than everything else (256 MB for 4,096 tokens in float32).  This
function computes them a slice of tokens at a time, turns each slice into its gradient in place while it is in the cache,
and keeps only the gradients of the hidden states and of the embedding."""

import torch

_SLICE = {"cpu": 256, "cuda": 8192}       # tokens; 256 x 16,384 float32 = 16 MB fits the cache of a small server


class _ProjectionLoss(torch.autograd.Function):
    @staticmethod
    def forward(context, hidden: torch.Tensor, embedding: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """hidden [N, D], embedding [V, D], targets [N] -> mean negative log likelihood in nats."""
        count = targets.numel()
        total = hidden.new_zeros((), dtype=torch.float32)
        hidden_grad = torch.empty_like(hidden)
        embedding_grad = torch.zeros_like(embedding, dtype=torch.float32)
        size = _SLICE[hidden.device.type]
        weight = embedding.to(hidden.dtype)
        for begin in range(0, count, size):
            rows, target = hidden[begin:begin + size], targets[begin:begin + size, None]
            logits = (rows @ weight.t()).float()
            logits -= logits.amax(-1, keepdim=True)
            chosen = logits.gather(1, target)
            logits.exp_()
            normaliser = logits.sum(-1, keepdim=True)
            total += (normaliser.log() - chosen).sum()
            logits.div_(normaliser * count)                               # softmax / N ...
            logits.scatter_add_(1, target, logits.new_full(target.shape, -1.0 / count))   # ... minus one-hot / N
            slope = logits.to(hidden.dtype)
            hidden_grad[begin:begin + size] = slope @ weight
            embedding_grad += slope.t() @ rows
        context.save_for_backward(hidden_grad, embedding_grad.to(embedding.dtype))
        return total / count

    @staticmethod
    def backward(context, grad: torch.Tensor):
        hidden_grad, embedding_grad = context.saved_tensors
        return hidden_grad * grad, embedding_grad * grad, None


def projection_loss(hidden: torch.Tensor, embedding: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Mean cross-entropy (nats) of `hidden` [N, D] projected on the tied `embedding` [V, D] against `targets` [N]."""
    return _ProjectionLoss.apply(hidden, embedding, targets)
