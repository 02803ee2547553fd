"""A sweep file, and the shortest way to change a line of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

SWEEP = """\
$schema: https://azuremlschemas.azureedge.net/latest/sweepJob.schema.json
type: sweep
trial:
  command: python train.py --lr ${{search_space.lr}}
  code: src
  environment: azureml:env:1
search_space:
  lr: {type: uniform, min_value: 0, max_value: 1.5}
sampling_algorithm: random
objective: {goal: maximize, primary_metric: accuracy}
limits: {max_total_trials: 4}
"""
JobFile = Callable[..., Path]


@pytest.fixture
def job_file(tmp_path: Path) -> JobFile:
    """Writes the sweep as `sweep.yml`, with `{old: new}` texts replaced and more lines at its end."""

    def write(changes: dict[str, str] | None = None, more: str = "") -> Path:
        (tmp_path / "src").mkdir(exist_ok=True)
        (tmp_path / "src" / "train.py").touch()
        text = SWEEP
        for old, new in (changes or {}).items():
            assert old in text
            text = text.replace(old, new)
        file = tmp_path / "sweep.yml"
        file.write_text(text + more, encoding="utf-8")
        return file

    return write
