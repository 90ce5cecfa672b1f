#!/usr/bin/python3
"""Checks the clock of a run and the order in which it reads its rows.

usage: check_run.py
"""

import dataclasses
import os
import sys
import tempfile

import numpy as np

from data import Place, Rows
from schedule import Schedule

LENGTH = 4


def expect(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        sys.exit(f"{what}: {found!r} instead of {wanted!r}")


def check_schedule() -> None:
    def rates(schedule: Schedule, *times: float) -> list[float]:
        return [round(schedule.rate(1000, schedule.progress(t)), 6) for t in times]

    schedule = Schedule(start=0, end=100, fall_from=0.6, long_from=0.5)
    expect("the rate", rates(schedule, 0, 59, 80, 100, 200), [1, 1, 0.5, 0, 0])
    expect("the rate warms up", [schedule.rate(step, 0) for step in (0, 29, 59, 60)], [1 / 60, 0.5, 1, 1])

    schedule.move_end(200, now=40)                            # before anything has begun: all of it moves
    expect("a later end", rates(schedule, 119, 160, 200), [1, 0.5, 0])
    expect("long sequences", [schedule.long(schedule.progress(t)) for t in (99, 100)], [False, True])

    schedule.move_end(400, now=160)                           # the rate falls on from 0.5
    expect("a later end while the rate falls", rates(schedule, 160, 280, 400), [0.5, 0.25, 0])
    expect("it is still falling", [schedule.decaying(schedule.progress(t)) for t in (160, 161)], [True, True])
    expect("long sequences stay", schedule.long(schedule.progress(161)), True)

    schedule.move_end(300, now=280)                           # and sooner
    expect("a sooner end", rates(schedule, 280, 290, 300), [0.25, 0.125, 0])
    schedule.move_end(285, now=290)
    expect("an end that has passed", (schedule.progress(290), rates(schedule, 290)), (1.0, [0]))


def write_epoch(folder: str, name: str, *parts: list[int]) -> None:
    """Rows that hold one number each."""
    os.makedirs(f"{folder}/train-long-{name}")
    for k, rows in enumerate(parts):
        np.repeat(np.array(rows, np.uint16), LENGTH + 1).tofile(f"{folder}/train-long-{name}/{k}.u16")


def check_rows() -> None:
    with tempfile.TemporaryDirectory() as folder:
        prefix = f"{folder}/train-long"

        def take(rows: Rows, count: int) -> list[int]:
            return rows.take(count, "cpu")[:, 0].tolist()

        try:
            Rows(prefix, LENGTH)
            sys.exit("rows that are not there were opened")
        except FileNotFoundError:
            pass
        write_epoch(folder, "01-1", [1, 2, 3, 4], [11, 12], [])
        os.makedirs(f"{prefix}-02-1.part")
        rows = Rows(prefix, LENGTH)
        expect("parts alternate evenly", take(rows, 4), [1, 11, 2, 3])
        write_epoch(folder, "02-1", [5, 6])
        write_epoch(folder, "01-2", [21, 22])                 # another shard has come meanwhile
        expect("new text before text that was read", take(rows, 6), [12, 4, 21, 22, 5, 6])
        place = Place(**dataclasses.asdict(rows.place))       # as a checkpoint keeps it
        expect("the first again", take(rows, 3), [1, 11, 2])
        write_epoch(folder, "01-3", [31])
        expect("the rest of it, then what is new", take(rows, 6), [3, 12, 4, 31, 21, 22])
        expect("a run that goes on", take(Rows(prefix, LENGTH, place), 3), [31, 1, 11])
        np.repeat(np.array([7, 8], np.uint16), LENGTH + 1).tofile(f"{folder}/train-short-1.u16")
        expect("an epoch in one file", take(Rows(f"{folder}/train-short", LENGTH), 3), [7, 8, 7])


def main() -> None:
    for check in (check_schedule, check_rows):
        check()
        print(f"{check.__name__}: right")


if __name__ == "__main__":
    main()
