#!/usr/bin/python3
"""Draws a run's loss curve as an SVG that reads on light and dark backgrounds.

usage: plot.py METRICS.jsonl OUT.svg

Left: training loss in bits per token over tokens seen.  Right: validation bits per byte, plain text and middles.
A dashed line marks where the int4 phase (and the decay of the learning rate) begins.
"""

import json
import math
import sys

WIDTH, HEIGHT, MARGIN = 430, 260, 48          # of one panel, in SVG units
BLUE, ORANGE = "#3b82f6", "#ea7317"           # enough contrast on white and on near-black
STYLE = """<style>
 text { font: 12px system-ui, sans-serif; fill: #57606a } .title { font-weight: 600 }
 .axis { stroke: #8c959f; fill: none } .grid { stroke: #8c959f; opacity: .25 } .mark { stroke: #8c959f; stroke-dasharray: 4 4 }
 @media (prefers-color-scheme: dark) { text { fill: #adbac7 } }
</style>"""

Points = list[tuple[float, float]]


def read(path: str) -> tuple[Points, Points, Points, float | None]:
    """(training loss, plain, middles, tokens at which int4 began); x in millions of tokens."""
    loss, plain, middle, int4_from = [], [], [], None
    with open(path, encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            tokens = entry["tokens"] / 1e6
            if "loss" in entry:
                loss.append((tokens, entry["loss"] / math.log(2)))
                if entry.get("int4") and int4_from is None:
                    int4_from = tokens
            if "validation" in entry:
                plain.append((tokens, entry["validation"]["plain"]["bits_per_byte"]))
                middle.append((tokens, entry["validation"]["fim"]["bits_per_byte"]))
    return loss, plain, middle, int4_from


def smooth(points: Points, window: int = 5) -> Points:
    """Mean over a sliding window of log lines."""
    return [(points[i][0], sum(y for _, y in points[max(0, i - window + 1):i + 1]) / (i - max(0, i - window + 1) + 1)) for i in range(len(points))]


def ticks(low: float, high: float) -> list[float]:
    """About five round values between two bounds."""
    raw = (high - low) / 5 or 1
    unit = 10 ** math.floor(math.log10(raw))
    step = next(unit * k for k in (1, 2, 2.5, 5, 10) if unit * k >= raw)
    return [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def panel(left: float, title: str, curves: list[tuple[Points, str, str]], end: float, mark: float | None) -> str:
    """One chart at horizontal offset `left`; a curve is (points, colour, label)."""
    values = [y for points, _, _ in curves for _, y in points] or [0.0, 1.0]
    low, high = min(values), max(values)
    low, high = low - 0.05 * (high - low + 0.1), high + 0.05 * (high - low + 0.1)

    def at(x: float, y: float) -> tuple[float, float]:
        return left + MARGIN + x / end * (WIDTH - MARGIN - 16), HEIGHT - 36 - (y - low) / (high - low) * (HEIGHT - 76)

    parts = [f'<text class="title" x="{left + MARGIN}" y="20">{title}</text>']
    for y in ticks(low, high):
        x0, y0 = at(0, y)
        parts.append(f'<path class="grid" d="M{x0:.1f} {y0:.1f}H{at(end, y)[0]:.1f}"/><text x="{x0 - 6:.1f}" y="{y0 + 4:.1f}" text-anchor="end">{y:g}</text>')
    for x in ticks(0, end):
        x0, y0 = at(x, low)
        parts.append(f'<text x="{x0:.1f}" y="{y0 + 18:.1f}" text-anchor="middle">{x:g}M</text>')
    x0, y0 = at(0, low)
    parts.append(f'<path class="axis" d="M{x0:.1f} {at(0, high)[1]:.1f}V{y0:.1f}H{at(end, low)[0]:.1f}"/>')
    if mark is not None:
        x0, y0 = at(mark, high)
        parts.append(f'<path class="mark" d="M{x0:.1f} {y0:.1f}V{at(mark, low)[1]:.1f}"/><text x="{x0 - 5:.1f}" y="{y0 + 10:.1f}" text-anchor="end">int4</text>')
    for k, (points, colour, label) in enumerate(curves):
        path = "L".join("{:.1f} {:.1f}".format(*at(x, y)) for x, y in points)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-linejoin="round"/>' if points else "")
        parts += ['<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="{}"/>'.format(*at(x, y), colour) for x, y in points if len(points) < 30]
        parts.append(f'<text x="{left + MARGIN + 8 + 130 * k}" y="36" style="fill:{colour}">{label}</text>')
    return "\n".join(parts)


def main() -> None:
    loss, plain, middle, mark = read(sys.argv[1])
    end = max(x for x, _ in loss + plain)
    body = panel(0, "Training loss, bits per token", [(smooth(loss), BLUE, "")], end, mark)
    body += panel(WIDTH, "Validation, bits per byte", [(plain, BLUE, "plain text"), (middle, ORANGE, "FIM middles")], end, mark)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT}" role="img" '
                   f'aria-label="Loss curves of the training run">\n{STYLE}\n{body}\n</svg>\n')


if __name__ == "__main__":
    main()
