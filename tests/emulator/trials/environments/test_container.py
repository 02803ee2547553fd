from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from emulator.executors.base import Launch, TrialRefused
from emulator.trials.environments.container import Containers
from emulator.trials.environments.prepared import Wish
from emulator.trials.environments.spec import EnvironmentSpec

if TYPE_CHECKING:
    from tests.emulator.trials.environments.conftest import Programs

SPEC = EnvironmentSpec("env", image="python:3.11")
#: A stand-in engine: runs what follows `-c` here.
RUN = 'while [ $# -gt 1 ] && [ "$1" != -c ]; do shift; done; [ "$1" = -c ] && exec bash -c "$2"; exit 0'


def test_a_trials_command_runs_in_a_container_with_its_folders_and_variables(
    programs: Programs, tmp_path: Path, wish: Callable[..., Wish]
) -> None:
    programs.add("docker", RUN)
    found = Containers(programs.environ).prepare(wish(spec=SPEC))
    assert found.wrap is not None
    secret = {"SECRET": "s3cret", **programs.environ}
    launch = Launch("echo it is $SECRET '&' \"$PWD\"", tmp_path, secret, tmp_path / "log")
    wrapped = found.wrap(launch, [tmp_path / "data"])
    done = subprocess.run(["bash", "-c", wrapped.command], env=secret, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == f"it is s3cret & {tmp_path}\n"
    call = programs.calls("docker")[-1]
    assert call.startswith("run --rm --init --network=host --user=")
    assert f"--volume={tmp_path}:{tmp_path} --volume={tmp_path}/data:{tmp_path}/data --workdir={tmp_path}" in call
    assert "--env=SECRET" in call
    assert "s3cret" not in call
    assert "--env=PATH" not in call
    assert "--entrypoint=bash python:3.11 -c echo" in call


def test_the_image_is_pulled_unless_offline(programs: Programs, wish: Callable[..., Wish]) -> None:
    programs.add("docker")
    containers = Containers(programs.environ)
    containers.prepare(wish(spec=SPEC, is_offline=True))
    assert programs.calls("docker") == ["version"]
    containers.prepare(wish(spec=SPEC))
    assert programs.calls("docker")[-1] == "pull python:3.11"


@pytest.mark.parametrize(
    ("spec", "body", "message"),
    [
        (EnvironmentSpec("env"), "exit 0", "has no image"),
        (SPEC, "exit 1", "No container engine answers"),
        (SPEC, '[ "$1" = version ]', "The image cannot be had"),
    ],
)
def test_what_cannot_be_run_in_a_container_is_refused(
    programs: Programs, wish: Callable[..., Wish], spec: EnvironmentSpec, body: str, message: str
) -> None:
    programs.add("docker", body)
    with pytest.raises(TrialRefused, match=message):
        Containers(programs.environ).prepare(wish(spec=spec))


def test_without_the_command_the_mode_is_refused(wish: Callable[..., Wish]) -> None:
    with pytest.raises(TrialRefused, match="needs the command podman, which is not here"):
        Containers({"PATH": "/nowhere"}, "podman").prepare(wish(spec=SPEC))
