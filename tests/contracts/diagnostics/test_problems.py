"""Problems are told at once, each with file, line, field, message and remedy."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict, ValidationError

from contracts.diagnostics.model_errors import of_types
from contracts.diagnostics.problems import Problem, Source, mapping_of, repeated, told


class _Limits(BaseModel):
    model_config = ConfigDict(extra="forbid")
    timeout: int = 1


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    limits: _Limits | str
    seed: int = 0


def _problems(content: object) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        _File.model_validate(content)
    return [problem.text for problem in of_types(caught.value.errors(), _File)]


def test_each_problem_is_a_line_with_its_file_and_its_place() -> None:
    job = Source("job.yml", "limits:\n  timeout: x\n")
    part = Source("part.yml", "\nimage: 1\n")
    problems = [
        Problem(("limits", "timeout"), '"x" is not an integer.', "Write a number."),
        Problem(("image",), "unknown field.", source=part),
        Problem((), "it is incomplete."),
    ]
    assert told(problems, job).splitlines() == [
        'job.yml:2: limits.timeout: "x" is not an integer. Write a number.',
        "part.yml:2: image: unknown field.",
        "job.yml:1: it is incomplete.",
    ]


def test_a_mapping_is_read_without_what_is_left_empty() -> None:
    assert mapping_of(Source("f.yml", "a: 1\nb:\n"), ["a", "b"]) == {"a": 1}
    assert mapping_of(Source("f.yml", ""), ["a"]) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [("- a\n", "f.yml:1: a list where the keys a, b are expected"), ("a: 1\nb: [\n", "f.yml:3: this is not YAML")],
)
def test_what_is_not_a_mapping_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ValueError) as refused:
        mapping_of(Source("f.yml", text), ["a", "b"])
    assert str(refused.value).startswith(said)


def test_a_key_that_stands_twice_is_a_problem() -> None:
    assert [problem.text for problem in repeated("a: 1\na: 2\n")] == ["a: this key stands twice; keep one of the two"]


def test_what_pydantic_finds_is_told_in_the_words_of_yaml() -> None:
    assert _problems({"sead": 1, "limits": {"timeout": "x"}}) == [
        "sead: unknown key; did you mean 'seed'?",
        "limits.timeout: 'x' is not what is expected here: a whole number",
        "limits: {'timeout': 'x'} is not what is expected here: a text",
    ]
    assert _problems({}) == ["the key 'limits' is missing"]


def test_a_value_of_several_types_is_told_once() -> None:
    assert _problems({"limits": {"timeout": 1, "tmeout": 2}}) == ["limits.tmeout: unknown key; did you mean 'timeout'?"]
    assert _problems({"limits": [1]}) == ["limits: [1] is not what is expected here: a mapping or a text"]
