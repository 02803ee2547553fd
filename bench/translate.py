"""CPU time of building and translating jobs, against the official SDK in the same run: `python bench/translate.py`."""

from __future__ import annotations

import argparse
import json
import logging
import tempfile
import warnings
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import yaml
from measure import compare
from rows import Row, add_option, write

import gateway
import gateway.dsl
import gateway.entities
import gateway.sweep


def official_sdk() -> tuple[ModuleType, Callable[[Any], bytes]]:
    """The official SDK and what it does to send a job."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import azure.ai.ml
        import azure.ai.ml.dsl
        import azure.ai.ml.entities
        import azure.ai.ml.sweep
        from azure.ai.ml._restclient.arm_ml_service._utils.model_base import SdkJSONEncoder
    logging.getLogger("azure.ai.ml").setLevel(logging.ERROR)

    class Encoder(SdkJSONEncoder):
        def default(self, o: Any) -> Any:
            """A component as it is registered; only then a pipeline refers to it by its id."""
            return o._to_rest_object() if isinstance(o, azure.ai.ml.entities.Component) else super().default(o)

    def body(job: Any) -> bytes:
        return json.dumps(job._to_rest_object(), cls=Encoder, exclude_readonly=True).encode()

    return azure.ai.ml, body


def ten_parameter_sweep(ml: Any) -> Any:
    """A sweep over ten hyperparameters of every family."""
    s, e = ml.sweep, ml.entities
    return s.SweepJob(
        name="bench",
        display_name="bench",
        experiment_name="bench",
        compute="cpu",
        tags={"team": "a"},
        trial=e.CommandJob(
            command="python train.py --data ${{inputs.data}} --lr ${{search_space.lr}}",
            environment="azureml:sklearn:1",
            code="./src",
            environment_variables={"SEED": "1"},
        ),
        inputs={"data": ml.Input(type="uri_file", path="https://example.com/iris.csv"), "epochs": 10},
        search_space={
            "lr": s.LogUniform(min_value=-6, max_value=-1),
            "momentum": s.Uniform(min_value=0.5, max_value=0.99),
            "batch": s.Choice([16, 32, 64, 128]),
            "layers": s.Randint(upper=8),
            "width": s.QUniform(min_value=8, max_value=512, q=8),
            "decay": s.QLogUniform(min_value=-9, max_value=-3, q=1),
            "noise": s.Normal(mu=0.0, sigma=1.0),
            "jitter": s.QNormal(mu=0.0, sigma=2.0, q=1),
            "scale": s.LogNormal(mu=0.0, sigma=0.5),
            "kernel": s.Choice(["rbf", "linear", "poly"]),
        },
        sampling_algorithm=s.RandomSamplingAlgorithm(seed=42, rule="sobol"),
        objective=s.Objective(goal="maximize", primary_metric="accuracy"),
        early_termination=s.BanditPolicy(slack_factor=0.1, evaluation_interval=2, delay_evaluation=5),
        limits=s.SweepJobLimits(max_total_trials=20, max_concurrent_trials=4, timeout=7200),
    )


def fluent_sweep(ml: Any) -> Any:
    """The same kind of job by calls: a command, called with distributions, then swept."""
    job = ml.command(
        inputs={"kernel": "linear", "penalty": 1.0},
        compute="cpu",
        environment="sklearn:1",
        code="./scripts",
        command="python train.py --kernel ${{inputs.kernel}} --penalty ${{inputs.penalty}}",
        experiment_name="bench",
    )
    called = job(kernel=ml.sweep.Uniform(0.0005, 0.005), penalty=ml.sweep.Uniform(0.9, 0.99))
    return called.sweep(
        sampling_algorithm="random",
        primary_metric="accuracy",
        goal="Maximize",
        max_total_trials=8,
        max_concurrent_trials=4,
        early_termination_policy=ml.sweep.BanditPolicy(slack_factor=0.15, evaluation_interval=1, delay_evaluation=10),
    )


def four_step_pipeline(ml: Any) -> Any:
    """A command twice, a sweep of it and a pipeline within, by `@pipeline`."""
    fit = ml.command(
        name="fit",
        command="python fit.py ${{inputs.data}} ${{inputs.lr}} ${{outputs.model}}",
        environment="azureml:sklearn:1",
        inputs={"data": ml.Input(type="uri_folder"), "lr": 0.1},
        outputs={"model": ml.Output(type="uri_folder")},
    )

    def inner(data, lr=0.5):  # type: ignore[no-untyped-def]
        only = fit(data=data, lr=lr)
        return {"model": only.outputs.model}

    nested = ml.dsl.pipeline(inner)

    def outer(data, lr=0.2):  # type: ignore[no-untyped-def]
        first = fit(data=data, lr=lr)
        second = fit(data=first.outputs.model, lr=0.3)
        swept = fit(data=second.outputs.model, lr=ml.sweep.Uniform(0.1, 0.2)).sweep(
            primary_metric="loss", goal="minimize", max_total_trials=4
        )
        last = nested(data=swept.outputs.model)
        return {"model": last.outputs.model}

    return ml.dsl.pipeline(outer, default_compute="cpu")(data=ml.Input(type="uri_folder", path="azureml:raw:1"))


def sweep_file(folder: Path, ml: Any) -> Path:
    """The ten-parameter sweep as a file, with the folder of its code."""
    (folder / "src").mkdir()
    job = ten_parameter_sweep(ml)
    job.trial.code = str(folder / "src")
    job.dump(folder / "sweep.yml")
    return folder / "sweep.yml"


def main() -> None:
    """Print the ratio of each row of the table of targets."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_option(parser)
    file = parser.parse_args().json
    with tempfile.TemporaryDirectory() as folder:
        write(report(Path(folder)), file)


