"""Root mean square normalisation over the last dimension, with a backward of its own: autograd's takes twice the passes."""

import torch
import torch.nn as nn


class _Normalize(torch.autograd.Function):
    @staticmethod
    def forward(context, x: torch.Tensor, weight: torch.Tensor, eps: float) -> torch.Tensor:
        inverse = (torch.linalg.vector_norm(x, dim=-1, keepdim=True).square_() / x.shape[-1] + eps).rsqrt_()
        normal = x * inverse
        context.save_for_backward(normal, inverse, weight)
        return normal * weight

    @staticmethod
    def backward(context, grad: torch.Tensor):
        normal, inverse, weight = context.saved_tensors
        product = grad * normal
        weight_grad = product.flatten(0, -2).sum(0)
        mean = (product @ weight).unsqueeze_(-1).div_(-normal.shape[-1])     # - mean(grad * weight * normal)
        return torch.addcmul(grad * weight, normal, mean).mul_(inverse), weight_grad, None


class RMSNorm(nn.Module):
    def __init__(self, size: int, eps: float, fused: bool) -> None:
        """`fused`: plain operations that a compiler fuses, in place of the hand-written pair."""
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps, self.fused = eps, fused

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x [..., size]; computed in float32."""
        if self.fused:
            wide = x.float()
            return (wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + self.eps) * self.weight).to(x.dtype)
        return _Normalize.apply(x.float(), self.weight, self.eps).to(x.dtype)
