"""What amlet's own client says beside a request, and the world that it is meant in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from contracts.local_choices import LocalChoices
from emulator.services.context import Emulator
from emulator.services.refusal import user_error

if TYPE_CHECKING:
    from emulator.project.project_file import ProjectFile


def choices_of(request: Request) -> LocalChoices:
    """The choices of the command that sent a request."""
    return LocalChoices.of_headers(request.headers)


def world_of(emulator: Emulator, request: Request) -> ProjectFile:
    """The world of a request: that of its command, else that of the emulator's start.

    Raises:
        Refusal: the world file cannot be used.
    """
    try:
        return emulator.project_files.of(choices_of(request).project)
    except ValueError as error:
        raise user_error(str(error)) from None
