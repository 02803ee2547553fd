"""Runs suites of the tests against an emulator of this process, and reads what became of each test."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml

from amlet.testing.served import ServedEmulator
from contracts.resource_id import WorkspaceId
from gateway import load_component
from tests.ms_e2e.scope import PIPELINE_SUITES
from tests.ms_e2e.sources import Sources

#: Where the tests take place: some assertions hold these very values, under which the recordings were published.
SCOPE = WorkspaceId("00000000-0000-0000-0000-000000000", "00000", "00000")

_COMPUTES = ("testCompute", "cpu-cluster", "gpu-cluster")
_ENVIRONMENTS = ("AzureML-sklearn-1.0-ubuntu20.04-py38-cpu", "AzureML-sklearn-0.24-ubuntu18.04-py37-cpu")
#: What jobs read that is not on this machine; only that it is there counts, as no script of a test looks into it.
_DATA = (
    "https://dprepdata.blob.core.windows.net/demo/Titanic.csv",
    "https://azuremlexamples.blob.core.windows.net/datasets/iris.csv",
)
_STAND_IN = Path(__file__).parent / "stand_in"
_LONGEST_REASON = 200
_MISSING = re.compile(
    r"(?:No such file or directory: '?|no dir on target path: |no file on target path: )\S*test_configs/([\w./@-]+)"
)

Outcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one test.

    Parameters:
        suite: its folder.
        name: `file::Class::test[case]`, without folders.
        outcome: what pytest says.
        reason: the last line of the failure, or why it was skipped.
    """

    suite: str
    name: str
    outcome: Outcome
    reason: str = ""


def run(suites: list[str], sources: Sources) -> Iterator[Result]:
    """Run suites one after the other, each with an emulator of its own."""
    for suite in suites:
        with tempfile.TemporaryDirectory(prefix="amlet-ms-e2e-") as folder:
            project = Path(folder) / "amlet.yml"
            project.write_text(yaml.safe_dump(_project(sources, suite)), "utf-8")
            with ServedEmulator(executor="process", project=project, workspace=SCOPE, settings=_SETTINGS) as emulator:
                if suite in PIPELINE_SUITES:
                    _register_components(emulator, sources)
                yield from _run(suite, sources, emulator.environ(), Path(folder) / "results.xml")


#: The answers of the service where the emulator's own defaults are for offline work.
_SETTINGS = {
    "default_output": True,
    "cancel_ended": "accept",
    "datastore_accounts": "given",
    "studio_origin": "https://ml.azure.com",
}


def _register_components(emulator: ServedEmulator, sources: Sources) -> None:
    """The components that the tests of pipelines find in their workspace."""
    for name in ("with_paths", "no_paths"):
        file = sources.root / "tests" / "test_configs" / "components" / f"helloworld_component_{name}.yml"
        if file.is_file():
            emulator.client().components.create_or_update(load_component(file))


def _project(sources: Sources, suite: str) -> dict[str, object]:
    """Computes that the tests name, and the interpreter of the environments that their jobs name."""
    python = sources.trial_python
    environments = [{"name": name, "python": str(python)} for name in _ENVIRONMENTS if python is not None]
    # A test of pipelines expects the refusal of a compute that is not there.
    strict = ["computes"] if suite in PIPELINE_SUITES else []
    computes = [{"name": name, "nodes": 4} for name in _COMPUTES]
    data = dict.fromkeys(_DATA, str(sources.root / "tests" / "test_configs" / "data" / "sample1.csv"))
    return {"computes": computes, "environments": environments, "data": data, "strict": strict}


def _run(suite: str, sources: Sources, environ: dict[str, str], results: Path) -> Iterator[Result]:
    path = os.pathsep.join([str(_STAND_IN), str(sources.packages), str(sources.root / "tests")])
    variables = {
        **os.environ,
        **environ,
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "ML_TENANT_ID": environ.get("AZURE_TENANT_ID", "00000000-0000-0000-0000-000000000000"),
        "ML_CLIENT_ID": environ.get("AZURE_CLIENT_ID", "00000000-0000-0000-0000-000000000000"),
        "ML_CLIENT_SECRET": environ.get("AZURE_CLIENT_SECRET", "secret"),
        "AZURE_TEST_RUN_LIVE": "true",
        "TMPDIR": str(results.parent),  # the client keeps ids of components there, which another emulator gave
        "AZUREML_RUN_POLLING_INTERVAL_MIN": "0",
        "AZUREML_RUN_POLLING_INTERVAL_MAX": "1",
    }
    command = [sys.executable, "-W", "ignore", "-m", "pytest", "-v", f"tests/{suite}/e2etests", "-m", "e2etest"]
    options = ["-p", "devtools_testutils.live", "-p", "no:amlet", "-p", "no:amlet-contract-suite", "-p", "no:xdist"]
    options += ["--continue-on-collection-errors", "-p", "no:cacheprovider", "--timeout", "120", "--durations", "20"]
    options += [f"--junitxml={results}", "-o", "junit_family=xunit1"]
    output = results.with_name("pytest.log")  # a file, so that a test that hangs can be seen while it does
    with output.open("w", encoding="utf-8") as log:
        subprocess.run(
            [*command, *options], cwd=sources.root, env=variables, check=False, stdout=log, stderr=subprocess.STDOUT
        )
    if not results.exists():
        raise RuntimeError(f"{suite}: pytest wrote no results\n{output.read_text('utf-8')[-3000:]}")
    yield from read_results(suite, results.read_text("utf-8"))


def read_results(suite: str, junit: str) -> Iterator[Result]:
    """The results in a report of pytest."""
    for case in ET.fromstring(junit).iter("testcase"):
        where = (case.get("classname") or "").split(".")
        name = "::".join([*(part for part in where if part.startswith(("test_", "Test"))), case.get("name") or ""])
        bad = [one for tag in ("failure", "error") for one in case.findall(tag)]
        skipped = case.find("skipped")
        if bad:
            yield Result(suite, name, "failed", _first_line(bad[0].get("message") or bad[0].text or ""))
        elif skipped is not None:
            yield Result(suite, name, "skipped", _first_line(skipped.get("message") or ""))
        else:
            yield Result(suite, name, "passed")


def _first_line(text: str) -> str:
    """The first line; of a message that spreads over many, the first three; that a data file is missing goes before."""
    if missing := _MISSING.search(text):
        return f"No such file or directory: test_configs/{missing[1]}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    line = " ".join(lines[:3] if lines and lines[0].endswith((":", "{")) else lines[:1])
    return line if len(line) <= _LONGEST_REASON else line[: _LONGEST_REASON - 3] + "..."
