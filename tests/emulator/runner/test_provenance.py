"""What a job was made of."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from emulator.storage import decisions
from emulator.trials.provenance import KIND, digest
from tests.emulator.runner.conftest import EmulatorInstance


def kept(instance: EmulatorInstance, name: str) -> list[Any]:
    found = decisions.history(instance.store.reader(), instance.get(name).id)
    return [one.document for one in found if one.kind == KIND]


def test_what_a_job_is_made_of_is_kept(instance: EmulatorInstance) -> None:
    instance.command("true", codeId=instance.code({"train.py": "print(1)"}))
    instance.ended("c")
    (made,) = instance.until(lambda: kept(instance, "c"))
    assert made["code"].startswith("sha256:")
    assert made["python"] == ".".join(map(str, sys.version_info[:3]))
    assert "pytest" in made["packages"]


def test_the_same_files_have_the_same_digest(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder / "sub").mkdir(parents=True)
        (tmp_path / folder / "sub" / "x.csv").write_text("1")
    assert digest(tmp_path / "a") == digest(tmp_path / "b")


@pytest.mark.parametrize(("name", "text"), [("x.csv", "2"), ("y.csv", "1"), ("x.csv1", "")])
def test_another_name_or_content_has_another_digest(tmp_path: Path, name: str, text: str) -> None:
    for folder, file, content in (("a", "x.csv", "1"), ("b", name, text)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / file).write_text(content)
    assert digest(tmp_path / "a") != digest(tmp_path / "b")
