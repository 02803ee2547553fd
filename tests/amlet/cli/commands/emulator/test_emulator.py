"""`amlet emulator ...` and `amlet run`, with real processes."""

from __future__ import annotations

import json
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gateway import MLClient
from gateway.transport.replay import ReplayTransport
from tests.amlet.cli.processes import Processes

Amlet = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def amlet(home: Path) -> Iterator[Amlet]:
    """Runs the command as a user does; what it leaves running is stopped at the end."""
    run = Processes(home, target="")
    yield run
    run("emulator", "stop", "--all")


@pytest.mark.slow
def test_an_emulator_lives_from_start_to_reset(amlet: Amlet, home: Path) -> None:
    started = amlet("emulator", "start", "--detach")
    assert started.returncode == 0, started.stderr
    [status] = json.loads(amlet("emulator", "status").stdout)
    assert status["state_dir"] == str(home / "home" / "state")
    assert status["origin"] in started.stderr

    env = json.loads(amlet("emulator", "env", "--format", "json").stdout)
    trusted = ssl.create_default_context(cafile=env["REQUESTS_CA_BUNDLE"])
    with urllib.request.urlopen(env["ARM_CLOUD_METADATA_URL"], context=trusted) as answer:
        [cloud] = json.load(answer)
    assert (cloud["name"], cloud["resourceManager"]) == (env["AZUREML_CURRENT_CLOUD"], status["origin"] + "/")

    assert json.loads(amlet("job", "list", "--emulator").stdout) == []
    refused = amlet("emulator", "reset", "--yes")
    assert (refused.returncode, "stop it first" in refused.stderr) == (5, True)
    assert amlet("emulator", "stop").returncode == 0
    assert amlet("emulator", "stop").returncode == 6
    unsure = amlet("emulator", "reset")
    assert (unsure.returncode, "--yes" in unsure.stderr) == (2, True)
    assert amlet("emulator", "reset", "--yes").returncode == 0
    assert not (home / "home" / "state" / "amlet.db").exists()


@pytest.mark.slow
def test_what_is_asked_of_the_service_is_recorded_and_can_be_replayed(amlet: Amlet, home: Path) -> None:
    cassette = home / "session.cassette.json"
    assert amlet("emulator", "start", "--detach").returncode == 0
    for _ in range(2):
        listed = amlet("--record", "session.cassette.json", "job", "list", "--emulator")
        assert (listed.returncode, json.loads(listed.stdout)) == (0, []), listed.stderr
    amlet("emulator", "stop")

    text = cassette.read_text()
    assert text.count('"request"') == 2
    assert "eyJ" not in text
    replay = ReplayTransport.open(cassette)
    client = MLClient(replay.credential, "s", "g", "w", base_url=replay.base_url, transport=replay)
    assert list(client.jobs.list()) == list(client.jobs.list()) == []
    assert replay.unserved == []
    again = amlet("job", "list", "--emulator", AMLET_REPLAY=str(cassette))
    assert (again.returncode, json.loads(again.stdout)) == (0, [])
    assert again.stderr == f"Target: the recording {cassette}, by AMLET_REPLAY; no service is asked\n"


@pytest.mark.slow
def test_run_gives_a_command_an_emulator_for_as_long_as_it_takes(amlet: Amlet) -> None:
    code = "import os, sys; print(os.environ['AZUREML_CURRENT_CLOUD'], os.environ['NO_PROXY']); sys.exit(7)"
    ran = amlet("run", "--", sys.executable, "-c", code)
    assert ran.returncode == 7, ran.stderr
    assert ran.stdout == "AzureLocal 127.0.0.1,localhost\n"
    assert ran.stderr.startswith("Target: emulator https://127.0.0.1:")
    assert json.loads(amlet("emulator", "status").stdout) == []


_CLIENT = """
from gateway import MLClient
print(MLClient().workspace_name, MLClient.from_config().workspace_name, MLClient.emulator().workspace_name)
print([list(client.jobs.list()) for client in (MLClient(), MLClient.from_config(), MLClient.emulator())])
"""


@pytest.mark.slow
def test_clients_in_python_use_the_emulator_of_run_without_being_told(amlet: Amlet, home: Path) -> None:
    ran = amlet("run", "--state-dir", str(home / "other"), "--", sys.executable, "-c", _CLIENT)
    assert (ran.returncode, ran.stdout) == (0, "amlet amlet amlet\n[[], [], []]\n"), ran.stderr


_SIGN_IN = """
import os, sys
from azure.identity import ClientSecretCredential, EnvironmentCredential
credential = EnvironmentCredential() if sys.argv[1] == "env" else ClientSecretCredential("t", "c", sys.argv[1])
print(credential.get_token("https://management.azure.com/.default").token.count("."))
"""


@pytest.mark.slow
def test_run_sets_the_emulators_own_secret_over_whatever_stood_there(amlet: Amlet) -> None:
    before = {"AZURE_CLIENT_ID": "mine", "AZURE_TENANT_ID": "mine", "AZURE_CLIENT_SECRET": "mine"}
    ran = amlet("run", "--", sys.executable, "-c", _SIGN_IN, "env", **before)
    assert (ran.returncode, ran.stdout) == (0, "2\n"), ran.stderr


@pytest.mark.slow
def test_a_secret_of_ones_own_signs_in_where_run_is_told_so(amlet: Amlet) -> None:
    refused = amlet("run", "--", sys.executable, "-c", _SIGN_IN, "mine")
    assert "AADSTS7000215" in refused.stderr
    assert "client_secret: any" in refused.stderr
    ran = amlet("run", "--client-secret", "any", "--", sys.executable, "-c", _SIGN_IN, "mine")
    assert (ran.returncode, ran.stdout) == (0, "2\n"), ran.stderr


