"""Forty job inputs, every scheme, kind and mode among them, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contracts.arm.inputs_outputs import AssetJobInput, LiteralJobInput
from emulator.trials.inputs.resolution import Missing, Resolved, explain, input_texts, resolve_inputs
from emulator.trials.inputs.sources import Sources
from tests.emulator.trials.inputs.conftest import BLOB, WS

PROJECT = f"""
data:
  {BLOB}/: .
  abfss://lake@acc.dfs.core.windows.net/raw: ./folder
  https://site.org/data: .
  azureml://datastores/store/paths/in: ./folder
  azureml:iris:2: ./file.csv
  azureml:iris:10: ./file.csv
  bare: ./folder
  {WS.child("data", "armed", "1")}: ./file.csv
  azureml://registries/reg/data/shared/versions/3: ./file.csv
  azureml:table: ./table
  s3://bucket: ./folder
  azureml:gone:1: ./gone.csv
datastores: {{other: ./folder}}
models: {{"azureml:net:1": ./model, "azureml:weights": ./file.csv}}
"""
ARM = str(WS)
LONG = "azureml://subscriptions/sub/resourcegroups/group/workspaces/ws/datastores"

FOUND = [
    ("uri_file", f"{BLOB}/file.csv", None, "file.csv"),
    ("uri_file", "wasb://data@acc.blob.core.windows.net/file.csv", "ReadOnlyMount", "file.csv"),
    ("uri_file", "https://acc.blob.core.windows.net/data/file.csv", "Download", "file.csv"),
    ("uri_file", "https://acc.blob.core.windows.net/data/file.csv?sv=2&sig=x", "Download", "file.csv"),
    ("uri_folder", f"{BLOB}/folder/", "ReadWriteMount", "folder"),
    ("uri_folder", f"{BLOB}/folder/sub", "EvalMount", "folder/sub"),
    ("uri_folder", "abfss://lake@acc.dfs.core.windows.net/raw", "EvalDownload", "folder"),
    ("uri_file", "abfs://lake@acc.dfs.core.windows.net/raw/one.csv", None, "folder/one.csv"),
    ("uri_file", "https://site.org/data/file.csv", None, "file.csv"),
    ("uri_file", "http://site.org/data/file.csv", None, "file.csv"),
    ("uri_file", "azureml://datastores/store/paths/in/one.csv", None, "folder/one.csv"),
    ("uri_folder", f"{LONG}/store/paths/in/", None, "folder"),
    ("uri_folder", f"azureml:{ARM}/datastores/store/paths/in/sub", None, "folder/sub"),
    ("uri_file", "azureml://datastores/other/paths/sub/two.csv", None, "folder/sub/two.csv"),
    ("uri_file", "azureml:iris:2", None, "file.csv"),
    ("uri_file", "azureml:iris@latest", None, "file.csv"),
    ("uri_file", f"{ARM}/data/iris/versions/10", None, "file.csv"),
    ("uri_folder", "azureml:bare:77", None, "folder"),
    ("uri_folder", "bare", None, "folder"),
    ("uri_file", f"azureml:{ARM}/data/armed/versions/1", None, "file.csv"),
    ("uri_file", "azureml://registries/reg/data/shared/versions/3", None, "file.csv"),
    ("mltable", "azureml:table:1", "EvalMount", "table"),
    ("mlflow_model", "azureml:net:1", None, "model"),
    ("mlflow_model", f"{ARM}/models/net/versions/1", "Download", "model"),
    ("custom_model", "azureml:weights:4", None, "file.csv"),
    ("custom_model", f"{BLOB}/model", None, "model"),
    ("triton_model", f"{BLOB}/model", None, "model"),
    ("uri_file", "s3://bucket/one.csv", None, "folder/one.csv"),
    ("uri_file", "https://127.0.0.1:1/uploaded.csv", None, "../uploaded.csv"),
    ("uri_file", "https://site.org/pulled.csv", None, None),
]
LOST = [
    ("uri_file", "https://elsewhere.org/x.csv", "", ("https://elsewhere.org/x.csv",)),
    (
        "uri_file",
        "https://acc2.blob.core.windows.net/c/x.csv?sig=secret",
        "",
        ("https://acc2.blob.core.windows.net/c/x.csv",),
    ),
    ("uri_file", f"{ARM}/data/nobody/versions/1", "", ("azureml:nobody:1",)),
    ("uri_file", "azureml:iris:3", "", ("azureml:iris:3",)),
    ("uri_folder", f"{LONG}/store/paths/out", "", ("azureml://datastores/store/paths/out",)),
    ("mlflow_model", "azureml:nobody@latest", "", ("azureml:nobody",)),
    ("uri_file", "azureml:gone:1", "leads to", ()),
    ("uri_file", f"{BLOB}/folder/none.csv", "where nothing is", ()),
    ("uri_file", f"{BLOB}/../../etc/passwd", "", (f"{BLOB}/../../etc/passwd",)),
    ("uri_file", f"{BLOB}/folder", "a folder; an input of type uri_file needs a file", ()),
    ("uri_folder", f"{BLOB}/file.csv", "a file; an input of type uri_folder needs a folder", ()),
    ("mltable", f"{BLOB}/folder", "has no file MLTable", ()),
    ("mlflow_model", f"{BLOB}/folder", "has no file MLmodel", ()),
]


@pytest.mark.parametrize(("kind", "uri", "mode", "path"), FOUND)
def test_what_is_on_this_machine_is_found(
    make_sources: Callable[..., Sources], kind: str, uri: str, mode: str | None, path: str | None
) -> None:
    sources = make_sources(PROJECT)
    (found,) = resolve_inputs({"x": AssetJobInput(job_input_type=kind, uri=uri, mode=mode)}, sources)
    assert isinstance(found, Resolved)
    assert found.data.source is not None
    expected = sources.pulled.find(uri) if path is None else sources.project.folder / path
    assert expected is not None
    assert found.data.source.resolve() == expected.resolve()
    assert found.data.mode == (mode or "ReadOnlyMount")


@pytest.mark.parametrize(("kind", "uri", "reason", "keys"), LOST)
def test_what_is_not_is_missing_with_the_line_that_would_mend_it(
    make_sources: Callable[..., Sources], kind: str, uri: str, reason: str, keys: tuple[str, ...]
) -> None:
    (lost,) = resolve_inputs({"x": AssetJobInput(job_input_type=kind, uri=uri)}, make_sources(PROJECT))
    assert isinstance(lost, Missing)
    assert reason in lost.reason
    assert lost.keys == keys


def test_the_lines_that_are_told_mend_what_is_missing(make_sources: Callable[..., Sources]) -> None:
    inputs = {
        f"x{number}": AssetJobInput(job_input_type=kind, uri=uri)
        for number, (kind, uri, _, keys) in enumerate(LOST)
        if keys and ".." not in uri
    }
    missing = [one for one in resolve_inputs(inputs, make_sources("")) if isinstance(one, Missing)]
    assert len(missing) == len(inputs)
    text = explain(missing, "amlet.yml")
    lines = text.split("with your own paths:\n")[1].split("\nor fetch")[0]
    again = [one for one in resolve_inputs(inputs, make_sources(lines)) if isinstance(one, Missing)]
    assert [one.keys for one in again] == [()] * len(inputs), "now mapped, to paths where nothing is"


def test_all_that_is_missing_is_told_at_once(make_sources: Callable[..., Sources]) -> None:
    inputs = {
        "train": AssetJobInput(job_input_type="uri_file", uri="https://x.org/a.csv"),
        "model": AssetJobInput(job_input_type="mlflow_model", uri=f"{ARM}/models/m/versions/2"),
        "wrong": AssetJobInput(job_input_type="uri_folder", uri=f"{BLOB}/file.csv"),
        "fine": AssetJobInput(job_input_type="uri_file", uri=f"{BLOB}/file.csv"),
    }
    missing = [one for one in resolve_inputs(inputs, make_sources(PROJECT)) if isinstance(one, Missing)]
    text = explain(missing, "/p/amlet.yml")
    assert text.splitlines()[0] == "3 inputs are not on this machine, and nothing is fetched unasked:"
    assert "  inputs.wrong (uri_folder): " in text
    lines = "data:\n  https://x.org/a.csv: ./a.csv\nmodels:\n  azureml:m:2: ./m"
    assert f"Add to /p/amlet.yml, with your own paths:\n{lines}" in text
    assert "inputs.fine" not in text


def test_literals_are_texts_and_a_direct_input_is_its_uri_wherever_it_leads(
    make_sources: Callable[..., Sources],
) -> None:
    inputs = {
        "whole": LiteralJobInput(value=65.0),
        "text": LiteralJobInput(value="a b"),
        "direct": AssetJobInput(job_input_type="uri_file", uri="https://nowhere.org/y", mode="Direct"),
    }
    assert input_texts(inputs) == {"whole": "65", "text": "a b", "direct": "https://nowhere.org/y"}
    assert resolve_inputs(inputs, make_sources("")) == []


def test_what_is_missing_may_be_taken_as_empty_but_not_what_is_wrong(make_sources: Callable[..., Sources]) -> None:
    inputs = {
        "lost": AssetJobInput(job_input_type="uri_file", uri="https://x.org/a.csv"),
        "wrong": AssetJobInput(job_input_type="uri_folder", uri=f"{BLOB}/file.csv"),
    }
    empty, wrong = resolve_inputs(inputs, make_sources(PROJECT), "empty")
    assert isinstance(empty, Resolved)
    assert (empty.data.source, empty.data.file_name) == (None, "a.csv")
    assert isinstance(wrong, Missing)


def test_a_strict_project_knows_no_pulled_data(make_sources: Callable[..., Sources]) -> None:
    inputs = {"x": AssetJobInput(job_input_type="uri_file", uri="https://site.org/pulled.csv")}
    (lost,) = resolve_inputs(inputs, make_sources("strict: [data]"))
    assert isinstance(lost, Missing)
    assert lost.reason.endswith("closes its data (strict)")


def test_a_table_whose_data_is_missing_names_that_data(make_sources: Callable[..., Sources]) -> None:
    inputs = {"x": AssetJobInput(job_input_type="mltable", uri="azureml:table:1")}
    (lost,) = resolve_inputs(inputs, make_sources("data: {'azureml:table:1': ./table}"))
    assert isinstance(lost, Missing)
    assert lost.keys == (f"{BLOB}/folder/*.csv",)
