"""The schedule follows the wall clock, because a run here has an end time and not a number of steps."""

import dataclasses
import datetime
import time


def parse_end(until: str) -> float:
    """`HH:MM` (the next time the clock shows it), a number of seconds from now, or `@` and seconds since the epoch, as these."""
    if until.startswith("@"):
        return float(until[1:])
    if ":" not in until:
        return time.time() + float(until)
    hour, minute = map(int, until.split(":"))
    now = datetime.datetime.now()
    end = now.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (end if end > now else end + datetime.timedelta(days=1)).timestamp()


@dataclasses.dataclass
class Schedule:
    """Warm-up by steps, constant, then linear to zero from `fall_from` on.

    The model trains on fake int4 weights while the rate falls, and on the longer sequences from `long_from` on.  Times are in
    seconds since the epoch; progress is the share of the time that has passed, 0 to 1."""

    start: float
    end: float
    warmup_steps: int = 60
    fall_from: float = 0.72       # progress
    long_from: float = 0.62       # progress
    fall_rate: float = 1.0        # the rate as its fall begins: less where the end was moved while it fell

    def progress(self, now: float) -> float:
        return 1.0 if now >= self.end else max(0.0, (now - self.start) / (self.end - self.start))

    def rate(self, step: int, progress: float) -> float:
        """Factor on the peak learning rates."""
        return min(1.0, (step + 1) / self.warmup_steps) * self._fall(progress)

    def _fall(self, progress: float) -> float:
        return 1.0 if progress < self.fall_from else 0.0 if progress >= 1 else self.fall_rate * (1 - progress) / (1 - self.fall_from)

    def decaying(self, progress: float) -> bool:
        return progress >= self.fall_from

    def long(self, progress: float) -> bool:
        return progress >= self.long_from

    def move_end(self, end: float, now: float) -> None:
        """What has begun goes on: a rate that falls does so from where it is, to zero at the new end; long sequences stay long."""
        before = self.progress(now)
        rate = self._fall(before)
        self.end = end
        after = self.progress(now)
        if self.decaying(before):
            self.fall_from, self.fall_rate = after, rate
        if self.long(before):
            self.long_from = min(self.long_from, after)
