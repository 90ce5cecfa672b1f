#!/usr/bin/python3
"""Draws what `mote eval --json` says about the gate as an SVG that reads on light and dark backgrounds.

usage: reliability.py EVAL.json OUT.svg

Left: how often answers of one line were right over how probable they were, the diagonal is perfect.  Right: share of
places where the pipeline shows text, and share of that which is right, by threshold; dashed for the model alone.
"""

import json
import sys

from plot import BLUE, HEIGHT, MARGIN, ORANGE, STYLE, WIDTH


class Chart:
    """One chart with both axes from 0 to 1, at horizontal offset `left`."""

    def __init__(self, left: float, title: str, x_label: str) -> None:
        self.left, self.parts = left, []
        self.text(0.5, 1.08, title, "title")
        self.text(0.5, -0.17, x_label)
        for tick in (0, 0.25, 0.5, 0.75, 1):
            self.parts.append(f'<path class="grid" d="M{self.x(0)} {self.y(tick)}H{self.x(1)}"/>')
            self.parts.append(f'<text x="{self.x(0) - 6}" y="{self.y(tick) + 4}" text-anchor="end">{100 * tick:.0f} %</text>')
            self.text(tick, -0.08, f"{tick:g}")
        self.parts.append(f'<path class="axis" d="M{self.x(0)} {self.y(1)}V{self.y(0)}H{self.x(1)}"/>')

    def x(self, value: float) -> float:
        return round(self.left + MARGIN + value * (WIDTH - 2 * MARGIN), 1)

    def y(self, value: float) -> float:
        return round(HEIGHT - MARGIN - value * (HEIGHT - 2 * MARGIN), 1)

    def text(self, x: float, y: float, text: str, kind: str = "") -> None:
        self.parts.append(f'<text class="{kind}" x="{self.x(x)}" y="{self.y(y)}" text-anchor="middle">{text}</text>')

    def line(self, points: list[tuple[float, float]], colour: str, dashed: bool = False) -> None:
        path = " ".join(f"{'L' if k else 'M'}{self.x(x)} {self.y(y)}" for k, (x, y) in enumerate(points))
        self.parts.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"{" stroke-dasharray=" + chr(34) + "4 4" + chr(34) if dashed else ""}/>')

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        self.parts.append(f'<circle cx="{self.x(x)}" cy="{self.y(y)}" r="{radius:.1f}" fill="{colour}"/>')

    def label(self, x: float, y: float, text: str, colour: str) -> None:
        self.parts.append(f'<text x="{self.x(x)}" y="{self.y(y)}" style="fill:{colour}">{text}</text>')


def reliability(report: dict) -> Chart:
    chart = Chart(0, "Answers of one line", "probability of the answer")
    chart.line([(0, 0), (1, 1)], "#8c959f", dashed=True)
    bins = [b for b in report["reliability"] if b["answers"]]
    chart.line([(b["meanProbability"], b["right"]) for b in bins], BLUE)
    for b in bins:
        chart.dot(b["meanProbability"], b["right"], 2 + min(6, b["answers"] ** 0.5 / 2), BLUE)
    chart.label(0.05, 0.92, "share right (larger: more answers)", BLUE)
    return chart


def gate(report: dict) -> Chart:
    chart = Chart(WIDTH, "The gate", "threshold of the joint probability")
    for figures, dashed in ((report["gate"], False), (report["gateOfModel"], True)):
        chart.line([(g["threshold"], g["shown"]) for g in figures], ORANGE, dashed)
        chart.line([(g["threshold"], g["right"]) for g in figures if g["right"] is not None], BLUE, dashed)
    chart.label(0.02, 0.95, "of these right", BLUE)
    chart.label(0.02, 0.02, "places shown", ORANGE)
    return chart


def main() -> None:
    source, out = sys.argv[1:]
    with open(source, encoding="utf-8") as file:
        report = json.load(file)
    body = "\n".join(part for chart in (reliability(report), gate(report)) for part in chart.parts)
    with open(out, "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * WIDTH} {HEIGHT + 12}">{STYLE}\n{body}\n</svg>\n')


if __name__ == "__main__":
    main()
