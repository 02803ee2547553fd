"""A machine with data on it, and the sources of a job that looks for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from contracts.resource_id import WorkspaceId
from emulator.project.reading import of_text
from emulator.trials.inputs.pulled import PulledData, PulledFile
from emulator.trials.inputs.sources import Sources

WS = WorkspaceId("sub", "group", "ws")
BLOB = "wasbs://data@acc.blob.core.windows.net"


@pytest.fixture
def make_sources(tmp_path: Path) -> Callable[..., Sources]:
    """Sources whose project file is a text, with `file.csv`, folders, a table and a model below `here`."""
    here = tmp_path / "here"
    (here / "folder" / "sub").mkdir(parents=True)
    (here / "file.csv").write_text("a,b\n")
    (here / "folder" / "one.csv").write_text("1")
    (here / "folder" / "sub" / "two.csv").write_text("2")
    (here / "table").mkdir()
    (here / "table" / "MLTable").write_text(f"paths:\n- file: ./own.csv\n- pattern: {BLOB}/folder/*.csv\n")
    (here / "table" / "own.csv").write_text("own")
    (here / "model").mkdir()
    (here / "model" / "MLmodel").write_text("flavors: {}")
    uploaded = tmp_path / "uploaded.csv"
    uploaded.write_text("u")
    pulled = PulledData(tmp_path / "pulled")
    content = pulled.content("https://site.org/pulled.csv")
    content.mkdir(parents=True)
    (content / "pulled.csv").write_text("p")
    pulled.complete(
        "https://site.org/pulled.csv", [PulledFile("https://site.org/pulled.csv", "pulled.csv", None, "0", 1)]
    )

    def held(reference: str, collection: str) -> Path | None:
        return uploaded if reference in ("https://127.0.0.1:1/uploaded.csv", "azureml:uploaded:1") else None

    def make(project: str) -> Sources:
        return Sources(of_text(project, here / "amlet.yml"), WS, held, pulled)

    return make
