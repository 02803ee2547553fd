"""YAML of job files, component files and project files is bounded: no short text keeps a reader busy."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from contracts.diagnostics import yaml_text
from emulator.project import reading
from gateway import load_job
from gateway.exceptions import ValidationException


def _multiplied(indent: str = "") -> str:
    """Aliases of aliases: about 400 bytes that stand for a billion values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    return "".join(f"{indent}{line}\n" for line in lines)


def _merged() -> str:
    """Merge keys of merge keys, which are copied while the text is read."""
    lines = ["a0: &a0 {x: 1, y: 2}"]
    lines += [f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}" for n in range(1, 10)]
    return "".join(f"{line}\n" for line in lines)


ATTACKS = {
    "aliases": _multiplied(),
    "merges": _merged(),
    "lists": "a: " + "[" * 5_000 + "]" * 5_000,
    "items": "a:\n  " + "- " * 5_000 + "x",
    "itself": "a: &a [*a]",
}


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_a_job_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "job.yml"
    file.write_text(f"command: echo\nenvironment: azureml:e:1\n{text}")
    with pytest.raises(ValidationException, match="Cannot read"):
        load_job(file)


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
@pytest.mark.parametrize(
    "read", [yaml_text.parse, yaml_text.parse_sections, yaml_text.repeated_keys], ids=lambda read: read.__name__
)
def test_a_file_of_the_emulator_is_refused(read: object, text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        read(text)  # type: ignore[operator]


@pytest.mark.parametrize("text", ATTACKS.values(), ids=ATTACKS)
def test_a_project_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "amlet.yml"
    file.write_text(text)
    with pytest.raises(ValueError, match=r"amlet\.yml"):
        reading.read(file)


def test_aliases_that_people_write_are_read() -> None:
    text = "a: &a {x: 1}\nb: {<<: *a, y: 2}\nc: [*a, *a]\n"
    expected = {"a": {"x": 1}, "b": {"x": 1, "y": 2}, "c": [{"x": 1}, {"x": 1}]}
    assert yaml_text.parse(text) == yaml_text.parse_sections(text) == expected
