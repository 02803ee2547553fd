"""The tags by which a sweep tells its progress: written at once, or some time after the sweep began."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from emulator.runner.run_context import Scheduler


class ProgressTags:
    """Holds the tags of a sweep back until they may be seen.

    The recorded service still shows `_aml_system_samples_generated_count` "0" three minutes after the PUT.

    Parameters:
        write: puts tags on the sweep.
        scheduler: says when the time has come.
    """

    def __init__(self, write: Callable[[Mapping[str, str]], None], scheduler: Scheduler) -> None:
        self._write = write
        self._scheduler = scheduler
        self._held: dict[str, str] | None = None

    def hold(self, seconds: float) -> None:
        """Hold tags back from now on, for so many seconds; not at all when they are none."""
        if seconds > 0:
            self._held = {}
            self._scheduler.later(seconds, self.release)

    def add(self, tags: Mapping[str, str]) -> None:
        """There is progress to tell."""
        if self._held is None:
            self._write(tags)
        else:
            self._held.update(tags)

    def release(self) -> None:
        """Write what is held back: the time has come, or the sweep ends."""
        held, self._held = self._held, None
        if held:
            self._write(held)
