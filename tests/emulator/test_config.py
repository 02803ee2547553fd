from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emulator.clock import SEEDED_START, RealClock, SteadyClock, VirtualClock
from emulator.config import EmulatorConfig, build
from emulator.ids import RandomIds, SeededIds
from emulator.place import Place
from emulator.services.context import Emulator
from emulator.simulation.scenario import Scenario
from emulator.storage import Database


def made(tmp_path: Path, config: EmulatorConfig, store: Database | None = None) -> Emulator:
    return build(config, Place(tmp_path), store or Database.in_memory())


def of(scenario: Scenario | None, **options: Any) -> EmulatorConfig:
    return EmulatorConfig().with_scenario(scenario, **options)


def scenario(**values: object) -> Scenario:
    return Scenario.model_validate(values)


def test_by_default_time_is_real_and_ids_are_random(tmp_path: Path) -> None:
    emulator = made(tmp_path, of(None))
    assert isinstance(emulator.clock, SteadyClock)
    assert isinstance(emulator.calendar, RealClock)
    assert isinstance(emulator.ids, RandomIds)
    assert emulator.time is None


def test_where_time_is_virtual_signatures_end_by_it(tmp_path: Path) -> None:
    emulator = made(tmp_path, of(None, virtual=True))
    assert emulator.calendar is emulator.clock


def test_a_seed_makes_ids_foreseeable_in_real_time_too(tmp_path: Path) -> None:
    one, other = (made(tmp_path, of(None, seed=7)) for _ in range(2))
    assert one.time is None
    assert one.ids.uuid("run") == other.ids.uuid("run")
    assert one.secrets.page_key == other.secrets.page_key
    assert one.secrets.account_key != other.secrets.account_key


def test_virtual_time_begins_now_or_where_a_seed_says(tmp_path: Path) -> None:
    assert made(tmp_path, of(None, virtual=True)).clock.now() > SEEDED_START
    assert made(tmp_path, of(None, virtual=True, seed=7)).clock.now() == SEEDED_START


def test_a_scenario_with_trials_wants_virtual_time(tmp_path: Path) -> None:
    emulator = made(tmp_path, of(scenario(trials=[{"exit_code": 1}], requests=[{"status": 503}], frozen=True)))
    assert isinstance(emulator.clock, VirtualClock)
    assert emulator.time is not None
    assert emulator.time.is_frozen
    assert [len(emulator.script.rules), len(emulator.faults.planned)] == [1, 1]


def test_a_scenario_of_faults_alone_leaves_time_as_it_is(tmp_path: Path) -> None:
    emulator = made(tmp_path, of(scenario(requests=[{"status": 503}])))
    assert emulator.time is None
    assert len(emulator.faults.planned) == 1


def test_options_go_before_the_scenario() -> None:
    given = scenario(seed=1, requests=[{"status": 503}])
    assert of(given, virtual=True, seed=2).seed == 2
    assert of(given, virtual=True).virtual
    assert of(given).seed == 1


def test_scripted_trials_in_real_time_are_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="use --clock virtual"):
        of(scenario(trials=[{}]), virtual=False)


def test_the_next_process_with_a_state_goes_on_with_its_time_and_other_ids(tmp_path: Path) -> None:
    from emulator.storage import jobs
    from emulator.storage.jobs import NewJob
    from tests.emulator.api.control.conftest import WORKSPACE

    store, config = Database.in_memory(), of(scenario(seed=7, start="2026-01-01T00:00:00Z"))
    first = made(tmp_path, config, store)
    late = SEEDED_START + 5000
    new = NewJob(WORKSPACE, "one", "Command", "e", {}, created=late, created_by="amlet")
    store.write(lambda conn: jobs.create(conn, new)).result()
    second = made(tmp_path, config, store)
    assert (first.clock.now(), second.clock.now()) == (SEEDED_START, late)
    assert isinstance(second.ids, SeededIds)
    assert first.ids.uuid("run") != second.ids.uuid("run")
