"""`amlet job ...`: what is sent, what is printed where, and the exit codes."""

from __future__ import annotations

import json
import re
import sys

import pytest

from gateway.transport.messages import Request, Response

SWEEP_STATE = {
    "jobType": "Sweep",
    "objective": {"goal": "Minimize", "primaryMetric": "loss"},
    "searchSpace": {"x": ["uniform", [0, 1]]},
    "samplingAlgorithm": {"samplingAlgorithmType": "Random"},
    "limits": {"jobLimitsType": "Sweep", "maxTotalTrials": 2},
    "trial": {"command": "true", "environmentId": "e:1"},
}


def test_create_submits_and_prints_only_the_job_on_stdout(amlet, emulator, sweep) -> None:
    ran = amlet("job", "create", "-f", sweep, "--emulator", "-n", "mine", "--python", sys.executable)
    assert ran.code == 0
    assert json.loads(ran.out)["name"] == "mine"
    assert ran.err.splitlines()[0].startswith("Target: emulator (not running), state directory ")
    body = emulator.documents["mine"]["properties"]
    assert body["limits"]["maxTotalTrials"] == 4
    assert body["trial"]["codeId"] == "/codes/known"


def test_the_chosen_python_is_said_once_and_sent_along(amlet, emulator, sweep) -> None:
    ran = amlet("job", "create", "-f", sweep, "--emulator", "--python", sys.executable)
    assert ran.err.count(f"Trials run with {sys.executable} (--python)") == 1
    [put] = [request for request in emulator.asked if request.method == "PUT"]
    assert put.headers["x-amlet-python"] == sys.executable


def test_a_name_can_be_captured_by_a_script(amlet, emulator, sweep) -> None:
    ran = amlet("job", "create", "-f", sweep, "--emulator", "--query", "name", "-o", "tsv")
    assert [ran.out.strip()] == list(emulator.documents)


def test_fields_can_be_replaced(amlet, emulator, sweep) -> None:
    amlet(
        *("job", "create", "-f", sweep, "--emulator", "-n", "j", "--set", "limits.max_total_trials=7"),
        "search_space.x.max_value=2",
    )
    properties = emulator.documents["j"]["properties"]
    assert properties["limits"]["maxTotalTrials"] == 7
    assert properties["searchSpace"] == {"x": ["uniform", [0, 2]]}


def test_without_a_target_a_verb_refuses_and_says_how_to_choose(amlet, sweep) -> None:
    ran = amlet("job", "create", "-f", sweep)
    assert ran.code == 2
    assert ran.out == ""
    assert "give --emulator, or name a workspace" in ran.err


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("goal: minimize", "goal: up", "objective.goal"),
        ("search_space.x}}", "search_space.y}}", "search_space.y"),
        ("limits: {max_total_trials: 4}", "limitz: {}", "limitz"),
        ("  environment: azureml:e:1\n", "", "environment"),
    ],
)
def test_a_bad_file_is_refused_before_anything_is_sent(amlet, emulator, sweep, before, after, said) -> None:
    text = sweep.read_text()
    assert before in text
    sweep.write_text(text.replace(before, after))
    ran = amlet("job", "create", "-f", sweep, "--emulator")
    assert ran.code == 5
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert [request for request in emulator.asked if request.method != "GET"] == []


def test_a_missing_file_is_named(amlet, emulator) -> None:
    ran = amlet("job", "create", "-f", "nowhere.yml", "--emulator")
    assert ran.code == 5
    assert "nowhere.yml" in ran.err


def test_an_empty_code_folder_is_refused(amlet, emulator, sweep) -> None:
    (sweep.parent / "src" / "train.py").unlink()
    ran = amlet("job", "create", "-f", sweep, "--emulator")
    assert ran.code == 5
    assert "src is empty. Name a folder with the code" in ran.err
    assert re.search(r"\.ya?ml:\d+: error CodeNotFound", ran.err)
    assert emulator.documents == {}


@pytest.mark.parametrize(("status", "code"), [("Completed", 0), ("Failed", 3), ("Canceled", 4)])
def test_the_exit_code_of_a_followed_job_tells_how_it_ended(amlet, emulator, status: str, code: int) -> None:
    emulator.put_job("j", status)
    emulator.details = [{"status": "Running"}, {"status": status}]
    ran = amlet("job", "stream", "j", "--emulator")
    assert ran.code == code
    assert ran.out.startswith("RunId: j\nWeb View: https://studio/j\n")
    assert f"Status: {status}" in ran.err


def test_a_sweep_ends_with_its_best_trial(amlet, emulator) -> None:
    notes = {"best_child_run_id": "s_1", "score": "0.25"}
    emulator.put_job("s", "Completed", **SWEEP_STATE, tags={"s_1": '{"x": 0.5}'}, properties=notes)
    emulator.children = [{"runId": "s_1", "status": "Completed"}]
    emulator.details = [{"status": "Running"}, {"status": "Running"}, {"status": "Completed"}]
    ran = amlet("job", "stream", "-n", "s", "--emulator")
    assert ran.code == 0
    assert ran.err.count("trials 1 of 2: 1 Completed; best loss 0.25 (s_1)") == 1
    assert ran.err.endswith("Best trial: s_1\n  loss = 0.25 (minimize)\n  x=0.5\n")


