"""The contract is what the installed SDK has, and a change of the SDK is seen, whatever it is."""

from __future__ import annotations

import enum
from types import SimpleNamespace
from typing import Any

import pytest

from tests.drift.__main__ import main
from tests.drift.findings import find_drift, rest_models
from tests.drift.known import known, unknown_and_gone

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]


def news() -> list[str]:
    """What is found and not known."""
    return unknown_and_gone(find_drift())[0]


def msrest_model(*names: str) -> Any:
    """A model of the older generation, with these names on the wire."""
    return SimpleNamespace(_attribute_map={name: {"key": name} for name in names})


def test_the_installed_sdk_has_not_drifted() -> None:
    assert unknown_and_gone(find_drift()) == ([], [])


def test_a_new_field_of_a_model_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    model = msrest_model("goal", "primaryMetric", "secondaryMetric")
    monkeypatch.setattr(rest_models(), "Objective", model)
    assert "model Objective: the SDK has secondaryMetric, the contract has not" in news()


def test_a_model_that_is_gone_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(rest_models(), "BanditPolicy")
    assert "model BanditPolicy: the SDK has none any more" in news()


def test_a_new_status_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    statuses = rest_models().JobStatus
    members = {member.name: member.value for member in statuses} | {"DREAMING": "Dreaming"}
    monkeypatch.setattr(rest_models(), "JobStatus", enum.Enum("JobStatus", members))
    assert news() == ["enum JobStatus: the SDK has Dreaming, the contract has not"]


def test_another_signature_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    import azure.ai.ml.sweep

    class Randint(azure.ai.ml.sweep.Randint):
        def __init__(self, upper: int | None = None, lower: int = 0) -> None:
            super().__init__(upper=upper)

    monkeypatch.setattr(azure.ai.ml.sweep, "Randint", Randint)
    assert "name Randint: the SDK's parameters are (upper=None, lower=0), the gateway's (upper=None)" in news()


def test_another_body_is_seen_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    from azure.ai.ml.sweep import Uniform

    monkeypatch.setattr(Uniform, "_to_rest_object", lambda self: ["uniform", {"from": self.min_value}])
    place = "job 'the least sweep': at $.properties.searchSpace.lr"
    sent = 'the SDK sends ["uniform", {"from": 0.001}], the gateway ["uniform", [0.001, 0.1]]'
    assert f"{place} {sent}" in news()


def test_an_sdk_that_fails_on_a_job_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from azure.ai.ml.sweep import SweepJob

    def fail(self: object) -> None:
        raise AttributeError("moved")

    monkeypatch.setattr(SweepJob, "_to_rest_object", fail)
    assert any('the SDK sends "AttributeError: moved"' in line for line in news())


def test_a_known_difference_that_is_gone_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    members = {member.name: member.value for member in rest_models().JobStatus} | {"SCHEDULED": "Scheduled"}
    monkeypatch.setattr(rest_models(), "JobStatus", enum.Enum("JobStatus", members))
    assert main() == 1
    assert "gone: enum JobStatus: the contract has Scheduled, the SDK has not" in capsys.readouterr().out


def test_without_drift_the_exit_code_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    assert capsys.readouterr().out.startswith("azure-ai-ml ")


def test_no_difference_is_known_twice() -> None:
    assert len(known()) == len(set(known()))
