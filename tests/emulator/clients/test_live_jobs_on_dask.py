"""What the unmodified azure-ai-ml does with jobs that really run, where they run on a Dask cluster: the same."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest

from amlet._guard import command_line
from emulator.server.home import Record
from emulator.server.launch import start_detached
from tests.emulator.clients.test_live_jobs import (  # noqa: F401 - played here again, by the fixture below
    client,
    source,
    test_a_command_is_streamed_and_downloaded,
    test_a_failed_command_raises_with_its_reason,
    test_a_running_command_is_canceled,
    test_a_sweep_finds_its_best_trial,
    test_the_log_of_a_running_command_is_streamed,
)
from tests.emulator.executors.dask_programs import DaskPrograms

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.slow,
    pytest.mark.nightly,
    pytest.mark.filterwarnings("ignore"),
]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    """An emulator whose jobs run on three workers."""
    folder = tmp_path_factory.mktemp("live")
    programs = DaskPrograms(folder / "dask", 3)
    try:
        arguments = ["--dask-address", programs.address, "--setting", "lease_seconds=3.0"]
        record = start_detached(command_line(), folder / "home", folder / "state", arguments)
        yield record
        os.kill(record.pid, signal.SIGTERM)
        os.waitpid(record.pid, 0)
    finally:
        programs.close()
