from __future__ import annotations

from dataclasses import fields

import pytest

from emulator.engine.settings import EngineSettings, StateDurations
from emulator.settings import Settings, describe


def test_every_setting_is_described_with_its_evidence() -> None:
    names = {field.name for cls in (Settings, EngineSettings) for field in fields(cls)} - {"engine"}
    described = {name: (evidence, about) for name, _, evidence, about in describe()}
    assert described.keys() == names
    assert all(evidence in {"documented", "recorded", "inferred"} and about for evidence, about in described.values())


def test_values_go_to_the_settings_that_have_them() -> None:
    settings = Settings().with_values({"page_size": 7, "initial_failures": 1})
    assert (settings.page_size, settings.engine.initial_failures) == (7, 1)


def test_an_unknown_setting_names_the_nearest() -> None:
    with pytest.raises(ValueError, match="no setting 'page_sizes'; did you mean 'page_size'"):
        Settings().with_values({"page_sizes": 7})
    with pytest.raises(ValueError, match=r"no setting 'qqq'; known are .*page_size"):
        Settings().with_values({"qqq": 7})


@pytest.mark.parametrize("given", ["2,0,90,5", [2, 0, 90, 5], {"starting": 2, "preparing": 90, "queued": 5}])
def test_durations_are_written_in_one_line_or_by_their_names(given: object) -> None:
    assert Settings().with_values({"durations": given}).engine.durations == StateDurations(2, 0, 90, 5)


@pytest.mark.parametrize("given", ["2,0,90", "a,b,c,d", [-1, 0, 0, 0], {"running": 1}, 3, None])
def test_other_durations_are_refused(given: object) -> None:
    with pytest.raises(ValueError, match="setting 'durations' is"):
        Settings().with_values({"durations": given})


@pytest.mark.parametrize(("name", "value"), [("page_size", "7"), ("auth", 1), ("default_output", "yes")])
def test_a_value_of_another_type_is_refused(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=f"setting '{name}' is"):
        Settings().with_values({name: value})


def test_the_profile_azure_like_differs_where_the_service_was_seen_to() -> None:
    settings = Settings.azure_like()
    assert settings.default_output
    assert settings.cancel_retry_after is None
    assert settings.engine.short_timeouts == "sixty_days"
