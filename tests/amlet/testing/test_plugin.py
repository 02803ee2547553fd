"""The pytest plugin, by running pytest on small test files."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from amlet.testing import InProcessEmulator, ServedEmulator
from gateway import command
from gateway.sweep import Uniform

pytest_plugins = "pytester"

Run = Callable[..., pytest.RunResult]

BEGINNING = """
import pytest
from gateway import command
from gateway.sweep import Uniform

def make_sweep(total=3, **options):
    trial = command(command="python train.py --lr ${{inputs.lr}}", environment="azureml:e:1", compute="cpu",
                    inputs={"lr": 0.1})
    return trial(lr=Uniform(0.0, 1.0)).sweep(sampling_algorithm="random", primary_metric="accuracy", goal="Maximize",
                                             max_total_trials=total, **options)
"""


@pytest.fixture(scope="module", autouse=True)
def _loaded_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pytester unloads what a run within this process imports, but extension modules can be loaded only once."""
    project = tmp_path_factory.mktemp("project") / "amlet.yml"
    project.write_text("strict: [computes]\n")
    for make in (InProcessEmulator, ServedEmulator):
        with make(project=project) as emulator, emulator.client() as client:
            trial = command(command="${{inputs.x}}", environment="azureml:e:1", inputs={"x": 1.0})
            sweep = trial(x=Uniform(0.0, 1.0)).sweep(sampling_algorithm="random", primary_metric="y", goal="Maximize")
            client.jobs.get(client.jobs.create_or_update(sweep).name)
    import emulator.runner.job_runner


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Runs a test file, with warnings as errors and only registered markers."""

    def run_file(text: str, *arguments: str) -> pytest.RunResult:
        pytester.makepyfile(BEGINNING + text)
        return pytester.runpytest("-W", "error", "--strict-markers", "-p", "no:cacheprovider", *arguments)

    return run_file


def test_a_sweep_runs_on_the_fixtures(run: Run) -> None:
    result = run(
        """
def test_sweep(amlet, amlet_client):
    amlet.set_objective(lambda lr: 1 - lr)
    job = amlet_client.jobs.create_or_update(make_sweep())
    amlet_client.jobs.stream(job.name)
    assert amlet_client.jobs.get(job.name).status == "Completed"
"""
    )
    result.assert_outcomes(passed=1)


def test_each_test_has_an_emulator_of_its_own(run: Run) -> None:
    result = run(
        """
@pytest.mark.parametrize("number", range(3))
def test_alone(amlet_client, number):
    assert list(amlet_client.jobs.list()) == []
    amlet_client.jobs.create_or_update(make_sweep())
"""
    )
    result.assert_outcomes(passed=3)


def test_the_marker_says_how_the_emulator_is_made(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makefile(".yml", amlet="strict: [computes]\ncomputes: [{name: other, size: Standard_DS3_v2, nodes: 1}]\n")
    result = run(
        """
@pytest.mark.amlet(seed=7, start="2026-02-03T00:00:00Z", settings={"page_size": 1}, curves=[[0.25], [0.75], [0.5]])
class TestMarked:
    def test_class(self, amlet, amlet_client):
        job = amlet_client.jobs.create_or_update(make_sweep())
        properties = amlet.request("GET", f"jobs/{job.name}").json()["properties"]["properties"]
        assert properties["score"] == "0.75"
        assert amlet.request("GET", f"jobs/{job.name}").json()["systemData"]["createdAt"].startswith("2026-02-03T00:00")
        amlet_client.jobs.create_or_update(make_sweep())
        assert "nextLink" in amlet.request("GET", "jobs").json()

    @pytest.mark.amlet(curves=None, objective=lambda lr: 0.125)
    def test_the_nearest_marker_wins(self, amlet, amlet_client):
        job = amlet_client.jobs.create_or_update(make_sweep())
        assert amlet.request("GET", f"jobs/{job.name}").json()["properties"]["properties"]["score"] == "0.125"

@pytest.mark.amlet(project="amlet.yml")
def test_project(amlet_client):
    with pytest.raises(Exception, match="Compute Not Found"):
        amlet_client.jobs.create_or_update(make_sweep())
"""
    )
    result.assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ("sead=7", "*amlet has no 'sead'; did you mean 'seed'?*"),
        ("7", "*takes names only*"),
        ("start='soon'", "*expected a time such as*"),
        ("settings={'page_sise': 1}", "*no setting 'page_sise'*page_size*"),
        ("executor='dask'", "*expected 'simulate' or 'process'*"),
    ],
)
def test_a_marker_that_cannot_be_understood_is_explained(run: Run, mark: str, told: str) -> None:
    result = run(f"@pytest.mark.amlet({mark})\ndef test_marked(amlet): pass")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([told])


def test_the_clock_is_under_the_tests_control(run: Run) -> None:
    result = run(
        """
