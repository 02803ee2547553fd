"""What the contract suite can be run on: emulators, recordings, and a real workspace.

Each is a function of the text behind the colon of `--target NAME:ARGUMENT`, offered as an entry point of the group
`amlet.contract_targets`.
"""

from __future__ import annotations

from contextlib import AbstractContextManager

from contracts.suite.target import Target


def emulator(argument: str) -> AbstractContextManager[Target]:
    """`emulator`: one in this process in virtual time; `emulator:process` really runs the trials."""
    from amlet.testing.targets.in_process import in_process

    return in_process(argument)


def emulator_tls(argument: str) -> AbstractContextManager[Target]:
    """`emulator-tls`: one in a process of its own, over TLS; trials really run."""
    from amlet.testing.targets.over_tls import over_tls

    return over_tls()


def dask(argument: str) -> AbstractContextManager[Target]:
    """`dask`: as `emulator-tls`, trials run on two workers of this machine; `dask:tcp://HOST:8786` on that cluster."""
    from amlet.testing.targets.over_tls import on_dask

    return on_dask(argument)


def replay(argument: str) -> AbstractContextManager[Target]:
    """`replay:CASSETTE`: what was recorded (`AMLET_RECORD=CASSETTE`) when the suite ran on another target."""
    from amlet.testing.targets.replay import replayed

    return replayed(argument)


def url(argument: str) -> AbstractContextManager[Target]:
    """`url:https://HOST:PORT`: whatever answers there."""
    from amlet.testing.targets.at_url import at_url

    return at_url(argument)


def live(argument: str) -> AbstractContextManager[Target]:
    """`live`: the workspace that AMLET_LIVE_WORKSPACE names."""
    from amlet.testing.targets.live import live_workspace

    return live_workspace()
