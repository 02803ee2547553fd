"""Lines of values, repeated keys and joined sections of YAML texts."""

from __future__ import annotations

from contracts.diagnostics.yaml_text import Lines, dotted, parse_sections, repeated_keys

TEXT = """\
# a comment
trial:
  command: x
  inputs: [a, b]
limits: {timeout: 1}
list:
- one
- two: 2
"""


def test_values_are_found_at_the_line_of_their_key() -> None:
    lines = Lines(TEXT)
    assert lines.of(("trial", "inputs")) == 4
    assert lines.of(("limits", "timeout")) == 5
    assert lines.of(("list", 1, "two")) == 8


def test_what_is_absent_is_at_the_nearest_value_around_it() -> None:
    lines = Lines(TEXT)
    assert lines.of(()) == 2
    assert lines.of(("limits", "absent", "deeper")) == 5
    assert lines.of(("list", 7)) == 6
    assert Lines("").of(("any",)) == 1


def test_a_text_that_is_not_yaml_has_no_lines() -> None:
    assert Lines("a: [").of(("a",)) is None


def test_of_a_key_that_is_there_twice_the_last_one_counts() -> None:
    assert Lines("a: 1\nb: 2\na: 3\n").of(("a",)) == 3


def test_sections_of_one_name_are_one_where_they_are_read_so() -> None:
    text = "data: {a: 1}\nseed: 1\ndata: {b: 2}\n"
    assert parse_sections(text) == {"data": {"a": 1, "b": 2}, "seed": 1}
    assert Lines(text, sections=True).of(("data", "b")) == 3
    assert Lines(text, sections=True).of(("data", "a")) == 1


def test_keys_that_are_there_twice_are_found_at_every_depth() -> None:
    assert repeated_keys("a: {b: 1, b: 2}\nc: [{d: 1, d: 2}]\n? [x]\n: 1\n") == [("a", "b"), ("c", 0, "d")]


def test_aliases_of_aliases_are_looked_at_once() -> None:
    nested = "\n".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 12))
    assert repeated_keys(f"a0: &a0 {{x: 1, x: 2}}\n{nested}\n") == [("a0", "x")]


def test_a_text_with_twenty_thousand_fields_is_told_in_a_few_seconds() -> None:
    text = "".join(f"name{number}: 1\n" for number in range(20_000))
    lines = Lines(text, sections=True)
    assert [lines.of((f"name{number}",)) for number in range(20_000)] == list(range(1, 20_001))


def test_a_path_is_written_with_dots_and_brackets() -> None:
    assert dotted(("search_space", "lr", "values", 2)) == "search_space.lr.values[2]"
    assert dotted(()) == ""
