"""What `amlet emulator status` says of an emulator that takes no work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amlet.cli.emulators import trouble
from amlet.testing.served import ServedEmulator
from emulator.storage import Database, StoreUnavailable


def test_an_emulator_says_why_it_takes_no_work(monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: object) -> None:
        raise StoreUnavailable("the state directory cannot be written: database or disk is full")

    with ServedEmulator() as emulator:
        record = emulator._record
        assert trouble(record) is None
        with monkeypatch.context() as patch:
            patch.setattr(Database, "write_async", full)
            assert "database or disk is full" in (trouble(record) or "")
        assert trouble(record) is None
    assert (trouble(replace(record, https_port=1)) or "").startswith("it does not answer")