def report(folder: Path) -> list[Row]:
    """The same, with a folder to write to."""
    theirs, their_body = official_sdk()
    ours = SimpleNamespace(
        sweep=gateway.sweep,
        entities=gateway.entities,
        dsl=gateway.dsl,
        Input=gateway.Input,
        Output=gateway.Output,
        command=gateway.command,
    )
    file = sweep_file(folder, ours)
    text = file.read_text(encoding="utf-8")
    rows: list[tuple[str, Callable[[], object], Callable[[], object], float | None, float | None]] = [
        (
            "build a 10-parameter SweepJob, to_arm_json",
            lambda: their_body(ten_parameter_sweep(theirs)),
            lambda: gateway.to_arm_json(ten_parameter_sweep(ours)),
            8,
            12,
        ),
        (
            "the same, json.dumps(to_arm(job))",
            lambda: their_body(ten_parameter_sweep(theirs)),
            lambda: json.dumps(gateway.to_arm(ten_parameter_sweep(ours))),
            7,
            9,
        ),
        ("command(...)(...).sweep(...)", lambda: fluent_sweep(theirs), lambda: fluent_sweep(ours), 20, 60),
        (
            "@pipeline of four steps, to_arm_json",
            lambda: their_body(four_step_pipeline(theirs)),
            lambda: gateway.to_arm_json(four_step_pipeline(ours)),
            8,
            None,
        ),
        ("load_job", lambda: theirs.load_job(file), lambda: gateway.load_job(file), 8, 11),
        (
            "load_job, against libyaml alone",
            lambda: gateway.load_job(file),
            lambda: yaml.load(text, Loader=yaml.CSafeLoader),
            None,
            1.3,
        ),
    ]
    found = []
    for label, slow, fast, must, aim in rows:
        ratio = compare(slow, fast)
        print(f"{label:44} {ratio.slow * 1e6:8.1f} us {ratio.fast * 1e6:8.1f} us {ratio.times:7.1f}x")
        floor = fast is rows[-1][2]
        found.append(Row(label, "libyaml (floor)" if floor else "azure-ai-ml", ratio.times, must, aim, less=floor))
    return found


if __name__ == "__main__":
    main()
