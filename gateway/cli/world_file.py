"""The world file that a command means."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gateway.cli.exits import Refusal

if TYPE_CHECKING:
    from emulator.world.world import World

#: Says that no world file shall be used, though there is one.
NO_WORLD = "none"


def find_world(option: str | None, *starts: Path) -> World | None:
    """The world file that is meant, read; None when there is none.

    Parameters:
        option: what `--world` says.
        starts: folders from which it is looked for upwards, in this order.

    Raises:
        Refusal: it cannot be used; all its mistakes are told.
    """
    from emulator.world.finding import find

    path = None if option == NO_WORLD else Path(option).absolute() if option else find(*starts)
    if path is None:
        return None
    from emulator.world.reading import WorldError, read

    try:
        return read(path)
    except WorldError as error:
        raise Refusal(str(error)) from None
