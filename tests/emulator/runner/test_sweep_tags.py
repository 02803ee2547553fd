"""When a sweep's tags tell its progress: at once, or later as the service does."""

from __future__ import annotations

from dataclasses import replace

from emulator.engine.settings import EngineSettings
from emulator.runner.progress_tags import ProgressTags
from emulator.settings import Settings
from tests.emulator.runner.conftest import MakeInstance

GENERATED, ALL = "_aml_system_samples_generated_count", "_aml_system_all_jobs_generated"


class _Scheduler:
    """Keeps what shall be done later."""

    def __init__(self) -> None:
        self.timers: list[tuple[float, object]] = []

    def later(self, seconds: float, message: object) -> None:
        self.timers.append((seconds, message))


def test_tags_that_are_held_back_are_written_together_when_the_time_has_come() -> None:
    written: list[dict[str, str]] = []
    scheduler = _Scheduler()
    tags = ProgressTags(lambda some: written.append(dict(some)), scheduler)  # type: ignore[arg-type]
    tags.hold(180.0)
    tags.add({GENERATED: "1"})
    tags.add({GENERATED: "2", ALL: "true"})
    assert written == []
    ((seconds, release),) = scheduler.timers
    release()  # type: ignore[operator]
    tags.add({GENERATED: "3"})
    assert (seconds, written) == (180.0, [{GENERATED: "2", ALL: "true"}, {GENERATED: "3"}])


def test_a_sweep_whose_tags_take_their_time_shows_them_at_its_end_also_after_a_restart(
    make_instance: MakeInstance, tmp_path
) -> None:
    settings = replace(Settings(), kill_grace=1.0, engine=EngineSettings(sweep_tags_take=3600.0))
    instance = make_instance(settings=settings)
    gate = tmp_path / "gate"
    instance.sweep(f"until [ -e {gate} ]; do sleep 0.05; done", total=2, concurrent=2)
    instance.until(lambda: [instance.statuses(one.name)[-1] for one in instance.trials()] == ["Running"] * 2)
    assert GENERATED not in instance.labels("s", "tag")
    instance.close()
    again = make_instance(settings=settings)
    again.until(lambda: [again.statuses(one.name)[-1] for one in again.trials()] == ["Running"] * 2)
    assert GENERATED not in again.labels("s", "tag")
    gate.touch()
    again.ended("s")
    tags = again.labels("s", "tag")
    assert (tags[GENERATED], tags[ALL]) == ("2", "true")
    assert {"_aml_system_s_0", "_aml_system_s_1"} <= tags.keys()
