"""The examples of the API document run with the import replaced, and send what they send with the official SDK."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gateway import to_arm
from gateway.entities import Command, Job
from gateway.exceptions import ValidationException
from tests.conftest import CORPUS
from tests.gateway.serialization.arm.descriptions import sdk_json

DOCUMENT = CORPUS.parent / "reference" / "azure.ai.ml.sweep.txt"
_PROSE = re.compile(r"^(class azure\.|property |Optimization objective|dump\(|set_)")
_RESULTS = ("sweep_job", "sweep", "job_for_sweep", "command_job", "job")


def examples(document: Path) -> list[str]:
    """The code block after each "Example:" of the document."""
    if not document.is_file():
        return []
    lines = document.read_text("utf-8").splitlines()
    return [_code_after(lines, place) for place, line in enumerate(lines) if line == "Example:"]


def _code_after(lines: list[str], place: int) -> str:
    start = next(number for number in range(place, len(lines)) if lines[number].startswith("from azure.ai.ml"))
    end = next((number for number in range(start, len(lines)) if _PROSE.match(lines[number])), len(lines))
    block = lines[start:end]
    while not _is_python(block):
        block.pop()
    return "\n".join(block).strip()


def _is_python(lines: list[str]) -> bool:
    try:
        ast.parse("\n".join(lines))
    except SyntaxError:
        return False
    return True


def run(code: str, package: str) -> dict[str, Any]:
    """What an example defines, with what the document leaves undefined."""
    code = code.replace("azure.ai.ml", package)
    preamble = f"from {package}.sweep import Choice, SweepJob, SweepJobLimits"
    names: dict[str, Any] = {"cpu_cluster": "cpu-cluster", "job_env": SimpleNamespace(name="sklearn", version="1")}
    exec(f"{preamble}\n{code}", names)
    return names


EXAMPLES = examples(DOCUMENT)


@pytest.mark.oracle
def test_each_example_of_the_document_is_found() -> None:
    if not DOCUMENT.is_file():
        pytest.skip(f"the API document is not beside this checkout ({DOCUMENT})")
    assert len(EXAMPLES) == 19
    assert {name for code in EXAMPLES for name in re.findall(r"\b[A-Z]\w+(?=\()", code)} >= {
        "BanditPolicy", "BayesianSamplingAlgorithm", "Choice", "CommandJob", "GridSamplingAlgorithm", "LogNormal",
        "LogUniform", "MedianStoppingPolicy", "Normal", "Objective", "QLogNormal", "QLogUniform", "QNormal", "QUniform",
        "Randint", "RandomSamplingAlgorithm", "SweepJob", "SweepJobLimits", "TruncationSelectionPolicy", "Uniform",
    }  # fmt: skip


@pytest.mark.oracle
@pytest.mark.usefixtures("sdk")
@pytest.mark.parametrize("code", dict.fromkeys(EXAMPLES))
def test_an_example_sends_what_it_sends_with_the_official_sdk(code: str) -> None:
    ours, theirs = run(code, "gateway"), run(code, "azure.ai.ml")
    compared = [name for name in _RESULTS if isinstance(ours.get(name), Job)]
    assert compared
    for name in compared:
        sent = json.loads(sdk_json(theirs[name]))
        if isinstance(ours[name], Command) and " object at 0x" in json.dumps(sent):
            with pytest.raises(ValidationException, match="only a sweep draws it"):
                to_arm(ours[name])
        else:
            assert to_arm(ours[name]) == sent
