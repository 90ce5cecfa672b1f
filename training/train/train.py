#!/usr/bin/python3
"""Trains a model until a given time.

usage: train.py --config mote-nano --work WORK_DIR --until 19:35 [--resume]

reads   WORK_DIR/data/train-{short,long}-*.u16, WORK_DIR/data/validation-{plain,fim}.u16, WORK_DIR/tokenizer.merges
writes  WORK_DIR/run/checkpoint.pt (every five minutes and at the end) and WORK_DIR/run/metrics.jsonl
"""

import argparse
import json
import os
import signal
import sys
import time

import numpy as np
import torch

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "export"))
from config import CONFIGS
from data import Rows, token_byte_lengths
from huggingface import from_huggingface
from model import Model
from muon import Muon
from schedule import Schedule, parse_end
from tensors import load_bfloat16
from validate import middle_score, plain_score

MUON_RATE = 0.02                  # peak learning rates
ADAM_RATE = 3e-3
BALANCE_WEIGHT = 0.02             # on the balance loss summed over layers; 0.01 on its mean lets the routing collapse
LOG_EVERY_STEPS = 20
CHECKPOINT_EVERY_SECONDS = 300


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="mote-nano", choices=CONFIGS)
    parser.add_argument("--work", required=True)
    parser.add_argument("--until", required=True, help="HH:MM, or seconds from now")
    parser.add_argument("--resume", action="store_true", help="go on from run/checkpoint.pt, with the start time it holds")
    parser.add_argument("--weights", metavar="FOLDER", help="begin with the weights of an exported model; the optimisers begin anew")
    parser.add_argument("--short", type=int, default=512, help="tokens per sequence at first")
    parser.add_argument("--long", type=int, default=1024, help="tokens per sequence later")
    parser.add_argument("--step-tokens", type=int, default=4096, help="tokens per optimiser step")
    parser.add_argument("--micro-tokens", type=int, default=1 << 30, help="tokens per forward pass, where a step does not fit the memory")
    parser.add_argument("--validate-every", type=float, default=600, help="seconds")
    parser.add_argument("--validation-rows", type=int, default=32)
    return parser.parse_args()


