"""The pages as a client without scripts gets them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from contracts.studio import experiment_url, job_url, workspace_url
from emulator.services.context import Emulator
from emulator.storage import jobs, labels, trials
from emulator.studio.job_facts import command_with_values, name_of
from tests.emulator.studio import states
from tests.emulator.studio.states import HOSTILE, WORKSPACE

Get = Callable[..., httpx.Response]
Url = Callable[..., str]


@pytest.fixture
def sweep(emulator: Emulator) -> None:
    states.write(emulator.store, states.sweep, "calm_fox", 1000.0, trials=6)


def artifacts(emulator: Emulator, name: str) -> Path:
    return emulator.place.run_artifacts(WORKSPACE, name)


def test_the_page_of_a_sweep_names_its_best_trial_and_the_parameters_of_it(sweep: None, get: Get, url_of: Url) -> None:
    answer = get(url_of("calm_fox"))
    assert answer.status_code == 200
    assert 'tr class="best"' in answer.text
    assert "batch_size" in answer.text
    assert "maximize" in answer.text


def test_the_page_of_a_trial_leads_back_to_its_sweep(sweep: None, get: Get, url_of: Url) -> None:
    assert 'href="/runs/calm_fox?wsid=' in get(url_of("calm_fox_0")).text


def test_the_page_of_a_trial_shows_the_runs_below_it_and_theirs_lead_back(
    sweep: None, emulator: Emulator, get: Get, url_of: Url
) -> None:
    trial = jobs.find(emulator.store.reader(), WORKSPACE, "calm_fox_0")
    assert trial is not None
    body = {"jobType": "Command", "command": None}
    states.write(emulator.store, states.job, "fold_1", 1100.0, type="Command", parent=trial.id, body=body)
    assert 'href="/runs/fold_1?wsid=' in get(url_of("calm_fox_0")).text
    for tab in ("overview", "why", "timeline"):
        assert 'href="/runs/calm_fox_0?wsid=' in get(url_of("fold_1", f"&tab={tab}")).text


@pytest.mark.parametrize(
    "tab", ["trials", "charts", "parameters", "why", "logs", "outputs", "timeline", "definition", "nonsense"]
)
def test_every_tab_of_a_sweep_opens(sweep: None, get: Get, url_of: Url, tab: str) -> None:
    assert get(url_of("calm_fox", f"&tab={tab}")).status_code == 200


@pytest.mark.parametrize("tab", ["metrics", "why", "logs", "outputs", "timeline", "definition"])
def test_every_tab_of_a_trial_opens(sweep: None, get: Get, url_of: Url, tab: str) -> None:
    assert get(url_of("calm_fox_1", f"&tab={tab}")).status_code == 200


def test_a_page_without_its_key_is_refused_with_the_way_to_get_it(sweep: None, get: Get) -> None:
    answer = get(job_url("", WORKSPACE, "calm_fox"))
    assert answer.status_code == 403
    assert "amlet job show NAME --emulator --web" in answer.text


def test_the_first_page_leaves_a_cookie_that_opens_the_next(sweep: None, get: Get, url_of: Url) -> None:
    cookie = get(url_of("calm_fox")).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    second = get(job_url("", WORKSPACE, "calm_fox"), headers={"cookie": cookie.split(";")[0]})
    assert second.status_code == 200


def test_the_cookies_of_two_emulators_and_of_two_schemes_are_different_ones(sweep: None, get: Get, url_of: Url) -> None:
    secure = get(url_of("calm_fox")).headers["set-cookie"]
    plain = get("http://127.0.0.1:8480" + url_of("calm_fox")).headers["set-cookie"]
    assert "Secure" in secure
    assert "Secure" not in plain
    assert secure.partition("=")[0] != plain.partition("=")[0]


def test_the_key_is_in_no_link_of_a_page(sweep: None, emulator: Emulator, get: Get, url_of: Url) -> None:
    home = f"/{workspace_url('', WORKSPACE)}&key={emulator.secrets.page_key}"
    assert emulator.secrets.page_key not in get(url_of("calm_fox")).text
    assert emulator.secrets.page_key not in get(home).text


@pytest.mark.parametrize("tab", ["overview", "why", "timeline", "logs"])
def test_hostile_texts_are_shown_as_text(emulator: Emulator, get: Get, url_of: Url, tab: str) -> None:
    states.write(emulator.store, states.hostile, 1000.0)
    states.log(artifacts(emulator, "hostile"), HOSTILE)
    for name in ("hostile", "hostile_1"):
        answer = get(url_of(name, f"&tab={tab}"))
        assert "<img src=x" not in answer.text
        assert "<script>" not in answer.text
        assert "&lt;img src=x" in answer.text


def test_a_page_allows_nothing_inline_and_nothing_from_elsewhere(sweep: None, get: Get, url_of: Url) -> None:
    policy = get(url_of("calm_fox", "&tab=charts")).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_a_log_is_served_whole_as_plain_text(sweep: None, emulator: Emulator, get: Get, url_of: Url) -> None:
    states.log(artifacts(emulator, "calm_fox"), "<b>epoch 1 done\n")
    answer = get(url_of("calm_fox").replace("/calm_fox?", "/calm_fox/files/user_logs/std_log.txt?"))
    assert answer.text == "<b>epoch 1 done\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_an_output_is_to_be_saved_and_not_shown(sweep: None, emulator: Emulator, get: Get, url_of: Url) -> None:
    states.log(artifacts(emulator, "calm_fox"), "<script>", "outputs/page.html")
    answer = get(url_of("calm_fox").replace("/calm_fox?", "/calm_fox/files/outputs/page.html?"))
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret", "outputs/%00", "link", "no/such"])
def test_no_file_outside_the_run_is_served(
    sweep: None, emulator: Emulator, get: Get, url_of: Url, tmp_path: Path, path: str
) -> None:
    (tmp_path / "secret").write_text("x")
    states.log(artifacts(emulator, "calm_fox"), "x")
    (artifacts(emulator, "calm_fox") / "link").symlink_to(tmp_path / "secret")
    assert get(url_of("calm_fox").replace("/calm_fox?", f"/calm_fox/files/{path}?")).status_code == 404


def test_the_download_of_a_sweep_has_the_files_of_its_trials(
    sweep: None, emulator: Emulator, get: Get, url_of: Url
) -> None:
    states.log(artifacts(emulator, "calm_fox"), "started\n", "azureml-logs/hyperdrive.txt")
    states.log(artifacts(emulator, "calm_fox_2"), "weights" * 1000, "outputs/model.bin")
    answer = get(url_of("calm_fox").replace("/calm_fox?", "/calm_fox/download?"))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["calm_fox/azureml-logs/hyperdrive.txt", "calm_fox_2/outputs/model.bin"]
        assert archive.read("calm_fox_2/outputs/model.bin") == b"weights" * 1000


def test_the_home_page_lists_the_jobs_of_its_workspace_and_not_their_trials(
    sweep: None, emulator: Emulator, get: Get
) -> None:
    answer = get(f"/{workspace_url('', WORKSPACE)}&key={emulator.secrets.page_key}")
    assert answer.text.count('class="name" href="/runs/') == 1


def test_an_empty_workspace_says_how_to_begin(emulator: Emulator, get: Get) -> None:
    answer = get(f"/{workspace_url('', WORKSPACE)}&key={emulator.secrets.page_key}")
    assert "amlet job create -f sweep.yml --emulator" in answer.text


def test_older_studio_addresses_lead_to_the_same_pages(sweep: None, emulator: Emulator, get: Get, url_of: Url) -> None:
    key = f"&key={emulator.secrets.page_key}"
    of_experiment = experiment_url("", WORKSPACE, "resnet-tuning")
    assert "calm_fox" in get(of_experiment + key).text
    legacy = of_experiment.replace("resnet-tuning?", "resnet-tuning/runs/calm_fox?")
    assert "Best trials" in get(legacy + key).text
    doubled = get("https://127.0.0.1:8443/" + url_of("calm_fox"))
    assert doubled.status_code == 307
    assert doubled.headers["location"].startswith("/runs/calm_fox?wsid=")


def test_an_experiment_is_found_by_its_id(sweep: None, emulator: Emulator, get: Get) -> None:
    (found,) = emulator.store.reader().execute("SELECT id FROM experiments").fetchone()
    address = experiment_url("", WORKSPACE, f"id/{found}") + f"&key={emulator.secrets.page_key}"
    assert get(address).headers["location"] == experiment_url("", WORKSPACE, "resnet-tuning")


def test_an_unknown_job_is_named_in_the_answer(emulator: Emulator, get: Get, url_of: Url) -> None:
    answer = get(url_of("nobody"))
    assert answer.status_code == 404
    assert "Job nobody not found" in answer.text


def test_our_own_files_are_kept_by_browsers_and_small(emulator: Emulator, get: Get, url_of: Url, sweep: None) -> None:
    import gzip
    import re

    found = set(re.findall(r'"(/_amlet/studio/static/[^"]+)"', get(url_of("calm_fox")).text))
    style = next(address for address in found if address.endswith("studio.css"))
    answer = get(style)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert get(style.replace("studio.css", "none.css")).status_code == 404
    folder = Path(__file__).parents[3] / "emulator" / "studio" / "static"
    assert sum(len(gzip.compress(file.read_bytes())) for file in folder.iterdir()) < 60_000


def test_plotly_comes_from_its_package_and_is_kept_for_good(
    emulator: Emulator, get: Get, url_of: Url, sweep: None
) -> None:
    page = get(url_of("calm_fox", "&tab=charts")).text
    address = page.partition('data-plotly="')[2].partition('"')[0]
    answer = get(address)
    assert "Plotly" in answer.text[:400]
    assert "immutable" in answer.headers["cache-control"]


def test_a_sweep_that_failed_shows_the_trial_that_failed_first_and_leads_to_its_log(
    sweep: None, emulator: Emulator, get: Get, url_of: Url
) -> None:
    found = jobs.find(emulator.store.reader(), WORKSPACE, "calm_fox")
    assert found is not None
    states.write(emulator.store, jobs.set_error, found.id, {"code": "UserError", "message": "children failed"})
    page = get(url_of("calm_fox")).text
    failed = next(row for row in trials.rows(emulator.store.reader(), found.id) if row.status == "Failed")
    assert "CUDA out of memory" in page
    assert f"/runs/{failed.name}?" in page


def test_the_numbers_of_trials_lead_to_these_trials(sweep: None, get: Get, url_of: Url) -> None:
    assert "&tab=trials&filter=status%3DFailed" in get(url_of("calm_fox")).text


def test_pictures_among_the_outputs_are_shown(sweep: None, emulator: Emulator, get: Get, url_of: Url) -> None:
    states.log(artifacts(emulator, "calm_fox_1"), "x", 'outputs/a "plot".png')
    states.log(artifacts(emulator, "calm_fox_1"), "x", "outputs/page.svg")
    page = get(url_of("calm_fox_1", "&tab=outputs")).text
    assert page.count('<img src="/runs/calm_fox_1/files/outputs/') == 1
    assert "a%20%22plot%22.png" in page


def test_the_address_that_mlflow_prints_has_a_page_without_data_that_needs_no_key(get: Get) -> None:
    asked = get(f"/mlflow/v1.0{WORKSPACE}/")
    assert asked.status_code == 200
    assert "mlflow_link.js" in asked.text
    assert 'data-home="/?wsid=/subscriptions/' in asked.text
    assert get(f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow/runs/search", method="POST").status_code == 401


def test_the_page_of_a_trial_has_its_command_with_values_and_leads_to_the_trials_beside_it(
    sweep: None, emulator: Emulator, get: Get, url_of: Url
) -> None:
    page = get(url_of("calm_fox_1")).text
    trial = jobs.find(emulator.store.reader(), WORKSPACE, "calm_fox_1")
    assert trial is not None
    assert trial.parameters is not None
    assert f"python train.py --lr {trial.parameters['lr']} --batch-size {trial.parameters['batch_size']}" in page
    assert 'rel="prev" href="/runs/calm_fox_0?' in page
    assert 'rel="next" href="/runs/calm_fox_2?' in page
    assert 'rel="next"' not in get(url_of("calm_fox_5")).text


def test_parameters_that_the_code_logged_are_shown(sweep: None, emulator: Emulator, get: Get, url_of: Url) -> None:
    trial = jobs.find(emulator.store.reader(), WORKSPACE, "calm_fox_1")
    assert trial is not None
    states.write(emulator.store, labels.merge, trial.id, "param", {"max_depth": "7"})
    assert "<dt><code>max_depth</code></dt><dd>7</dd>" in get(url_of("calm_fox_1")).text


def test_a_label_in_place_of_a_version_is_shown_after_the_name() -> None:
    assert name_of("azureml://registries/r/environments/sk/labels/latest") == "sk@latest"
    assert name_of("azureml://registries/r/environments/sk/versions/3") == "sk:3"


def test_a_value_that_a_shell_would_take_apart_is_quoted_in_the_command_and_data_keep_their_binding() -> None:
    body = {"inputs": {"note": {"value": "a b"}, "data": {"uri": "azureml://x"}}}
    command = "t.py ${{search_space.n}} ${{inputs.note}} ${{inputs.data}}"
    assert command_with_values(command, body, {"n": 65.0}) == "t.py 65 'a b' ${{inputs.data}}"


def test_every_control_of_the_charts_has_a_label_that_names_no_other(sweep: None, get: Get, url_of: Url) -> None:
    page = get(url_of("calm_fox", "&tab=charts")).text
    labels_of_selects = [text.strip().lower() for text in re.findall(r"<label>([^<]+)<select", page)]
    assert len(labels_of_selects) == 7
    assert not [one for one in labels_of_selects for other in labels_of_selects if one != other and one in other]