@pytest.mark.slow
def test_run_does_not_change_which_secrets_an_emulator_takes_that_runs(amlet: Amlet) -> None:
    amlet("emulator", "start", "--detach")
    ran = amlet("run", "--client-secret", "any", "--", "true")
    amlet("emulator", "stop")
    assert (ran.returncode, "runs already, with client_secret: own" in ran.stderr) == (2, True)


@pytest.mark.slow
def test_run_takes_a_project_file_for_the_emulator_that_it_starts(amlet: Amlet, tmp_path: Path) -> None:
    (tmp_path / "w.yml").write_text(
        "workspaces: [{subscription: s, resource_group: g, name: w}]\nstrict: [workspaces]\n"
    )
    code = (
        "from azure.identity import DefaultAzureCredential as C; from gateway import MLClient;"
        "print([len(list(MLClient(C(), 's', 'g', 'w').jobs.list()))]); MLClient(C(), 's', 'g', 'x').jobs.get('j')"
    )
    ran = amlet("run", "--project", str(tmp_path / "w.yml"), "--", sys.executable, "-c", code)
    assert ran.stdout == "[0]\n", ran.stderr
    assert "workspaces/x' under resource group 'g' was not found" in ran.stderr


@pytest.mark.slow
def test_run_does_not_change_the_project_of_an_emulator_that_runs(amlet: Amlet) -> None:
    amlet("emulator", "start", "--detach")
    ran = amlet("run", "--project", "none", "--", "true")
    amlet("emulator", "stop")
    assert (ran.returncode, "runs already, with its own project file" in ran.stderr) == (2, True)


@pytest.mark.slow
def test_a_setting_that_is_none_is_refused(amlet: Amlet) -> None:
    ran = amlet("emulator", "start", "--setting", "page_sise=3")
    assert ran.returncode == 2
    assert "did you mean 'page_size'" in ran.stderr


@pytest.mark.slow
def test_the_demo_finds_the_optimum_of_the_parabola(amlet: Amlet) -> None:
    example = Path(__file__).parents[5] / "examples" / "quadratic" / "sweep.yml"
    ran = amlet(
        *("job", "create", "-f", str(example), "--emulator", "--stream", "--python", sys.executable),
        *("--set", "limits.max_total_trials=6", "--set", "inputs.steps=3"),
    )
    assert ran.returncode == 0, ran.stderr
    job = json.loads(ran.stdout)
    assert (job["status"], job["limits"]["max_total_trials"]) == ("Completed", 6)
    lines = ran.stderr.splitlines()
    assert lines[0].startswith("Target: emulator")
    assert f"RunId: {job['name']}" in lines
    assert any(line.startswith("Web View: http://127.0.0.1:") for line in lines)
    assert any("6 Completed" in line for line in lines)

    trials = json.loads(amlet("job", "list", "-p", job["name"], "--emulator").stdout)
    assert {trial["status"] for trial in trials} == {"Completed"}
    [best] = [line.removeprefix("Best trial: ") for line in lines if line.startswith("Best trial: ")]
    assert best in {trial["name"] for trial in trials}
    folder = Path(job["name"])
    fetched = amlet("job", "download", job["name"], "--emulator", "-p", str(folder)).stdout.split()
    log = next(Path(path) for path in fetched if path.endswith("artifacts/user_logs/std_log.txt"))
    assert log.read_text().startswith("step 0: x=")


@pytest.mark.slow
def test_a_failing_trial_shows_its_exit_code_and_its_last_words(amlet: Amlet, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "bad.py").write_text("import sys\nprint('last words')\nsys.exit(3)\n")
    job = tmp_path / "job.yml"
    job.write_text("type: command\ncode: src\ncommand: python bad.py\nenvironment: azureml:e:1\n")
    ran = amlet("job", "create", "-f", str(job), "--emulator", "--stream", "-n", "bad")
    assert ran.returncode == 3, ran.stderr
    assert "3" in next(line for line in ran.stderr.splitlines() if line.startswith("bad failed: "))
    assert "  | last words" in ran.stderr
    assert "  | last words" in amlet("job", "show", "bad", "--emulator").stderr


SCRIPT = """
from pathlib import Path
from azure.identity import DefaultAzureCredential
from gateway import Input, MLClient, Output, command

client = MLClient(DefaultAzureCredential(), "sub", "group", "workspace")
job = client.jobs.create_or_update(
    command(
        command="cat ${{inputs.d}}/d.csv; echo kept > ${{outputs.o}}/out.txt",
        environment="azureml:e:1",
        inputs={"d": Input(type="uri_folder", path="data")},
        outputs={"o": Output(type="uri_folder")},
    )
)
client.jobs.stream(job.name)
client.jobs.download(job.name, download_path="fetched", all=True)
print(Path("fetched/artifacts/user_logs/std_log.txt").read_text())
print(Path("fetched/named-outputs/o/out.txt").read_text(), [found.name for found in client.jobs.list()] == [job.name])
"""


@pytest.mark.slow
def test_a_script_with_mlclient_needs_nothing_but_the_environment(amlet: Amlet, home: Path) -> None:
    (home / "data").mkdir()
    (home / "data" / "d.csv").write_text("1,2,3\n")
    (home / "script.py").write_text(SCRIPT)
    ran = amlet("run", "--", sys.executable, "script.py")
    assert ran.returncode == 0, ran.stderr
    assert "Execution Summary" in ran.stdout
    assert "\n1,2,3\n" in ran.stdout
    assert ran.stdout.endswith("\nkept\n True\n")