class Trainer:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.run = os.path.join(options.work, "run")
        os.makedirs(self.run, exist_ok=True)
        torch.manual_seed(0)
        self.model = Model(CONFIGS[options.config]).to(self.device)
        if options.weights:
            weights = load_bfloat16(os.path.join(options.weights, "model.safetensors"))
            self.model.load_state_dict(from_huggingface(weights, CONFIGS[options.config]))
        self.schedule = Schedule(time.time(), parse_end(options.until))
        matrices = [p for name, p in self.model.named_parameters() if self._is_matrix(name, p)]
        others = [p for name, p in self.model.named_parameters() if not self._is_matrix(name, p)]
        self.muon = Muon(matrices, MUON_RATE)
        self.adam = torch.optim.AdamW(others, ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0)
        self.adam_parameters = others
        self.step, self.tokens = 0, 0
        self.stages = {"short": Rows(f"{options.work}/data/train-short-*.u16", options.short),
                       "long": Rows(f"{options.work}/data/train-long-*.u16", options.long)}
        if options.resume:
            self.load()
        data = f"{options.work}/data/validation"
        self.validation = {kind: np.memmap(f"{data}-{kind}.u16", np.uint16, "r").reshape(-1, options.long + 1)[:options.validation_rows]
                           for kind in ("plain", "fim")}
        self.byte_lengths = token_byte_lengths(f"{options.work}/tokenizer.merges")

    @staticmethod
    def _is_matrix(name: str, parameter: torch.nn.Parameter) -> bool:
        """Muon is for the matrices inside the layers; the embedding, the router and the norms take AdamW."""
        return parameter.dim() >= 2 and "embedding" not in name and "router" not in name

    @property
    def checkpoint_path(self) -> str:
        return os.path.join(self.run, "checkpoint.pt")

    def save(self) -> None:
        torch.save({"config": self.options.config, "context": self.options.long, "model": self.model.state_dict(), "muon": self.muon.state_dict(),
                    "adam": self.adam.state_dict(), "step": self.step, "tokens": self.tokens, "start": self.schedule.start,
                    "positions": {name: rows.position for name, rows in self.stages.items()}}, self.checkpoint_path + ".part")
        os.replace(self.checkpoint_path + ".part", self.checkpoint_path)      # never half a checkpoint

    def load(self) -> None:
        state = torch.load(self.checkpoint_path, map_location=self.device)
        self.model.load_state_dict(state["model"])
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
        self.step, self.tokens, self.schedule.start = state["step"], state["tokens"], state["start"]
        for name, position in state["positions"].items():
            self.stages[name].position = position

    def log(self, **values: object) -> None:
        line = json.dumps({"seconds": round(time.time() - self.schedule.start, 1), "step": self.step, "tokens": self.tokens, **values})
        print(line, flush=True)
        with open(os.path.join(self.run, "metrics.jsonl"), "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def validate(self) -> None:
        self.log(validation={"plain": plain_score(self.model, self.validation["plain"], self.byte_lengths).rounded(),
                             "fim": middle_score(self.model, self.validation["fim"], self.byte_lengths).rounded()},
                 int4=self.model.quantized)

    def train_step(self, progress: float) -> tuple[float, float]:
        """One optimiser step; returns (nats per token, balance loss per layer)."""
        stage = self.stages["long" if progress >= self.schedule.long_from else "short"]
        rate = self.schedule.rate(self.step, progress)
        for group in self.muon.param_groups:
            group["lr"] = MUON_RATE * rate
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * rate
        self.model.quantized = self.schedule.quantized(progress)
        rows = stage.take(max(1, self.options.step_tokens // stage.length), self.device)
        parts = rows.split(max(1, self.options.micro_tokens // stage.length))
        total_loss = total_balance = 0.0
        for part in parts:
            with torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
                loss, balance = self.model(part)
            ((loss + BALANCE_WEIGHT * balance) / len(parts)).backward()
            total_loss += loss.item() / len(parts)
            total_balance += balance.item() / len(parts) / len(self.model.layers)
        torch.nn.utils.clip_grad_norm_(self.adam_parameters, 1.0)       # Muon's step does not depend on the gradient's size
        self.muon.step()
        self.adam.step()
        self.model.zero_grad(set_to_none=True)
        self.step += 1
        self.tokens += rows.shape[0] * stage.length
        return total_loss, total_balance

    def busiest_expert(self) -> float:
        """Load of the busiest expert of any layer over the mean load."""
        return max(float(layer.experts.load.max() / layer.experts.load.float().mean()) for layer in self.model.layers)

    def train(self) -> None:
        stopped = []
        signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
        total, active = self.model.parameter_counts()
        self.log(config=self.options.config, parameters=total, active=active, rows={n: r.count for n, r in self.stages.items()})
        next_checkpoint, next_validation = time.time() + 60, time.time() + self.options.validate_every
        since, since_tokens, losses = time.time(), self.tokens, []
        while not stopped and (progress := self.schedule.progress()) < 1:
            loss, balance = self.train_step(progress)
            losses.append(loss)
            if self.step % LOG_EVERY_STEPS == 0:
                speed = (self.tokens - since_tokens) / (time.time() - since)
                self.log(loss=round(sum(losses) / len(losses), 4), balance=round(balance, 3), busiest=round(self.busiest_expert(), 2),
                         tokens_per_second=round(speed), rate=round(self.schedule.rate(self.step, progress), 4), int4=self.model.quantized)
                since, since_tokens, losses = time.time(), self.tokens, []
            if time.time() >= next_checkpoint:
                self.save()
                next_checkpoint = time.time() + CHECKPOINT_EVERY_SECONDS
            if time.time() >= next_validation:
                self.validate()
                since, since_tokens = time.time(), self.tokens
                next_validation = time.time() + self.options.validate_every
        self.save()
        if not stopped:
            self.validate()


if __name__ == "__main__":
    options = arguments()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "0")) or os.cpu_count() or 1)
    Trainer(options).train()
