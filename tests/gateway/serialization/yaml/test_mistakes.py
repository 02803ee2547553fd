from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway import load_job
from gateway.exceptions import ValidationErrorType, ValidationException
from gateway.serialization.yaml import InvalidFileError


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("goal: maximize", "goal: up", '10: objective.goal: "up" is not one of minimize, maximize.'),
        (
            "primary_metric",
            "primary_metrics",
            "10: objective.primary_metrics: unknown field. Did you mean primary_metric?",
        ),
        ("type: uniform", "type: unifrom", "8: search_space.lr.type: "),
        ("min_value: 0", "min_value: low", '8: search_space.lr.min_value: "low" is not a number.'),
        (
            "{type: uniform, min_value: 0, max_value: 1.5}",
            "{type: choice, values: [true]}",
            "8: search_space.lr.values[0]: true is not a number or a string. Put it in quotes.",
        ),
        ("max_total_trials: 4", "max_total_trials: true", "11: limits.max_total_trials: true is not an integer."),
        ("max_total_trials: 4", "timeout: 60", "11: limits.max_total_trials: required field is missing."),
        ("accuracy", "2020-01-01", "10: objective.primary_metric: 2020-01-01 is a date in YAML, not a string. Write "),
        ("accuracy", "2020-01-01", 'not a string. Write it in quotes: "2020-01-01".'),
        ("azureml:env:1", "python:3.11", '6: trial.environment: "python:3.11" is not an environment.'),
        ("azureml:env:1", "file:env.yml", "6: trial.environment: there is no file "),
        ("azureml:env:1", "{build: {path: absent}}", "6: trial.environment.build.path: there is no folder "),
        ("code: src", "code: azureml:code", "5: trial.code: "),
        ("sampling_algorithm: random", "sampling_algorithm: gird", '9: sampling_algorithm: "gird" is not one of '),
        ("objective: {goal: maximize, primary_metric: accuracy}", "tags: {a: 1}", "10: tags.a: 1 is not a string."),
        ("limits: {max_total_trials: 4}", "foo: 1", "11: foo: unknown field."),
    ],
)
def test_a_mistake_is_told_with_file_line_field_and_remedy(job_file: Any, old: str, new: str, message: str) -> None:
    file = job_file({old: new})
    with pytest.raises(InvalidFileError) as refused:
        load_job(file)
    assert (f"{file}:{message}" if message[0].isdigit() else message) in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("command: echo\nenvironment_variables: &e {a: *e}\n", "an alias puts a value into itself"),
        ("search_space: {x: &c {type: choice, values: [{y: *c}]}}\n", "an alias puts a value into itself"),
        ("a: " + "[" * 5000, "as YAML"),
    ],
)
def test_a_file_that_has_no_end_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "job.yml").write_text(text)
    with pytest.raises(ValidationException, match=said):
        load_job(tmp_path / "job.yml")


def test_an_alias_may_be_used_twice(job_file: Any) -> None:
    job = load_job(job_file(more="tags: &t {a: b}\nproperties: *t\n"))
    assert job.tags == job.properties == {"a": "b"}


def test_an_open_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "job.yml").write_bytes(b"command: caf\xe9\n")
    with (tmp_path / "job.yml").open("rb") as file, pytest.raises(ValidationException, match=r"job\.yml.*not UTF-8"):
        load_job(file)


@pytest.mark.parametrize("overrides", [{"name": "n"}, [{1: 2}], ["name"]])
def test_overrides_that_name_no_fields_are_refused(job_file: Any, overrides: Any) -> None:
    with pytest.raises(ValidationException, match=r"params_override: .*give a list of dicts"):
        load_job(job_file(), params_override=overrides)


def test_text_given_as_bytes_is_text(job_file: Any) -> None:
    assert load_job(job_file(more="description: !!binary aGVsbG8=\n")).description == "hello"


def test_all_mistakes_of_a_file_are_told_at_once(job_file: Any) -> None:
    file = job_file({"goal: maximize": "goal: up", "max_total_trials": "max_trials", "code": "kode"})
    with pytest.raises(InvalidFileError) as refused:
        load_job(file)
    assert [problem.path for problem in refused.value.problems] == [
        ("trial", "kode"),
        ("objective", "goal"),
        ("limits", "max_trials"),
        ("limits", "max_total_trials"),
    ]


def test_a_mistake_in_an_included_file_is_told_with_that_file(job_file: Any, tmp_path: Path) -> None:
    (tmp_path / "env.yml").write_text("image: python:3.11\nconda-file: conda.yml\n")
    with pytest.raises(InvalidFileError) as refused:
        load_job(job_file({"azureml:env:1": "file:env.yml"}))
    assert str(refused.value).startswith(
        f"{tmp_path / 'env.yml'}:2: conda-file: unknown field. Did you mean conda_file?"
    )


def test_a_value_set_from_outside_is_told_at_the_nearest_line(job_file: Any) -> None:
    file = job_file()
    with pytest.raises(InvalidFileError) as refused:
        load_job(file, params_override=[{"limits.timeout": "soon"}])
    assert str(refused.value) == f'{file}:11: limits.timeout: "soon" is not an integer.'


def test_what_the_entities_refuse_is_told_with_its_line(job_file: Any) -> None:
    file = job_file(more="outputs:\n  model: {version: 3}\n")
    with pytest.raises(InvalidFileError, match=r"sweep\.yml:13: outputs\.model: .*name is required"):
        load_job(file)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "it is empty"),
        ("- a\n", "it holds a list"),
        ("a: [1\n", "line 2"),
        ("type: automl\n", "does not run automl jobs"),
    ],
)
def test_what_is_no_job_file_is_said_to_be_none(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "job.yml"
    file.write_text(text)
    with pytest.raises(ValidationException) as refused:
        load_job(file)
    assert message in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(ValidationException, match=r"No such file or directory: .*gone\.yml") as refused:
        load_job(tmp_path / "gone.yml")
    assert refused.value.error_type is ValidationErrorType.FILE_OR_FOLDER_NOT_FOUND


def test_a_file_that_is_not_open_for_reading_is_refused(tmp_path: Path) -> None:
    with (
        (tmp_path / "out.yml").open("w", encoding="utf-8") as file,
        pytest.raises(ValidationException, match="reading"),
    ):
        load_job(file)