def test_a_metric_that_was_never_logged_is_explained(amlet, emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator.put_job("s", "Completed", **SWEEP_STATE)
    emulator.children = [{"runId": "s_0", "status": "Completed", "experimentId": "e"}]
    metrics = [{"key": "accuracy", "value": 1}, {"key": "Loss", "value": 1}]
    runs = {"runs": [{"info": {"run_id": "s_0"}, "data": {"metrics": metrics}}]}
    answer = emulator._answer
    monkeypatch.setattr(emulator, "_answer", lambda r, p, b: runs if r.method == "POST" else answer(r, p, b))
    ran = amlet("job", "show", "-n", "s", "--emulator")
    assert "No trial logged the primary metric 'loss'; logged were Loss, accuracy." in ran.err


def test_show_explains_a_failure_with_the_end_of_the_log(amlet, emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator.put_job("j", "Failed")
    error = {"error": {"code": "UserError", "message": "The command exited with code 3."}}
    emulator.details = [
        {"status": "Failed", "error": error, "logFiles": {"user_logs/std_log.txt": "https://127.0.0.1/log"}}
    ]
    answer = emulator._answer
    log = "\n".join(f"line {number}" for number in range(40))
    monkeypatch.setattr("gateway.operations.stream.last_lines", lambda url, count: _lines(log, count))
    monkeypatch.setattr(emulator, "_answer", answer)
    ran = amlet("job", "show", "-n", "j", "--emulator")
    assert json.loads(ran.out)["status"] == "Failed"
    assert "exited with code 3" in ran.err
    assert "| line 20\n" in ran.err
    assert "| line 19\n" not in ran.err


def _lines(text: str, count: int):
    yield from ()
    return text.splitlines()[-count:]


def test_a_missing_job_is_refused_without_a_traceback(amlet, emulator) -> None:
    ran = amlet("job", "show", "-n", "ghost", "--emulator")
    assert ran.code == 5
    assert "amlet: (UserError) Job ghost not found." in ran.err.splitlines()
    assert "Traceback" not in ran.err


def test_list_prints_what_az_prints(amlet, emulator) -> None:
    emulator.put_job("a", "Completed", displayName="A")
    emulator.put_job("b", "Running")
    listed = json.loads(amlet("job", "list", "--emulator", "-r", "1").out)
    assert [(job["name"], job["display_name"], job["status"]) for job in listed] == [("a", "A", "Completed")]
    assert json.loads(amlet("job", "list", "--emulator", "--raw").out)[1]["properties"]["jobType"] == "Command"
    table = amlet("job", "list", "--emulator", "-o", "table").out.splitlines()
    assert table[0].split() == ["name", "display_name", "type", "status", "experiment_name"]
    assert table[3].split()[:3] == ["b", "command", "Running"]


def test_which_job_has_to_be_said(amlet, emulator) -> None:
    ran = amlet("job", "cancel", "--emulator")
    assert ran.code == 2
    assert "give NAME or -n NAME" in ran.err


@pytest.mark.parametrize("verb", ["cancel", "archive", "restore", "delete", "stream", "download"])
def test_a_verb_without_data_takes_the_output_options_too_as_in_az(amlet, emulator, verb: str) -> None:
    ran = amlet("job", verb, "--emulator", "-o", "none", "--query", "name")
    assert ran.code == 2
    assert "which job?" in ran.err or "repeat with --yes" in ran.err


def test_delete_asks_or_needs_yes(amlet, emulator) -> None:
    ran = amlet("job", "delete", "j", "--emulator")
    assert ran.code == 2
    assert "--yes" in ran.err


def test_ctrl_c_leaves_the_job_and_says_how_to_go_on(amlet, emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    emulator.put_job("j", "Running")
    answer = emulator._answer

    def interrupted(request, path, body):
        if path.endswith("/details"):
            raise KeyboardInterrupt
        return answer(request, path, body)

    monkeypatch.setattr(emulator, "_answer", interrupted)
    ran = amlet("job", "stream", "j", "--emulator")
    assert ran.code == 130
    assert "job j goes on" in ran.err
    assert "amlet job stream -n j --emulator" in ran.err
    assert not [request for request in emulator.asked if "cancel" in request.url]


def test_an_interrupted_upload_says_what_to_repeat(amlet, emulator, sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    send = emulator.send

    def interrupted(request: Request) -> Response:
        if "/codes/" in request.url:
            raise KeyboardInterrupt
        return send(request)  # type: ignore[no-any-return]

    monkeypatch.setattr(emulator, "send", interrupted)
    ran = amlet("job", "create", "-f", sweep, "--emulator")
    assert ran.code == 130
    assert "the same command uploads what is missing and submits the job" in ran.err
    assert "amlet job list -r 5 --emulator" in ran.err
    assert emulator.documents == {}


def test_what_may_change_of_a_job_is_changed(amlet, emulator) -> None:
    emulator.put_job("j", "Completed", experimentName="x")
    sent: list[tuple[str, object]] = []
    answer = emulator._answer

    def patched(request: Request, path: str, body: object) -> object:
        if request.method == "PATCH":
            sent.append((path, body))
            return {"ok": True}
        return answer(request, path, body)

    emulator._answer = patched
    ran = amlet(
        "job", "update", "j", "--emulator", "--set", "tags.a=1=2", "--set", "display_name=new", "--query", "name"
    )
    assert (ran.code, ran.out) == (0, '"j"\n')
    assert [body for _, body in sent] == [{"displayName": "new", "tags": {"a": "1=2"}}]


@pytest.mark.parametrize("change", ["compute=x", "tags=1", "tags.=1", "description"])
def test_what_may_not_change_is_refused(amlet, emulator, change: str) -> None:
    ran = amlet("job", "update", "j", "--emulator", "--set", change)
    assert ran.code == 2
    assert "can change" in ran.err
    assert emulator.asked == []
