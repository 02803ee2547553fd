"""The three changes that a page offers; they are the control plane's own."""

from __future__ import annotations

from functools import cached_property

from starlette.responses import Response

from emulator.api.bodies import Json
from emulator.services.context import Emulator
from emulator.services.jobs.jobs import JobService
from emulator.services.refusal import Refusal
from emulator.studio.guard import JobRequest
from emulator.studio.headers import PAGE


class Actions:
    """What can be done to a job from its page; each answers `{}`, or `{"message": ...}` when it cannot be.

    Parameters:
        emulator: does it.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def cancel(self, wanted: JobRequest) -> Response:
        """Ask the job to stop."""
        try:
            await self._jobs.cancel(wanted.job.workspace, wanted.job.name)
        except Refusal as refusal:
            return Json({"message": refusal.message}, refusal.status, PAGE)
        return Json({}, 202, PAGE)

    async def archive(self, wanted: JobRequest) -> Response:
        """Take the job out of the lists."""
        return await self._archived(wanted, True)

    async def restore(self, wanted: JobRequest) -> Response:
        """Put it back into the lists."""
        return await self._archived(wanted, False)

    async def _archived(self, wanted: JobRequest, archived: bool) -> Response:
        await self._jobs.update(wanted.job.workspace, wanted.job.name, {"properties": {"isArchived": archived}})
        return Json({}, headers=PAGE)

    @cached_property
    def _jobs(self) -> JobService:
        return JobService(self._emulator)
