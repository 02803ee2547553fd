"""What is found, or refused, before a job's first trial."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from contracts.local_choices import LocalChoices
from emulator.executors.base import Placement, TrialRefused
from emulator.place import Place, blob_container
from emulator.project.project_files import ProjectFiles
from emulator.settings import Settings
from emulator.storage import Database, assets, jobs
from emulator.storage.jobs import Job, NewJob
from emulator.trials.job_resolver import JobResolver
from emulator.trials.resolved_job import ResolvedJob
from tests.emulator.runner.conftest import WORKSPACE

Make = Callable[..., ResolvedJob]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """The resolved command job with these keys in its body, in a project with this text."""
    store, place = Database.in_memory(), Place(tmp_path / "state")
    names = iter(range(100))
    code = place.container(blob_container(WORKSPACE)) / "code"
    code.mkdir(parents=True)
    (code / "main.py").write_text("import no_such_package\n")
    uri = f"https://127.0.0.1:1/emu.blob.core.windows.net/{blob_container(WORKSPACE)}/code"
    store.write(lambda conn: assets.put(conn, WORKSPACE, "codes", "c", "1", {"codeUri": uri}, 0.0)).result()

    def resolved(
        project: str = "", choices: LocalChoices | None = None, settings: Mapping[str, Any] | None = None, **body: Any
    ) -> ResolvedJob:
        (tmp_path / "amlet.yml").write_text(project)
        environ = {"AMLET_HOME": str(tmp_path / "home"), "VIRTUAL_ENV": sys.prefix, "PATH": "/usr/bin:/bin"}
        resolver = JobResolver(
            place, Settings().with_values(settings or {}), ProjectFiles(tmp_path / "amlet.yml"), environ
        )
        properties = {"command": "true", "environmentId": "azureml:mine:1", "jobType": "Command", **body}
        chosen = choices or LocalChoices()
        new = NewJob(
            WORKSPACE, f"j{next(names)}", "Command", "e", properties, created=0.0, created_by="me", choices=chosen
        )
        job = store.write(lambda conn: jobs.get(conn, jobs.create(conn, new))).result()
        return resolver.of(store.reader(), job)

    return resolved


CODE = WORKSPACE.child("codes", "c", "1")
MISSING = {"d": {"jobInputType": "uri_file", "uri": "https://x.org/a.csv"}}
LACKING = "environments: [{name: mine, requirements: [no-such-package]}]"


def test_everything_that_is_wrong_is_told_at_once(make: Make, tmp_path: Path) -> None:
    with pytest.raises(TrialRefused) as refused:
        make(
            f"{LACKING}\nstrict: [computes]",
            LocalChoices(env_file=str(tmp_path / "none")),
            inputs=MISSING,
            computeId="gpu",
            codeId=WORKSPACE.child("codes", "lost", "1"),
        )
    text = str(refused.value)
    for part in ("--env-file", "code: ", "1 input is not", "compute gpu does not exist", "missing: no-such-package"):
        assert part in text


@pytest.mark.parametrize(("section", "body"), [("computes", {"computeId": "gpu"}), ("environments", {})])
def test_the_line_that_is_told_of_a_closed_section_opens_it(make: Make, section: str, body: dict[str, str]) -> None:
    with pytest.raises(TrialRefused) as refused:
        make(f"strict: [{section}]", **body)
    line = str(refused.value).splitlines()[-1]
    assert line.startswith(f"{section}: ")
    assert make(f"strict: [{section}]\n{line}", **body).command.environment.python


def test_nothing_is_built_for_a_job_that_misses_something(make: Make, tmp_path: Path) -> None:
    with pytest.raises(TrialRefused, match="1 input is not on this machine"):
        make(LACKING, LocalChoices(env_mode="uv"), inputs=MISSING)
    assert not (tmp_path / "home" / "envs").exists()


def test_the_python_of_the_project_goes_before_the_emulators_and_after_the_commands(make: Make, tmp_path: Path) -> None:
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    python = tmp_path / "venv" / "bin" / "python"
    python.symlink_to(sys.executable)
    project = "environments: [{name: mine, python: ./venv}]"
    assert make(project).command.environment.python == python
    assert make(project, LocalChoices(python=sys.executable)).command.environment.python == Path(sys.executable)
    assert make().command.environment.python == Path(sys.prefix, "bin", "python")


def test_settings_of_the_project_count_for_its_jobs(make: Make) -> None:
    resolved = make("settings: {missing_inputs: empty, initial_failures: 7}", inputs=MISSING)
    assert resolved.settings.initial_failures == 7
    assert resolved.command.data[0].source is None
    assert (
        resolved.notes
        == resolved.warnings
        == ("input d: https://x.org/a.csv is missing, and taken as empty (setting missing_inputs)",)
    )


def test_a_curated_environment_needs_what_the_code_imports(make: Make) -> None:
    project = "environments: [{name: other, requirements: [no-such-package]}]"
    environment = {"environmentId": "azureml:AzureML-sklearn-1.5@latest", "codeId": CODE}
    assert make(project, **environment).command.environment.python == Path(sys.prefix, "bin", "python")
    with pytest.raises(TrialRefused, match="missing: no-such-package"):
        make(project, environmentId="azureml:other:1", codeId=CODE)


def test_a_compute_of_the_project_bounds_the_nodes(make: Make) -> None:
    assert make("computes: [{name: cpu, nodes: 3}]", computeId=WORKSPACE.child("computes", "cpu")).nodes == 3
    assert make(computeId="cpu").nodes is None


FAR = "computes: [{name: far, executor: dask, dask_address: 'tcp://s:1', dask_resources: GPU=1}]"


def test_a_compute_of_the_project_names_the_executor_of_its_trials(make: Make) -> None:
    assert make(FAR, computeId="far").placement == Placement("dask", "tcp://s:1", "GPU=1")
    assert make(FAR, computeId="cpu").placement == Placement("process")


def test_a_job_whose_terminal_is_here_runs_here(make: Make) -> None:
    """`amlet trial run`."""
    here = LocalChoices(terminal="/socket")
    assert make(FAR, here, computeId="far").placement == Placement("process")
    settings = {"executor": "dask", "dask_address": "tcp://s:1"}
    assert make("", here, settings=settings).placement == Placement("process")


def test_a_compute_whose_executor_cannot_be_used_is_refused(make: Make) -> None:
    with pytest.raises(TrialRefused, match=r"compute far of .*amlet\.yml: the executor dask needs the address"):
        make("computes: [{name: far, executor: dask}]", computeId="far")


@pytest.mark.parametrize("resources", [{"instanceType": "Standard_NC6s_v3"}, None])
def test_gpus_that_are_not_here_are_hidden_with_a_note(
    make: Make, monkeypatch: pytest.MonkeyPatch, resources: dict[str, Any] | None
) -> None:
    monkeypatch.setattr("emulator.trials.node.gpu_is_here", lambda: False)
    project = "computes: [{name: gpu, size: Standard_NC6s_v3}]"
    resolved = make(project, computeId="gpu", resources=resources)
    assert resolved.command.variables == {"CUDA_VISIBLE_DEVICES": ""}
    assert resolved.notes == (
        "Standard_NC6s_v3 has 1 GPU, and this machine has none: trials run with CUDA_VISIBLE_DEVICES empty",
    )
    with pytest.raises(TrialRefused, match="this machine has none"):
        make(project + "\nstrict: [computes]", computeId="gpu", resources=resources)


def test_gpus_that_are_here_are_not_hidden(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.trials.node.gpu_is_here", lambda: True)
    assert make(resources={"instanceType": "Standard_NC6s_v3"}).command.variables == {}


def test_an_output_on_a_mapped_datastore_goes_to_its_folder(make: Make, tmp_path: Path) -> None:
    outputs = {"o": {"jobOutputType": "uri_folder", "uri": "azureml://datastores/mine/paths/out"}}
    (output,) = make("datastores: {mine: ./store}", outputs=outputs).command.outputs
    assert output.place == tmp_path / "store" / "out"


@pytest.fixture
def plain(tmp_path: Path) -> Callable[..., ResolvedJob | None]:
    """The job with these keys in its body, where nothing has to be looked for; after a first one was resolved."""
    store, place = Database.in_memory(), Place(tmp_path / "state")
    environ = {"AMLET_HOME": str(tmp_path / "home"), "VIRTUAL_ENV": sys.prefix, "PATH": "/usr/bin:/bin"}
    resolver, names = JobResolver(place, Settings(), ProjectFiles(), environ), iter(range(100))

    def stored(choices: LocalChoices, **body: Any) -> Job:
        properties = {"command": "true", "environmentId": "azureml:mine:1", "jobType": "Command", **body}
        new = NewJob(WORKSPACE, f"j{next(names)}", "Command", "e", properties, 0.0, "me", choices=choices)
        return store.write(lambda conn: jobs.created(conn, new)).result()

    first = stored(LocalChoices())
    assert resolver.plain(store.reader(), first) is None  # the interpreter has not been looked at yet
    resolver.of(store.reader(), first)
    return lambda choices=LocalChoices(), **body: resolver.plain(store.reader(), stored(choices, **body))  # noqa: B008


def test_a_command_that_names_nothing_to_be_looked_for_is_worked_out_when_it_has_its_node(plain: Any) -> None:
    found = plain(environmentVariables={"A": "1"})
    assert found.command is None
    assert found.whole.command.text == "true"
    assert found.whole.command.variables == {"A": "1"}
    assert (whole := found.whole).whole is whole


@pytest.mark.parametrize(
    "body",
    [
        {"codeId": CODE},
        {"inputs": MISSING},
        {"outputs": {"o": {"jobOutputType": "uri_folder"}}},
        {"resources": {"instanceType": "Standard_NC6"}},
        {"distribution": {"distributionType": "Mpi"}},
        {"environmentId": WORKSPACE.child("environments", "mine", "1")},
        {"environmentId": "azureml://registries/azureml/environments/sklearn-1.5/versions/1"},
        {"command": "pip install numpy && python main.py"},
        {"choices": LocalChoices(python="/usr/bin/python3")},
    ],
)
def test_any_other_job_is_resolved_before_it_is_queued(plain: Any, body: dict[str, Any]) -> None:
    assert plain(**body) is None
