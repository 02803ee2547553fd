from __future__ import annotations

from dataclasses import fields
from typing import get_args

from emulator.engine.settings import AZURE_LIKE, EngineSettings, Evidence


def test_every_setting_has_its_evidence_and_its_meaning() -> None:
    for setting in fields(EngineSettings):
        assert setting.metadata["evidence"] in get_args(Evidence)
        assert len(setting.metadata["about"]) > 20


def test_the_azure_like_profile_waits_where_the_service_does() -> None:
    durations = AZURE_LIKE.durations
    assert min(durations.starting, durations.preparing, durations.queued) > 0  # recorded: no Provisioning is seen
    assert EngineSettings().durations.preparing == 0