def test_timeout(amlet, amlet_client, amlet_clock):
    amlet.set_objective(lambda lr: {"values": [lr], "duration": 1e9})
    amlet_clock.freeze()
    job = amlet_client.jobs.create_or_update(make_sweep(timeout=7200))
    amlet_clock.advance(7199)
    assert amlet_client.jobs.get(job.name).status == "Running"
    amlet_clock.advance(1)
    assert amlet_client.jobs.get(job.name).status == "Canceled"

def test_the_clock_stays_the_same_object_after_a_reset(amlet, amlet_client, amlet_clock, amlet_journal):
    amlet_client.jobs.create_or_update(make_sweep())
    amlet.reset()
    assert amlet_clock is amlet.time and amlet_journal is amlet.journal
    amlet_clock.freeze()
    job = amlet_client.jobs.create_or_update(make_sweep())
    assert amlet_client.jobs.get(job.name).status == "Running"
    assert amlet_journal.find("PUT", f"jobs/{job.name}")
"""
    )
    result.assert_outcomes(passed=2)


def test_planned_faults_come_and_stand_in_the_journal(run: Run) -> None:
    result = run(
        """
def test_retry(amlet_client, amlet_faults, amlet_journal, amlet_clock):
    amlet_faults.plan(match="GET jobs/*", status=503, times=2, retry_after=30)
    job = amlet_client.jobs.create_or_update(make_sweep())
    begin = amlet_clock.now()
    assert amlet_client.jobs.get(job.name).status == "Completed"
    assert amlet_clock.now() - begin >= 2 * 30
    assert len(amlet_journal.find("GET", f"jobs/{job.name}", status=503)) == 2

def test_broken_connection(amlet_client, amlet_faults):
    amlet_faults.plan(match="GET jobs/*", reset="before", times=1)
    job = amlet_client.jobs.create_or_update(make_sweep())
    assert amlet_client.jobs.get(job.name).status == "Completed"
"""
    )
    result.assert_outcomes(passed=2)


def test_a_planned_fault_that_never_came_fails_its_test(run: Run) -> None:
    result = run(
        """
def test_nothing_asked(amlet_faults):
    amlet_faults.plan(match="GET jobs/*", status=503)
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*1 planned faults did not come*"])


def test_a_scenario_is_played_and_has_to_be_played_out(run: Run, pytester: pytest.Pytester) -> None:
    pytester.makefile(
        ".yml",
        scenario="trials: [{match: {trial: 0}, exit_code: 3}]\nrequests: [{match: GET jobs/*, status: 503}]\n",
    )
    result = run(
        """
@pytest.mark.amlet(scenario="scenario.yml")
class TestScripted:
    def test_played(self, amlet, amlet_client):
        job = amlet_client.jobs.create_or_update(make_sweep())
        assert amlet_client.jobs.get(job.name).status == "Completed"
        assert amlet_client.jobs.get(f"{job.name}_0").status == "Failed"

    def test_not_played(self, amlet):
        amlet.request("GET", "jobs/any")

    @pytest.mark.parametrize("time", range(2))
    def test_played_anew_on_a_shared_server(self, amlet_server, time):
        with amlet_server.client() as client:
            job = client.jobs.create_or_update(make_sweep())
            client.jobs.get(job.name)
            assert client.jobs.get(f"{job.name}_0").status == "Failed"
"""
    )
    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*1 scripted trials did not come*"])


