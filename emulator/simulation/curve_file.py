"""Learning curves in files: CSV, or JSON."""

from __future__ import annotations

import csv
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from emulator.simulation.curve import Curve, series

#: One logged value: where it stands, for messages, and its cells by column.
_Row: TypeAlias = tuple[str, Mapping[str, Any]]

_NEEDED = ("trial", "step", "value")


def read_curves(path: Path, metric: str) -> list[Curve]:
    """The curves of one metric in a file.

    A CSV file has the columns `trial`, `step`, `value` and, optionally, `time` (seconds after the trial's start; the
    step plus one where it is absent) and `metric`. A JSON file is a list of such rows, or of one entry for each trial
    as `emulator.simulation.curve.series` takes it. Trials keep the order in which they first appear.

    Parameters:
        path: the file; JSON when its name ends in `.json`.
        metric: name of the primary metric; rows of other metrics are passed over.

    Raises:
        ValueError: it is not such a file, or nothing is left; the text names file, place and remedy.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: it is not text in UTF-8: {error}") from None
    if path.suffix.lower() != ".json":
        return _from_rows(path, _csv_rows(path, text), metric)
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{path}: it is not JSON: {error}") from None
    if not isinstance(content, list) or not content:
        raise ValueError(f"{path}: expected a list with an entry for each trial, or with rows of {', '.join(_NEEDED)}")
    if isinstance(content[0], dict) and "trial" in content[0]:
        return _from_rows(path, _json_rows(path, content), metric)
    return [_entry(f"{path}, entry {place}", one) for place, one in enumerate(content)]


def _from_rows(path: Path, rows: Iterable[_Row], metric: str) -> list[Curve]:
    trials: dict[str, list[tuple[float, int, float]]] = defaultdict(list)
    for place, row in rows:
        if row.get("metric") in (None, metric):
            trials[str(row["trial"])].append(_point(place, row))
    if not trials:
        raise ValueError(f"{path}: no row has the metric {metric!r}; check the column metric")
    return [Curve(sorted(points), max(points)[0]) for points in trials.values()]


def _csv_rows(path: Path, text: str) -> Iterator[_Row]:
    reader = csv.reader(text.splitlines())
    names = [name.strip() for name in next(reader, [])]
    if missing := [name for name in _NEEDED if name not in names]:
        raise ValueError(f"{path}: no column {', '.join(missing)}; needed are trial, step and value, parted by commas")
    for cells in reader:
        if cells:
            row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
            yield _checked(f"{path}, line {reader.line_num}", row)


def _json_rows(path: Path, content: Iterable[Any]) -> Iterator[_Row]:
    for place, row in enumerate(content):
        yield _checked(f"{path}, entry {place}", row if isinstance(row, dict) else {})


def _checked(place: str, row: Mapping[str, Any]) -> _Row:
    if missing := [name for name in _NEEDED if row.get(name) in (None, "")]:
        raise ValueError(f"{place}: it has no {', '.join(missing)}")
    return place, row


def _point(place: str, row: Mapping[str, Any]) -> tuple[float, int, float]:
    try:
        step = int(row["step"])
        time = float(step + 1 if row.get("time") in (None, "") else row["time"])
        value = float(row["value"])
    except (TypeError, ValueError) as error:
        raise ValueError(f"{place}: {error}; step is an integer, time and value are numbers") from error
    if not 0 <= time < math.inf:
        raise ValueError(f"{place}: time is {time:g}; it is the number of seconds after the trial's start, 0 or more")
    return time, step, value


def _entry(place: str, content: Any) -> Curve:
    try:
        return series(content)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{place}: {error}") from error
