"""Whether a session is recorded or replayed, as the environment says."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gateway.transport.messages import Transport

if TYPE_CHECKING:
    from gateway.transport.replay import ReplayTransport

#: Names the cassette to which every client of this process records; see `recording_path`.
RECORD = "AMLET_RECORD"

#: Names the cassette from which every client of this process is answered.
REPLAY = "AMLET_REPLAY"


_YES, _NO = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})


def recording_path(text: str) -> Path | None:
    """The cassette that a value of `AMLET_RECORD`, or of `amlet --record`, means; None for no recording.

    Parameters:
        text: a path; or `1`, `true`, `yes`, `on` for `amlet-recording-<time>.json` in the current folder, one for each
            process; or `0`, `false`, `no`, `off`.

    Raises:
        gateway.transport.cassette.CassetteError: the text has neither a folder nor an extension, so it is probably
            not meant as the name of a file.
    """
    if text.lower() in _NO:
        return None
    if text.lower() in _YES:
        return _named_by_time()
    if not Path(text).suffix and not {"/", os.sep} & set(text):
        from gateway.transport.cassette import CassetteError

        raise CassetteError(
            f"{RECORD}={text!r} is not the name of a file: give one with an extension or a folder, such as "
            f"session.cassette.json or ./{text}, or give 1 for amlet-recording-<time>.json"
        )
    return Path(text)


@cache
def _named_by_time() -> Path:
    return Path(f"amlet-recording-{datetime.now().astimezone():%Y%m%d-%H%M%S}.json").absolute()


def recorded(transport: Transport, environ: Mapping[str, str]) -> Transport:
    """The transport itself, or what records it when `AMLET_RECORD` asks for that."""
    path = recording_path(environ.get(RECORD, ""))
    if path is None:
        return transport
    from gateway.transport.events import LOG
    from gateway.transport.recording import RecordingTransport

    LOG.info("recording to %s", path)
    return RecordingTransport(transport, path)


def replayed(environ: Mapping[str, str]) -> ReplayTransport | None:
    """What answers in the network's place when `AMLET_REPLAY` names a cassette.

    Raises:
        gateway.transport.cassette.CassetteError: the file is not a cassette.
    """
    path = environ.get(REPLAY)
    if not path:
        return None
    from gateway.transport.replay import ReplayTransport

    return ReplayTransport.open(path)