def test_a_failed_tests_report_has_requests_and_logs(run: Run) -> None:
    result = run(
        """
def objective(lr):
    return {"values": [0.5], "exit_code": 3}

@pytest.mark.amlet(objective=objective)
def test_fails(amlet, amlet_client):
    job = amlet_client.jobs.create_or_update(make_sweep())
    amlet_client.jobs.get(job.name)
    amlet.request("GET", "jobs/absent")
    assert False
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*amlet: the last requests*",
            "PUT /subscriptions/*/jobs/* 201",
            "GET /subscriptions/*/jobs/absent* 404 UserError: Job absent not found.",
            "*amlet: logs of jobs*",
            "*_? (Failed)",
            "*error: *3*",
            "*step 0: accuracy = 0.5",
        ]
    )


def test_a_passed_tests_report_says_nothing(run: Run) -> None:
    result = run("def test_passes(amlet): amlet.request('GET', 'jobs')", "-rA")
    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("*last requests*")


def test_the_server_is_shared_and_its_workspaces_are_not(run: Run) -> None:
    result = run(
        """
origins = set()

@pytest.mark.parametrize("number", range(3))
def test_server(amlet_server, number):
    origins.add(amlet_server.origin)
    with amlet_server.client() as client:
        assert list(client.jobs.list()) == []
        job = client.jobs.create_or_update(make_sweep())
        assert client.jobs.get(job.name).status == "Completed"
    assert len(origins) == 1

@pytest.mark.amlet(frozen=True)
def test_frozen(amlet_server):
    with amlet_server.client() as client:
        job = client.jobs.create_or_update(make_sweep())
        assert client.jobs.get(job.name).status == "Running"

def test_no_longer_frozen(amlet_server):
    assert not amlet_server.time.is_frozen
"""
    )
    result.assert_outcomes(passed=5)


def test_a_test_may_use_both(run: Run) -> None:
    result = run(
        """
def test_both(amlet, amlet_server):
    assert amlet.origin != amlet_server.origin
    amlet_server.request("GET", "jobs")
    assert not amlet.journal.entries
"""
    )
    result.assert_outcomes(passed=1)


@pytest.mark.slow
def test_a_program_with_the_official_environment_finds_the_server(run: Run) -> None:
    result = run(
        """
import subprocess, sys

PROGRAM = '''
from azure.identity import DefaultAzureCredential
from gateway import MLClient
client = MLClient(DefaultAzureCredential())
print(client.workspace_name, list(client.jobs.list()))
'''

def test_program(amlet_server, amlet_sdk_env):
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == f"{amlet_server.workspace.name} []"
"""
    )
    result.assert_outcomes(passed=1)


@pytest.mark.slow
def test_real_trials_run_where_the_marker_says_so(run: Run) -> None:
    result = run(
        f"""
@pytest.mark.amlet(executor="process")
def test_real(amlet, amlet_client, monkeypatch):
    monkeypatch.setenv("AZUREML_RUN_POLLING_INTERVAL_MIN", "1")
    monkeypatch.setenv("AZUREML_RUN_POLLING_INTERVAL_MAX", "1")
    program = "from gateway.tracking import log_metric; log_metric('accuracy', 1.0)"
    sweep = make_sweep(total=1)
    sweep.trial.command = f'{sys.executable} -c "{{program}}" --lr ${{{{{{{{search_space.lr}}}}}}}}'
    job = amlet_client.jobs.create_or_update(sweep)
    amlet_client.jobs.stream(job.name)
    assert amlet_client.jobs.get(job.name).status == "Completed"
"""
    )
    result.assert_outcomes(passed=1)


def test_the_plugin_can_be_left_out(run: Run) -> None:
    result = run("def test_without(amlet): pass", "-p", "no:amlet")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'amlet' not found*"])


def test_fixtures_and_marker_describe_themselves(run: Run) -> None:
    result = run("", "--fixtures")
    for name in ("", "_client", "_clock", "_faults", "_journal", "_server", "_sdk_env"):
        result.stdout.fnmatch_lines([f"amlet{name} -- *"])
    result.stdout.no_fnmatch_line("*no docstring available*amlet*")
    run("", "--markers").stdout.fnmatch_lines(["@pytest.mark.amlet(seed, project, scenario, executor, *"])


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "2"])
def test_tests_leave_no_thread_and_no_file(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    folder = pytester.mkdir("temp")
    monkeypatch.setenv("TMPDIR", str(folder))
    pytester.makepyfile(
        BEGINNING
        + """
import threading

@pytest.fixture(autouse=True)
def no_thread_left():
    before = set(threading.enumerate())
    yield
    left = set(threading.enumerate()) - before
    assert all(thread.name in ("amlet-ports", "amlet-store-writer") for thread in left), left

@pytest.mark.parametrize("number", range(2))
def test_one(no_thread_left, amlet, amlet_client, amlet_server, number):
    amlet_client.jobs.get(amlet_client.jobs.create_or_update(make_sweep()).name)
    amlet_server.request("GET", "jobs")
"""
    )
    result = pytester.runpytest_subprocess("-n", workers, "-W", "error", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=2)
    assert list(folder.glob("amlet-*")) == []


@pytest.mark.slow
def test_hundreds_of_tests_in_parallel_do_not_disturb_each_other(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        BEGINNING
        + """
@pytest.mark.parametrize("number", range(500))
def test_one_of_many(amlet, amlet_client, number):
    amlet.set_objective(lambda lr: float(number))
    job = amlet_client.jobs.create_or_update(make_sweep(total=2))
    assert amlet_client.jobs.get(job.name).status == "Completed"
    assert len(list(amlet_client.jobs.list())) == 1
    score = amlet.request("GET", f"jobs/{job.name}").json()["properties"]["properties"]["score"]
    assert float(score) == number
"""
    )
    result = pytester.runpytest_subprocess("-n", "2", "-W", "error", "-p", "no:cacheprovider", "-q")
    result.assert_outcomes(passed=500)
