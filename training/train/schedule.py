"""The schedule follows the wall clock, because a run here has an end time and not a number of steps."""

import dataclasses
import datetime
import time


def parse_end(until: str) -> float:
    """`HH:MM` (the next time the clock shows it) or a number of seconds from now, as seconds since the epoch."""
    if ":" not in until:
        return time.time() + float(until)
    hour, minute = map(int, until.split(":"))
    now = datetime.datetime.now()
    end = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (end if end > now else end + datetime.timedelta(days=1)).timestamp()


@dataclasses.dataclass
class Schedule:
    """Warm-up by steps, constant, then linear to zero over the last `decay_share` of the time.

    The model trains on fake int4 weights during the decay, and on the longer sequences from `long_from` on."""

    start: float                  # seconds since the epoch
    end: float
    warmup_steps: int = 60
    decay_share: float = 0.28
    long_from: float = 0.62       # share of the time

    def progress(self) -> float:
        return min(1.0, (time.time() - self.start) / (self.end - self.start))

    def rate(self, step: int, progress: float) -> float:
        """Factor on the peak learning rates."""
        return min(1.0, (step + 1) / self.warmup_steps) * min(1.0, (1 - progress) / self.decay_share)

    def decaying(self, progress: float) -> bool:
        return progress > 1 - self.decay_share

    def long(self, progress: float) -> bool:
        return progress >= self.long_from
