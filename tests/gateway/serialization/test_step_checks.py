"""What is found wrong with a pipeline before anything is sent, each with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway import Input, command, dsl, load_job, to_arm
from gateway.exceptions import ValidationException
from gateway.export.python import python
from gateway.operations.submit import refuse
from gateway.sweep import Choice, Uniform

COMPONENT = """
name: fit
type: command
inputs: {data: {type: uri_folder}, lr: {type: number, default: 0.1}}
outputs: {model: {type: uri_folder}}
environment: azureml:base:1
command: python fit.py ${{inputs.data}} ${{inputs.lr}} ${{outputs.model}}
"""
INLINE_TRIAL = """\
    type: sweep
    trial: {command: 'python fit.py ${{inputs.data}}', environment: azureml:base:1}
    search_space: {lr: {type: uniform, min_value: 0, max_value: 1}}
    objective: {goal: minimize, primary_metric: loss}
    limits: {max_total_trials: 2}
"""
LS = "    command: ls\n    environment: azureml:base:1\n"


def found(tmp_path: Path, text: str) -> list[str]:
    """Findings as code and line."""
    (tmp_path / "fit.yml").write_text(COMPONENT)
    file = tmp_path / "pipeline.yml"
    file.write_text(text)
    return [f"{one.finding.code}:{one.line}" for one in load_job(file).validate()]


def test_a_sound_pipeline_has_no_findings(tmp_path: Path) -> None:
    assert not found(
        tmp_path,
        "type: pipeline\nsettings: {default_compute: cpu}\ninputs:\n  raw: {type: uri_folder, path: azureml:raw:1}\n"
        "jobs:\n  fit:\n    component: ./fit.yml\n    inputs:\n      data: ${{parent.inputs.raw}}\n",
    )


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("    component: ./fit.yml\n", "RequiredInput"),
        ("    component: ./fit.yml\n    inputs:\n      data: ${{parent.inputs.rwa}}\n", "UnknownBinding"),
        ("    component: ./fit.yml\n    inputs:\n      data: ${{parent.jobs.other.outputs.modle}}\n", "UnknownOutput"),
        ("    component: ./fit.yml\n    inputs:\n      data: ${{parent.jobs.nobody.outputs.model}}\n", "UnknownStep"),
        ("    component: ./fit.yml\n    inputs:\n      data: ${{parent.jobs.fit.outputs.model}}\n", "Cycle"),
        (
            INLINE_TRIAL,
            "TrialWithoutInterface",
        ),
        ("    command: ls\n    environment: azureml:base:1\n    code: ./nowhere\n", "CodeNotFound"),
        ("    component: ./fit.yml\n    inputs:\n      data: a/${{parent.inputs.no}}\n", "UnknownBinding"),
        (
            "    command: ls\n    environment: azureml:base:1\n  other: {command: ls, environment: azureml:base:1}\n",
            "RepeatedStep",
        ),
    ],
)
def test_a_mistake_of_a_step_is_found_in_the_lines_of_the_step(tmp_path: Path, step: str, expected: str) -> None:
    text = (
        "type: pipeline\nsettings: {default_compute: cpu}\ninputs:\n  raw: {type: uri_folder, path: azureml:raw:1}\n"
        "jobs:\n  other:\n    component: ./fit.yml\n    inputs:\n      data: ${{parent.inputs.raw}}\n"
        f"  fit:\n{step}"
    )
    codes = found(tmp_path, text)
    assert [one.partition(":")[0] for one in codes] == [expected]
    assert int(codes[0].partition(":")[2]) >= 10


def test_a_step_without_a_compute_is_found_where_the_pipeline_has_none(tmp_path: Path) -> None:
    text = "type: pipeline\njobs:\n  one:\n    command: ls\n    environment: azureml:base:1\n"
    assert [one.partition(":")[0] for one in found(tmp_path, text)] == ["ComputeNotSet"]


def test_a_field_that_no_step_has_is_warned_about_in_a_step_with_a_component(tmp_path: Path) -> None:
    file = tmp_path / "pipeline.yml"
    file.write_text("type: pipeline\njobs:\n  fit:\n    component: azureml:fit:1\n    compute: cpu\n    comput: big\n")
    (one,) = load_job(file).validate()
    assert (one.finding.code, one.finding.severity, one.line) == ("UnknownField", "warning", 6)
    assert one.finding.remedy == "Did you mean compute?"


def test_a_distribution_that_is_not_swept_is_found() -> None:
    step = command(command="echo ${{inputs.x}}", environment="azureml:base:1", inputs={"x": 1})

    @dsl.pipeline(default_compute="cpu")
    def whole() -> None:
        step(x=Uniform(0, 1))

    (one,) = whole().validate()
    assert "is a distribution; only a sweep draws it" in one.finding.message


def test_a_pipeline_written_as_yaml_or_as_python_is_the_same_pipeline(tmp_path: Path) -> None:
    (tmp_path / "fit.yml").write_text(COMPONENT)
    file = tmp_path / "pipeline.yml"
    file.write_text(
        "type: pipeline\nsettings: {default_compute: cpu}\ninputs:\n  raw: {type: uri_folder, path: azureml:raw:1}\n"
        "outputs:\n  best: {type: uri_folder, mode: upload}\njobs:\n  one:\n    component: ./fit.yml\n"
        "    inputs:\n      data: ${{parent.inputs.raw}}\n      lr: 0.5\n  two:\n    component: ./fit.yml\n"
        "    inputs:\n      data: ${{parent.jobs.one.outputs.model}}\n"
        "    outputs:\n      model: ${{parent.outputs.best}}\n"
        f"  three:\n{INLINE_TRIAL}"
    )
    job = load_job(file)
    job.dump(tmp_path / "dumped.yml")
    made: dict[str, Any] = {}
    exec(python(job, folder=tmp_path), made)
    expected = _without_sources(to_arm(job))
    assert _without_sources(to_arm(load_job(tmp_path / "dumped.yml"))) == expected
    assert _without_sources(to_arm(made["job"])) == expected


def _without_sources(value: Any) -> Any:
    """A body without where its parts come from, which is all that changes."""
    if not isinstance(value, dict):
        return value
    return {key: _without_sources(entry) for key, entry in value.items() if key != "_source"}


def test_a_nested_pipeline_whose_steps_have_no_compute_is_found_at_its_step(tmp_path: Path) -> None:
    (tmp_path / "sub.yml").write_text(
        "type: pipeline\ninputs: {raw: {type: uri_folder}}\njobs:\n  one:\n    component: ./fit.yml\n"
        "    inputs: {data: '${{parent.inputs.raw}}'}\n"
    )
    text = (
        "type: pipeline\ninputs:\n  raw: {type: uri_folder, path: azureml:raw:1}\njobs:\n  nested:\n"
        "    type: pipeline\n    component: ./sub.yml\n    inputs: {raw: '${{parent.inputs.raw}}'}\n"
    )
    assert found(tmp_path, text) == ["ComputeNotSet:5"]


@pytest.mark.parametrize(
    ("component", "expected"),
    [
        ("./nowhere.yml", "pipeline.yml:3: jobs.one.component: there is no file "),
        ("./score.yml", "score.yml:2: type: components of type 'parallel' do not run here. Use a command that"),
    ],
)
def test_a_component_that_is_missing_or_of_another_type_is_told_with_its_line(
    tmp_path: Path, component: str, expected: str
) -> None:
    (tmp_path / "score.yml").write_text("name: score\ntype: parallel\nmini_batch_size: 10kb\n")
    file = tmp_path / "pipeline.yml"
    file.write_text(f"type: pipeline\njobs:\n  one: {{component: {component}, compute: cpu}}\n")
    with pytest.raises(ValidationException) as refused:
        load_job(file)
    assert expected in str(refused.value)
    assert str(refused.value).count("\n") == 0


def test_an_input_that_the_pipeline_requires_is_missed_also_where_a_step_can_do_without_it() -> None:
    @dsl.pipeline(default_compute="cpu")
    def whole(extra: Input(type="uri_file", optional=False)) -> None:  # type: ignore[valid-type]
        step(extra=extra)

    step = command(
        command="echo", environment="azureml:base:1", inputs={"extra": Input(type="uri_file", optional=True)}
    )
    (one,) = whole().validate()
    assert (one.finding.code, one.finding.path) == ("RequiredInput", "$.properties.inputs.extra")


def test_settings_that_are_bound_to_inputs_are_written_as_bindings(tmp_path: Path) -> None:
    step = command(command="echo ${{inputs.lr}}", environment="azureml:base:1", inputs={"lr": 1})

    @dsl.pipeline(default_compute="cpu")
    def whole(nodes: int, target: str, size: int) -> None:
        one = step()
        one.compute = target
        one.set_resources(instance_count=nodes)
        swept = step(lr=Choice([size, 2])).sweep(primary_metric="loss", goal="minimize", max_total_trials=nodes)
        assert swept is not one

    job = whole(2, "gpu", 8)
    job.dump(tmp_path / "dumped.yml")
    read = to_arm(load_job(tmp_path / "dumped.yml"))["properties"]["jobs"]
    assert read["one"]["computeId"] == "${{parent.inputs.target}}"
    assert read["one"]["resources"]["instance_count"] == "${{parent.inputs.nodes}}"
    assert read["swept"]["limits"]["max_total_trials"] == "${{parent.inputs.nodes}}"
    assert read["swept"]["search_space"]["lr"]["values"] == ["${{parent.inputs.size}}", 2]


FIT = "jobs:\n  fit:\n    component: ./fit.yml\n    compute: cpu\n    inputs:\n      data: {path: azureml:raw:1}\n"


@pytest.mark.parametrize(
    ("more", "expected"), [("      daat: 1\n", "UnknownInput:8"), ("    outputs: {modl: {}}\n", "UnknownOutput:8")]
)
def test_what_the_component_does_not_declare_has_no_effect_and_is_pointed_out(
    tmp_path: Path, more: str, expected: str
) -> None:
    assert found(tmp_path, f"type: pipeline\n{FIT}{more}") == [expected]


@pytest.mark.parametrize(("name", "instead"), [("fit-it", "fit_it"), ("Fit", "fit"), ("1st", "_1st")])
def test_a_name_that_a_step_cannot_have_is_refused_with_another(tmp_path: Path, name: str, instead: str) -> None:
    with pytest.raises(ValidationException, match=f":3: jobs.{name}: the name of a step .* Call it {instead}"):
        found(tmp_path, f"type: pipeline\njobs:\n  {name}:\n{LS}")


def test_all_data_that_is_not_there_is_told_with_its_line_when_a_pipeline_is_submitted(tmp_path: Path) -> None:
    found(tmp_path, f"type: pipeline\ninputs:\n  raw: {{type: uri_folder, path: ./raw}}\n{FIT}")
    job = load_job(tmp_path / "pipeline.yml")
    with pytest.raises(ValidationException) as refused:
        refuse(job, to_arm(job), "p")
    assert "pipeline.yml:3: error InputNotFound" in str(refused.value)
