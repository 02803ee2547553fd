"""The progress of uploads on stderr: a bar for a long one on a terminal, and a line for each that is complete."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from amlet.cli.output import harmless, say
from contracts.diagnostics.shortening import counted
from gateway.operations.uploads import OnUpload, Uploaded

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID


@contextmanager
def shown_uploads() -> Iterator[OnUpload]:
    """What is called with the progress of uploads; bars are removed at the end."""
    if not sys.stderr.isatty():
        yield _say_complete
        return
    bars = UploadBars()
    try:
        yield bars
    finally:
        bars.close()


def _say_complete(news: Uploaded) -> None:
    if news.complete:
        done = "is in the workspace already" if news.reused else "uploaded"
        say(f"{news.what} {done} ({counted(news.files, 'file')}, {counted(news.size, 'byte')})")


class UploadBars:
    """Bars on a terminal, made for an upload that takes longer.

    Parameters:
        console: where; by default stderr.
    """

    def __init__(self, console: Console | None = None) -> None:
        self._console = console
        self._progress: Progress | None = None
        self._bars: dict[Path, TaskID] = {}

    def __call__(self, news: Uploaded) -> None:
        """Show the progress of an upload."""
        if not news.complete:
            self._show(news)
            return
        if self._progress and news.what in self._bars:
            self._progress.remove_task(self._bars.pop(news.what))
        _say_complete(news)

    def _show(self, news: Uploaded) -> None:
        from rich import progress
        from rich.console import Console
        from rich.markup import escape

        if self._progress is None:
            columns = ("{task.description}", progress.BarColumn(), progress.DownloadColumn())
            pace = (progress.TransferSpeedColumn(), progress.TimeRemainingColumn())
            console = self._console or Console(stderr=True)
            self._progress = progress.Progress(*columns, *pace, console=console, transient=True)
            self._progress.start()
        if news.what not in self._bars:
            title = f"Uploading {escape(harmless(news.what.name))}"
            self._bars[news.what] = self._progress.add_task(title, total=news.size, completed=news.sent)
        self._progress.update(self._bars[news.what], completed=news.sent)

    def close(self) -> None:
        """Remove the bars."""
        if self._progress:
            self._progress.stop()
