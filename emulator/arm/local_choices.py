"""What amlet's own client says beside a request, and the world that it is meant in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from contracts.local_choices import LocalChoices
from emulator.context import Emulator
from emulator.operations.refusal import user_error

if TYPE_CHECKING:
    from emulator.world.world import World


def choices_of(request: Request) -> LocalChoices:
    """The choices of the command that sent a request."""
    return LocalChoices.of_headers(request.headers)


def world_of(emulator: Emulator, request: Request) -> World:
    """The world of a request: that of its command, else that of the emulator's start.

    Raises:
        Refusal: the world file cannot be used.
    """
    try:
        return emulator.worlds.of(choices_of(request).world)
    except ValueError as error:
        raise user_error(str(error)) from None
