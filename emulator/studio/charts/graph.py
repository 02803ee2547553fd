"""A graph of steps as boxes and lines: layers from left to right, each step behind those that it needs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contracts.pipelines.graph import Need, Step, run_order

#: Sizes in pixels.
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 190, 46, 56, 18, 12
_LETTERS = 24
_SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """Where a step is drawn, in pixels.

    Parameters:
        name: of the step.
        x, y: its upper left corner.
    """

    name: str
    x: float
    y: float

    @property
    def label(self) -> str:
        """Its name, cut to fit."""
        return self.name if len(self.name) <= _LETTERS else f"{self.name[: _LETTERS - 1]}…"


@dataclass(frozen=True, slots=True)
class Line:
    """A line from a step to one that needs it, as the path of an SVG."""

    source: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A drawing.

    Parameters:
        boxes, lines: what it is made of.
        width, height: in pixels.
    """

    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: int
    height: int


def drawn(producers: Mapping[str, Sequence[str]]) -> Graph:
    """The drawing of a graph without cycles. Linear in steps and lines, but for sorting.

    Parameters:
        producers: for each step those that it needs; unknown ones are left out.
    """
    layers = _layers(producers)
    order = _ordered(layers, producers)
    tallest = max((len(layer) for layer in order), default=0)
    boxes = {}
    for column, layer in enumerate(order):
        top = MARGIN + (tallest - len(layer)) * (HEIGHT + GAP_Y) / 2
        for row, name in enumerate(layer):
            boxes[name] = Box(name, MARGIN + column * (WIDTH + GAP_X), top + row * (HEIGHT + GAP_Y))
    lines = [
        Line(source, name, _path(boxes[source], boxes[name]))
        for name in boxes
        for source in producers[name]
        if source in boxes
    ]
    return Graph(
        list(boxes.values()),
        lines,
        2 * MARGIN + len(order) * WIDTH + max(len(order) - 1, 0) * GAP_X,
        2 * MARGIN + tallest * HEIGHT + max(tallest - 1, 0) * GAP_Y,
    )


def _layers(producers: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The layer of each step: one behind the last of those that it needs."""
    steps = [Step(name, tuple(Need("", one, None) for one in needed)) for name, needed in producers.items()]
    found: dict[str, int] = {}
    for name in run_order(steps):
        found[name] = 1 + max((found[one] for one in producers[name] if one in found), default=-1)
    return found


def _ordered(layers: Mapping[str, int], producers: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Steps by layer; within one near what they are linked to, so that few lines cross."""
    columns: list[list[str]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for name, layer in layers.items():
        columns[layer].append(name)
    consumers: dict[str, list[str]] = {}
    for name, sources in producers.items():
        for source in sources:
            consumers.setdefault(source, []).append(name)
    for turn in range(_SWEEPS):
        forwards = turn % 2 == 0
        linked = producers if forwards else consumers
        place = {name: row for column in columns for row, name in enumerate(column)}
        for column in columns if forwards else columns[::-1]:
            column.sort(key=lambda name: _middle(name, linked.get(name, ()), place))
            place.update({name: row for row, name in enumerate(column)})
    return columns


def _middle(name: str, linked: Sequence[str], place: Mapping[str, int]) -> float:
    rows = [place[one] for one in linked if one in place]
    return sum(rows) / len(rows) if rows else float(place[name])


def _path(source: Box, target: Box) -> str:
    x1, y1, x2, y2 = source.x + WIDTH, source.y + HEIGHT / 2, target.x, target.y + HEIGHT / 2
    bend = max((x2 - x1) / 2, GAP_X / 2)
    return f"M{x1:g},{y1:g} C{x1 + bend:g},{y1:g} {x2 - bend:g},{y2:g} {x2:g},{y2:g}"
