"""The page of Microsoft's end-to-end tests counts what happened, and only unknown failures within scope are wrong."""

from __future__ import annotations

from pathlib import Path

from tests.ms_e2e.run import Result, read_results
from tests.ms_e2e.scope import EXPECTED, out_of_scope
from tests.ms_e2e.table import page, read_page, rows, unexpected

_JUNIT = """\
<testsuites><testsuite>
  <testcase classname="tests.model.e2etests.test_model.TestModel" name="test_crud_file"/>
  <testcase classname="tests.model.e2etests.test_model.TestModel" name="test_list[1]">
    <failure message="AssertionError: assert 1 == 2&#10;more">trace</failure></testcase>
  <testcase classname="tests.model.e2etests.test_model.TestModel" name="test_list_model_registry">
    <error message="failed on setup"/></testcase>
  <testcase classname="tests.model.e2etests.test_model.TestModel" name="test_promote_model">
    <skipped message="gone"/></testcase>
</testsuite></testsuites>
"""


def results() -> list[Result]:
    return list(read_results("model", _JUNIT))


def test_results_are_read_from_a_report_of_pytest() -> None:
    assert results()[:2] == [
        Result("model", "test_model::TestModel::test_crud_file", "passed"),
        Result("model", "test_model::TestModel::test_list[1]", "failed", "AssertionError: assert 1 == 2"),
    ]


def test_a_failure_out_of_scope_is_not_counted_as_failed() -> None:
    (row,) = rows(results())
    assert (row.passed, list(row.failed), len(row.outside), row.skipped) == (
        1,
        ["test_model::TestModel::test_list[1]"],
        1,
        1,
    )


def test_a_test_whose_data_file_is_not_at_hand_cannot_pass() -> None:
    failure = "ValidationException: No such file or directory: /tmp/x/tests/test_configs/dsl/one.yml"
    junit = _JUNIT.replace("AssertionError: assert 1 == 2", failure)
    (row,) = rows(read_results("model", junit))
    assert row.failed == {}
    assert "its data file dsl/one.yml is not at hand" in row.outside.values()


def test_only_a_failure_within_scope_is_unexpected() -> None:
    assert list(unexpected(rows(results()))) == [
        "model: test_model::TestModel::test_list[1] failed: AssertionError: assert 1 == 2"
    ]


def test_the_page_names_failures_and_what_is_out_of_scope() -> None:
    text = page(list(rows(results())))
    assert "| model | 1 | 1 | 1 | 1 |" in text
    assert "| model | `test_model::TestModel::test_list_model_registry` | registries are not emulated |" in text


def test_a_page_is_read_back_as_the_rows_that_it_shows() -> None:
    found = list(rows(results()))
    assert read_page(page(found)) == found


def test_no_known_failure_is_out_of_scope() -> None:
    assert [name for name in EXPECTED if out_of_scope(name)] == []


def test_the_script_is_short() -> None:
    script = Path(__file__).resolve().parents[2] / "scripts" / "ms-e2e"
    assert len(script.read_text("utf-8").splitlines()) <= 15
