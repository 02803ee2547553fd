"""Pipelines that really run, driven by the unmodified azure-ai-ml on an emulator in a process of its own."""

import json
from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml import Input, MLClient, Output, command, dsl, load_job
from azure.ai.ml.entities import Environment
from azure.ai.ml.exceptions import JobException
from azure.ai.ml.operations import _job_ops_helper
from azure.ai.ml.sweep import Choice
from azure.identity import DefaultAzureCredential

from emulator.server.home import Record
from tests.emulator.clients.conftest import lead

pytestmark = [pytest.mark.oracle, pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

_LOG = """
import json, os, sys, urllib.request
url = os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric"
body = {"run_id": os.environ["MLFLOW_RUN_ID"], "key": "score", "value": float(sys.argv[1]), "step": 0}
headers = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"], "Content-Type": "application/json"}
urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers)).read()
"""
ENVIRONMENT = Environment(image="any")


@pytest.fixture
def client(live: Record, monkeypatch: pytest.MonkeyPatch) -> MLClient:
    """The official client; it polls without its own long pauses."""
    lead(live, monkeypatch)
    monkeypatch.setattr(_job_ops_helper, "_wait_before_polling", lambda _elapsed: 0.2)
    return MLClient(DefaultAzureCredential(), "sub", "group", "ws", enable_telemetry=False)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "code"
    folder.mkdir()
    (folder / "log.py").write_text(_LOG)
    return folder


def step(line: str, **parts: Any) -> Any:
    return command(command=line, environment=ENVIRONMENT, **parts)


def run(client: MLClient, pipeline: Any) -> Any:
    """Submit a pipeline and wait for its end."""
    job = client.jobs.create_or_update(pipeline)
    assert job.status == "Preparing"
    client.jobs.stream(job.name)
    return client.jobs.get(job.name)


def children(client: MLClient, name: str) -> dict[str, Any]:
    return {child.display_name: child for child in client.jobs.list(parent_job_name=name)}


def three_steps(source: Path) -> Any:
    """Prepare, sweep, evaluate."""
    prepare = step(
        "echo prepared-${{inputs.rows}} > ${{outputs.data}}/rows.txt",
        inputs={"rows": Input(type="integer")},
        outputs={"data": Output(type="uri_folder")},
    )
    train = step(
        "cat ${{inputs.data}}/rows.txt && python log.py ${{inputs.x}}"
        " && echo model-${{inputs.x}} > ${{outputs.model}}/m",
        code=str(source),
        inputs={"data": Input(type="uri_folder"), "x": Input(type="number")},
        outputs={"model": Output(type="uri_folder")},
    )
    evaluate = step(
        "cat ${{inputs.model}}/m > ${{outputs.report}}/report.txt; echo $AZUREML_PARAMETER_note",
        inputs={"model": Input(type="uri_folder"), "note": Input(type="string")},
        outputs={"report": Output(type="uri_folder")},
    )

    @dsl.pipeline(default_compute="cpu-cluster")
    def whole(rows: int) -> Any:
        prepared = prepare(rows=rows)
        swept = train(data=prepared.outputs.data, x=Choice([1, 3, 2])).sweep(
            primary_metric="score", goal="maximize", sampling_algorithm="grid"
        )
        swept.set_limits(max_total_trials=3, max_concurrent_trials=2)
        judged = evaluate(model=swept.outputs.model, note="noted it")
        return {"report": judged.outputs.report}

    return whole(rows=7)


def test_a_pipeline_hands_the_best_trial_of_its_sweep_on(client: MLClient, source: Path, tmp_path: Path) -> None:
    job = run(client, three_steps(source))
    assert job.status == "Completed"
    steps = children(client, job.name)
    assert list(steps) == ["prepared", "swept", "judged"]
    trials = {trial.name for trial in client.jobs.list(parent_job_name=steps["swept"].name)}
    assert trials == {f"{steps['swept'].name}_{index}" for index in range(3)}
    client.jobs.download(job.name, download_path=tmp_path / "out", output_name="report")
    assert [file.read_text() for file in (tmp_path / "out").rglob("report.txt")] == ["model-3\n"]


EXAMPLE = Path(__file__).parents[3] / "examples" / "pipeline" / "pipeline.yml"


def test_the_example_hands_on_and_registers_the_best_model(client: MLClient, tmp_path: Path) -> None:
    job = run(client, load_job(EXAMPLE))
    assert job.status == "Completed"
    steps = children(client, job.name)
    client.jobs.download(job.name, download_path=tmp_path / "out", output_name="report")
    (report,) = (tmp_path / "out").rglob("report.json")
    assert json.loads(report.read_text())["learning_rate"] == 0.5
    model = client.models.get("line", version="1")
    assert f"azureml/{steps['train'].name}_2/model" in model.path


def test_a_second_run_is_reused_and_its_outputs_are_downloaded_all_the_same(client: MLClient, tmp_path: Path) -> None:
    step_ = step("echo once > ${{outputs.o}}/f; echo told > outputs/log.txt", outputs={"o": Output(type="uri_folder")})

    @dsl.pipeline(default_compute="cpu-cluster")
    def whole() -> Any:
        return {"o": step_().outputs.o}

    first, second = run(client, whole()), run(client, whole())
    (original,), (reused,) = children(client, first.name).values(), children(client, second.name).values()
    assert reused.properties["azureml.reusedrunid"] == original.name
    client.jobs.download(second.name, download_path=tmp_path / "p", output_name="o")
    assert [file.read_text() for file in (tmp_path / "p").rglob("f")] == ["once\n"]
    client.jobs.download(reused.name, download_path=tmp_path / "s", all=True)
    assert [file.read_text() for file in (tmp_path / "s").rglob("f")] == ["once\n"]


def test_a_failed_step_is_told_by_stream_and_by_its_pipeline(client: MLClient) -> None:
    @dsl.pipeline(default_compute="cpu-cluster")
    def whole() -> None:
        step("exit 4")()

    job = client.jobs.create_or_update(whole())
    with pytest.raises(JobException, match="Pipeline has failed child jobs"):
        client.jobs.stream(job.name)
