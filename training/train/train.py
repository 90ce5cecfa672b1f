#!/usr/bin/python3
"""Trains a model until a given time.

usage: train.py --config mote-nano --work WORK_DIR --until 19:35 [--resume [CHECKPOINT]]

The end stands in WORK_DIR/until, in seconds since the epoch, while it trains, and may be moved there.

reads   WORK_DIR/data/train-{short,long}-* (each when its time comes), WORK_DIR/data/validation-{plain,fim}.u16,
        WORK_DIR/tokenizer.merges
writes  WORK_DIR/run/checkpoint.pt (every five minutes and at the end), WORK_DIR/run/before-decay.pt (as the decay begins: what
        a later run goes on from) and WORK_DIR/run/metrics.jsonl
"""

import argparse
import dataclasses
import json
import math
import os
import signal
import sys
import time

import numpy as np
import torch

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "export"))
from config import CONFIGS
from data import Place, Rows, token_byte_lengths
from head import compile_head
from huggingface import from_huggingface
from model import Model
from muon import Muon
from quantize import rounded_to_int4
from schedule import Schedule, parse_end
from tensors import load_bfloat16
from validate import middle_score, plain_score

MUON_RATE = 0.02                  # peak learning rates
ADAM_RATE = 3e-3
BALANCE_WEIGHT = 0.02             # on the balance loss summed over layers; 0.01 on its mean lets the routing collapse
LOG_EVERY_STEPS = 20
MAX_RECOVERIES = 3                # from a loss that is not a number, each with half the learning rates


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--config", default="mote-nano", choices=CONFIGS)
    parser.add_argument("--work", required=True)
    parser.add_argument("--until", required=True, help="HH:MM, seconds from now, or @ and seconds since the epoch")
    parser.add_argument("--resume", nargs="?", const="checkpoint", metavar="NAME", choices=("checkpoint", "before-decay"),
                        help="go on from run/NAME.pt, with the start time it holds")
    parser.add_argument("--weights", metavar="FOLDER", help="begin with the weights of an exported model; the optimisers begin anew, and the rate warms up")
    parser.add_argument("--warmup-steps", type=int, default=60, help="optimiser steps in which the rate rises to its peak")
    parser.add_argument("--short", type=int, default=512, help="tokens per sequence at first")
    parser.add_argument("--long", type=int, default=1024, help="tokens per sequence later")
    parser.add_argument("--step-tokens", type=int, default=4096, help="tokens per optimiser step")
    parser.add_argument("--micro-tokens", type=int, default=1 << 30, help="tokens per forward pass, where a step does not fit the memory")
    parser.add_argument("--decay", type=float, default=0.28, help="share of the time in which the learning rates fall to zero")
    parser.add_argument("--long-from", type=float, default=0.62, help="share of the time after which sequences are long")
    parser.add_argument("--middle-weight", type=float, default=1.0, help="weight in the loss of the tokens to be filled in; of others 1")
    parser.add_argument("--checkpoint-every", type=float, default=300, help="seconds")
    parser.add_argument("--log-every", type=int, default=LOG_EVERY_STEPS, help="steps")
    parser.add_argument("--fused", action="store_true", default=torch.cuda.is_available(), help="the GPU's kernels; the default on a GPU")
    parser.add_argument("--compile", choices=("yes", "no"), default="yes" if torch.cuda.is_available() else "no",
                        help="torch.compile, of the fused kernels only")
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
        self.model = Model(CONFIGS[options.config], options.fused, torch.bfloat16 if self.device == "cuda" else torch.float32).to(self.device)
        if options.fused and options.compile == "yes":
            self.model.compile_layers()
            compile_head()
        if options.weights:
            weights = load_bfloat16(os.path.join(options.weights, "model.safetensors"))
            self.model.load_state_dict(from_huggingface(weights, CONFIGS[options.config]))
        self.schedule = Schedule(time.time(), parse_end(options.until), options.warmup_steps, 1 - options.decay, options.long_from)
        matrices = [p for name, p in self.model.named_parameters() if self._is_matrix(name, p)]
        others = [p for name, p in self.model.named_parameters() if not self._is_matrix(name, p)]
        self.muon = Muon(matrices, MUON_RATE)
        self.adam = torch.optim.AdamW(others, ADAM_RATE, betas=(0.9, 0.95), weight_decay=0.0, **({"fused": True} if self.device == "cuda" else {}))
        self.adam_parameters = others
        self.step, self.tokens, self.rate_factor, self.recoveries = 0, 0, 1.0, 0
        self.rounded = self.model.int4_parameters()
        self.stages: dict[str, Rows] = {}                     # those whose time has come
        self.places: dict[str, Place] = {}                    # where a run that goes on left the others
        self.waiting = False                                  # for the rows of a stage
        self.epoch = ""                                       # whose rows the last step has read
        if options.resume:
            self.load(options.resume)
        data = f"{options.work}/data/validation"
        self.validation = {kind: np.memmap(f"{data}-{kind}.u16", np.uint16, "r").reshape(-1, options.long + 1)[:options.validation_rows]
                           for kind in ("plain", "fim")}
        self.byte_lengths = token_byte_lengths(f"{options.work}/tokenizer.merges")
        self.until = os.path.join(options.work, "until")
        self.until_text = repr(self.schedule.end)
        with open(self.until, "w", encoding="ascii") as file:
            file.write(self.until_text)

    @staticmethod
    def _is_matrix(name: str, parameter: torch.nn.Parameter) -> bool:
        """Muon is for the matrices inside the layers; the embedding, the router and the norms take AdamW."""
        return parameter.dim() >= 2 and "embedding" not in name and "router" not in name

    def path(self, name: str) -> str:
        return os.path.join(self.run, name + ".pt")

    def save(self, name: str = "checkpoint") -> None:
        path = self.path(name)
        torch.save({"config": self.options.config, "context": self.options.long, "model": self.model.state_dict(), "muon": self.muon.state_dict(),
                    "adam": self.adam.state_dict(), "step": self.step, "tokens": self.tokens, "start": self.schedule.start,
                    "places": {name: dataclasses.asdict(place) for name, place in self.places_now().items()}}, path + ".part")
        os.replace(path + ".part", path)      # never half a checkpoint

    def load(self, name: str) -> None:
        state = torch.load(self.path(name), map_location=self.device)
        self.model.load_state_dict(state["model"])
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
        self.step, self.tokens, self.schedule.start = state["step"], state["tokens"], state["start"]
        self.places, self.stages = {name: Place(**place) for name, place in state["places"].items()}, {}

    def places_now(self) -> dict[str, Place]:
        return self.places | {name: rows.place for name, rows in self.stages.items()}

    def rows(self, name: str) -> Rows:
        """Those of a stage, opened when its time has come."""
        if name not in self.stages:
            length = self.options.long if name == "long" else self.options.short
            self.stages[name] = Rows(f"{self.options.work}/data/train-{name}", length, self.places.get(name))
            self.log(stage=name)
        return self.stages[name]

    def stage(self, progress: float) -> Rows:
        """The rows whose time it is.  While those of long sequences are not there yet, short ones go on, and the log says so."""
        if not self.schedule.long(progress):
            return self.rows("short")
        try:
            return self.rows("long")
        except FileNotFoundError:
            if not self.waiting:
                self.log(waitingFor="long")
            self.waiting = True
            return self.rows("short")

    def follow_end(self) -> None:
        """Takes the run's end from WORK/until.  What is no time is ignored, and the log says so."""
        try:
            with open(self.until, encoding="utf-8", errors="replace") as file:
                text = file.read(64).strip()
        except FileNotFoundError:
            return
        if text in ("", self.until_text):                     # empty: it is being written
            return
        self.until_text = text
        try:
            end = float(text)
        except ValueError:
            end = math.nan
        if not math.isfinite(end):
            self.log(untilIgnored=text)
            return
        self.schedule.move_end(end, time.time())
        self.log(until=round(end - self.schedule.start, 1))

    def recover(self) -> None:
        """Goes back to the last checkpoint with half the learning rates, and on from the rows at hand."""
        self.recoveries += 1
        if self.recoveries > MAX_RECOVERIES or not os.path.exists(self.path("checkpoint")):
            sys.exit("The loss is not a number, and going back to a checkpoint has not helped: lower MUON_RATE.")
        places = self.places_now()
        self.load("checkpoint")
        self.places = places
        self.rate_factor /= 2
        self.log(recovered=self.recoveries, rateFactor=self.rate_factor)

    def log(self, **values: object) -> None:
        line = json.dumps({"seconds": round(time.time() - self.schedule.start, 1), "step": self.step, "tokens": self.tokens, **values})
        print(line, flush=True)
        with open(os.path.join(self.run, "metrics.jsonl"), "a", encoding="utf-8") as file:
            file.write(line + "\n")

    def validate(self) -> None:
        int4 = self.schedule.decaying(self.schedule.progress(time.time()))
        with rounded_to_int4(self.rounded, int4), torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
            self.log(validation={"plain": plain_score(self.model, self.validation["plain"], self.byte_lengths).rounded(),
                                 "fim": middle_score(self.model, self.validation["fim"], self.byte_lengths).rounded()},
                     int4=int4)

    def train_step(self, progress: float) -> tuple[torch.Tensor, torch.Tensor]:
        """One optimiser step; returns (nats per token, weighted as options.middle_weight says; balance loss per layer), left where
        they are: nothing waits for a GPU."""
        stage = self.stage(progress)
        rate = self.schedule.rate(self.step, progress) * self.rate_factor
        for group in self.muon.param_groups:
            group["lr"] = MUON_RATE * rate
        for group in self.adam.param_groups:
            group["lr"] = ADAM_RATE * rate
        rows = stage.take(max(1, self.options.step_tokens // stage.length), self.device)
        self.epoch = stage.place.epoch
        parts = rows.split(max(1, self.options.micro_tokens // stage.length))
        total_loss, total_balance = torch.zeros((), device=self.device), torch.zeros((), device=self.device)
        with rounded_to_int4(self.rounded, self.schedule.decaying(progress)):
            for part in parts:
                with torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
                    loss, balance = self.model(part, self.options.middle_weight)
                ((loss + BALANCE_WEIGHT * balance) / len(parts)).backward()
                total_loss += loss.detach() / len(parts)
                total_balance += balance.detach() / len(parts) / len(self.model.layers)
        torch.nn.utils.clip_grad_norm_(self.adam_parameters, 1.0)       # Muon's step does not depend on the gradient's size
        self.muon.step()
        self.adam.step()
        self.model.zero_grad(set_to_none=True)
        self.step += 1
        self.tokens += rows.shape[0] * stage.length
        return total_loss, total_balance

    def routing(self) -> dict[str, float]:
        """Of the last pass: load of the busiest expert of any layer over the mean load, and, where experts have limited room,
        the share of assignments that found none."""
        load, dropped = self.model.load.float(), self.model.dropped.float()
        busiest = {"busiest": round(float((load.amax(1) / load.mean(1)).max()), 2)}
        return busiest | ({"dropped": round(float(dropped.sum() / load.sum()), 5)} if self.options.fused else {})

    def train(self) -> None:
        stopped = []
        signal.signal(signal.SIGTERM, lambda *_: stopped.append(True))
        total, active = CONFIGS[self.options.config].parameters()
        self.log(config=self.options.config, parameters=total, active=active, middleWeight=self.options.middle_weight)
        next_checkpoint = time.time() + min(60, self.options.checkpoint_every)
        next_validation = time.time() + self.options.validate_every
        since, since_tokens, losses = time.time(), self.tokens, []
        decaying = self.schedule.decaying(self.schedule.progress(time.time()))
        while not stopped:
            self.follow_end()
            progress = self.schedule.progress(time.time())
            if progress >= 1:
                break
            if self.schedule.decaying(progress) and not decaying:
                decaying = True
                self.save("before-decay")
            loss, balance = self.train_step(progress)
            losses.append(loss)
            checkpoint_due = time.time() >= next_checkpoint
            if self.step % self.options.log_every == 0 or checkpoint_due:
                mean = float(torch.stack(losses).mean())      # the one place that waits for a GPU
                if not math.isfinite(mean):
                    self.recover()
                    since, since_tokens, losses = time.time(), self.tokens, []
                    continue
                speed = (self.tokens - since_tokens) / (time.time() - since)
                self.log(loss=round(mean, 4), balance=round(float(balance), 3), **self.routing(), tokens_per_second=round(speed),
                         rate=round(self.schedule.rate(self.step, progress) * self.rate_factor, 4), epoch=self.epoch, int4=decaying)
                since, since_tokens, losses = time.time(), self.tokens, []
            if checkpoint_due:                                # after a loss that was finite
                self.save()
                next_checkpoint = time.time() + self.options.checkpoint_every
            if time.time() >= next_validation:
                self.validate()
                since, since_tokens = time.time(), self.tokens
                next_validation = time.time() + self.options.validate_every
        self.save()
        if not stopped:
            self.validate()


if __name__ == "__main__":
    options = arguments()
    torch.set_float32_matmul_precision("high")                # on a GPU: what stays in float32 is multiplied as tf32
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "0")) or os.cpu_count() or 1)
    Trainer(options).train()
