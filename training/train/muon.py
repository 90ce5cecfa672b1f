"""Muon (Jordan et al., 2024): momentum whose update is orthogonalised, for weight matrices [..., out, in]."""

from collections.abc import Iterable

import torch

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)    # quintic Newton-Schulz iteration, Jordan et al.
_STEPS = 5


def orthogonalize(matrix: torch.Tensor) -> torch.Tensor:
    """Nearest semi-orthogonal matrix, roughly: all singular values of [..., out, in] near 1."""
    x = matrix.bfloat16() if matrix.is_cuda else matrix
    x = x.flatten(0, -3) if x.dim() > 2 else x[None]
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.transpose(-1, -2)
    x = x / (x.flatten(-2).norm(dim=-1)[..., None, None] + 1e-7)
    a, b, c = _COEFFICIENTS
    for _ in range(_STEPS):
        gram = x @ x.transpose(-1, -2)
        polynomial = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        x = torch.baddbmm(x, polynomial, x, beta=a)              # a x + (b g + c g g) x
    return (x.transpose(-1, -2) if tall else x).reshape(matrix.shape).to(matrix.dtype)


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters: Iterable[torch.nn.Parameter], lr: float, momentum: float = 0.95, weight_decay: float = 0.01) -> None:
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            momentum = group["momentum"]
            for stack in self._stacks(group["params"]):
                steps = []
                for p in stack:
                    state = self.state[p]
                    if "momentum" not in state:
                        state["momentum"] = torch.zeros_like(p)
                    average = state["momentum"].lerp_(p.grad, 1 - momentum)
                    steps.append(torch.lerp(p.grad, average, momentum))           # Nesterov
                updates = orthogonalize(torch.stack(steps)).unbind(0) if len(steps) > 1 else [orthogonalize(steps[0])]
                for p, update in zip(stack, updates):
                    shape_scale = max(1.0, p.shape[-2] / p.shape[-1]) ** 0.5
                    p.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-group["lr"] * shape_scale)

    @staticmethod
    def _stacks(parameters: list[torch.nn.Parameter]) -> list[list[torch.nn.Parameter]]:
        """What is orthogonalised together: on a GPU all parameters of one shape, the experts of all layers for instance;
        on a CPU one parameter, which fits the cache better."""
        stacks: dict[object, list[torch.nn.Parameter]] = {}
        for index, p in enumerate(parameters):
            if p.grad is not None:
                stacks.setdefault(p.shape if p.is_cuda else index, []).append(p)
        return list(stacks.values())
