"""How uploads are shown."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from amlet.cli.progress.uploads import UploadBars, shown_uploads
from gateway.operations.uploads import Uploaded

BEGUN = Uploaded(Path("data"), 1, 100 << 20, reused=False, sent=25 << 20)
DONE = Uploaded(Path("data"), 1, 100 << 20, reused=False, sent=100 << 20)


def test_where_nobody_watches_only_complete_uploads_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    with shown_uploads() as told:
        told(BEGUN)
        told(DONE)
        told(Uploaded(Path("src"), 3, 7, reused=True, sent=7))
    assert capsys.readouterr().err.splitlines() == [
        "data uploaded (1 file, 104,857,600 bytes)",
        "src is in the workspace already (3 files, 7 bytes)",
    ]


def test_a_long_upload_has_a_bar_until_it_is_complete() -> None:
    out = io.StringIO()
    bars = UploadBars(Console(file=out, force_terminal=True, width=120))
    bars(BEGUN)
    bars(DONE)
    bars.close()
    assert "Uploading data" in out.getvalue()
    assert "26.2/104.9 MB" in out.getvalue()
    assert "data uploaded" in out.getvalue()
