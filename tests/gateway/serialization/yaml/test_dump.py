from __future__ import annotations

import io
from decimal import Decimal
from enum import IntEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from gateway import Input, command, load_job, to_arm
from gateway.exceptions import ValidationException
from gateway.serialization.yaml import dump, load_component, load_data, load_environment
from gateway.sweep import Choice, Objective, Randint, SweepJob, SweepJobLimits, Uniform
from tests.gateway.serialization.yaml.job_files import body_or_refusal, job_files


def _sweep(**arguments: Any) -> SweepJob:
    return _sweep_over({"lr": Uniform(0, 1), "net": Choice([{"deep": Uniform(1, 2), "act": "relu"}])}, **arguments)


def _sweep_over(search_space: dict[str, Any], **arguments: Any) -> SweepJob:
    return SweepJob(
        trial=command(command="echo", environment="env:1").to_job(),
        search_space=search_space,
        objective=Objective("minimize", "loss"),
        limits=SweepJobLimits(max_total_trials=2),
        sampling_algorithm="random",
        **arguments,
    )


def test_what_is_dumped_is_read_back_as_an_equal_body(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("dumps")
    files = iter(range(1_000_000))

    @given(job_files)
    def check(content: Any) -> None:
        content.get("trial", content).pop("code", None)
        _without_nulls(content.get("early_termination", {}))
        job = _load(content)
        file = folder / f"{next(files)}.yml"
        job.dump(file)
        assert body_or_refusal(load_job(file)) == body_or_refusal(job)
        file.unlink()

    check()


def _without_nulls(policy: Any) -> None:
    """`dump` writes no nulls, as the official one; a policy then has its defaults again."""
    for name in [name for name, value in policy.items() if value is None]:
        del policy[name]


def _load(content: Any) -> Any:
    import yaml

    return load_job(io.StringIO(yaml.dump(content)), relative_origin="/nowhere/job.yml")


def test_the_text_of_a_node_is_its_file() -> None:
    node = command(command="echo ${{inputs.n}}", environment="env:1", inputs={"n": 3})
    node.dump(stream := io.StringIO())
    assert str(node) == stream.getvalue()
    assert load_job(io.StringIO(str(node))).command == "echo ${{inputs.n}}"


def test_the_text_of_a_node_that_no_file_can_hold_is_its_representation() -> None:
    node = command(command="echo", environment="env:1").sweep(primary_metric="m", goal="sideways")
    assert str(node) == repr(node)


def test_a_dumped_job_loads_as_an_equal_job(tmp_path: Path) -> None:
    job = _sweep(inputs={"n": 3, "on": True}, tags={"a": "b"}, compute="cpu")
    job.dump(tmp_path / "one.yml")
    loaded = load_job(tmp_path / "one.yml")
    loaded.dump(tmp_path / "two.yml")
    assert load_job(tmp_path / "two.yml") == loaded
    assert to_arm(loaded) == to_arm(job)


def test_local_code_is_dumped_as_an_absolute_path(job_file: Any, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    load_job(job_file()).dump(tmp_path / "elsewhere" / "job.yml")
    assert to_arm(load_job(tmp_path / "elsewhere" / "job.yml"))["properties"]["trial"]["codeId"] == str(
        tmp_path / "src"
    )


def test_a_file_that_exists_is_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "job.yml"
    file.write_text("mine")
    with pytest.raises(FileExistsError, match=r"job\.yml"):
        _sweep().dump(file)
    assert file.read_text() == "mine"


def test_an_open_file_is_written_to_be_it_text_or_binary(tmp_path: Path) -> None:
    text, binary = io.StringIO(), io.BytesIO()
    _sweep().dump(text)
    _sweep().dump(binary)
    with (tmp_path / "job.yml").open("wb") as file:
        _sweep().dump(file)
    assert text.getvalue() == binary.getvalue().decode() == (tmp_path / "job.yml").read_text()
    assert text.getvalue().startswith("inputs: {}\nlimits:\n  max_total_trials: 2\n")


def test_a_file_that_is_not_open_for_writing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "job.yml").touch()
    with (tmp_path / "job.yml").open(encoding="utf-8") as file, pytest.raises(ValidationException, match="writable"):
        _sweep().dump(file)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValidationException, match=r"gone"):
        _sweep().dump(tmp_path / "gone" / "job.yml")


def test_a_value_that_no_file_can_hold_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValidationException, match=r"inputs\.x\.type"):
        _sweep(inputs={"x": Input(type="integer", default=3)}).dump(tmp_path / "job.yml")
    assert not (tmp_path / "job.yml").exists()


class Level(IntEnum):
    HIGH = 3


def test_numbers_of_any_class_are_dumped_as_plain_ones() -> None:
    space = {"x": Choice([Level.HIGH, Decimal("0.5"), True]), "y": Uniform(Level.HIGH, "4"), "z": Randint(2.0)}  # type: ignore[list-item, arg-type]
    _sweep_over(space).dump(stream := io.StringIO())
    assert load_job(io.StringIO(stream.getvalue())).search_space == {
        "x": Choice([3, 0.5, 1]),
        "y": Uniform(3, 4.0),
        "z": Randint(2),
    }


@pytest.mark.parametrize(
    ("space", "said"),
    [
        ({"x": Choice([[1]])}, r"search_space\.x\.values\[0\]: \[1\] is not a number"),  # type: ignore[list-item]
        ({"x": Choice([{"a": [1]}])}, r"search_space\.x\.values\[0\]\.a: \[1\] is not a number"),
        ({"x": Uniform("low", 1)}, r'search_space\.x\.min_value: "low" is not a number'),  # type: ignore[arg-type]
        ({"x": Randint(float("nan"))}, r"search_space\.x\.upper: NaN is not an integer"),  # type: ignore[arg-type]
    ],
)
def test_a_distribution_that_no_file_can_hold_is_named(space: Any, said: str) -> None:
    with pytest.raises(ValidationException, match=said):
        _sweep_over(space).dump(io.StringIO())


def test_a_variable_that_yaml_has_no_form_for_is_refused() -> None:
    with pytest.raises(ValidationException, match=r"Decimal\('1'\) cannot be written as YAML"):
        command(command="echo", environment="e:1", environment_variables={"A": Decimal(1)}).dump(io.StringIO())


def test_assets_are_dumped_and_read_back(tmp_path: Path) -> None:
    sources = {
        load_component: "type: command\nname: c\nversion: '1'\ncommand: echo\nenvironment: azureml:e:1\n"
        "inputs: {lr: {type: number, default: 0.5}}\noutputs: {o: {type: uri_file}}\n",
        load_environment: "name: e\nversion: '1'\nimage: python:3.11\nconda_file: {dependencies: [pip]}\n",
        load_data: "name: d\nversion: '1'\npath: ./x.csv\ntype: uri_file\n",
    }
    for number, (load, text) in enumerate(sources.items()):
        (tmp_path / f"{number}.yml").write_text(text)
        entity = load(tmp_path / f"{number}.yml")
        dump(entity, tmp_path / f"{number}-again.yml")
        assert load(tmp_path / f"{number}-again.yml") == entity
