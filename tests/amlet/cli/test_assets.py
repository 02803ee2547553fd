"""`amlet model|environment|data|component|compute|datastore|workspace ...`, on an emulator in this process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from amlet.cli import emulators
from amlet.cli.assets.kinds import KINDS
from amlet.cli.assets.shape import shape
from amlet.testing import InProcessEmulator
from gateway.client.ml_client import MLClient
from gateway.entities import Data
from gateway.entities.resource import SystemData


@pytest.fixture(scope="module")
def service() -> Iterator[InProcessEmulator]:
    with InProcessEmulator() as made:
        yield made


@pytest.fixture(autouse=True)
def _connected(service: InProcessEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(emulators, "find", lambda state_dir, *, start=False: None)
    monkeypatch.setattr(emulators, "connect", lambda *_: service.client().connection)


@pytest.fixture
def run(amlet):
    """Runs a command on the emulator, and gives what it prints as JSON."""

    def ask(*arguments: str | Path) -> object:
        ran = amlet(*arguments, "--emulator")
        assert ran.code == 0, ran.err
        return json.loads(ran.out) if ran.out else None

    return ask


def test_a_model_is_registered_listed_shown_fetched_and_archived(run, tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "weights.bin").write_bytes(b"12")
    made = run("model", "create", "-n", "net", "--path", "net", "--type", "custom_model")
    assert (made["name"], made["version"], made["type"]) == ("net", "1", "custom_model")
    assert run("model", "list", "--query", "[].[name,latest_version]") == [["net", "1"]]
    assert run("model", "list", "net", "--query", "[].version") == ["1"]
    assert run("model", "show", "net")["id"] == run("model", "show", "-n", "net", "-v", "1")["id"]
    run("model", "download", "net", "-p", tmp_path / "got")
    assert [file.read_bytes() for file in (tmp_path / "got").rglob("*.bin")] == [b"12"]
    run("model", "archive", "net")
    assert run("model", "list") == []
    assert run("model", "list", "--archived-only", "--query", "[].name") == ["net"]
    run("model", "restore", "net")
    assert run("model", "list", "--query", "[].name") == ["net"]


def test_a_file_is_registered_with_changes(run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    (tmp_path / "data.yml").write_text("name: xs\ntype: uri_file\npath: a.csv\n")
    made = run("data", "create", "-f", "data.yml", "--version", "7", "--set", "description=some")
    assert (made["version"], made["type"], made["description"]) == ("7", "uri_file", "some")
    assert run("environment", "create", "-n", "e", "--image", "python:3.11")["image"] == "python:3.11"


def test_a_component_comes_from_its_file(run, tmp_path: Path) -> None:
    text = "type: command\nname: c\nversion: '1'\ncommand: echo hi\nenvironment: azureml:e:1\n"
    (tmp_path / "c.yml").write_text(text)
    assert run("component", "create", "-f", "c.yml")["name"] == "c"
    assert run("component", "show", "c")["version"] == "1"


def test_a_cluster_is_made_and_deleted(run, amlet) -> None:
    assert run("compute", "create", "cpu", "--size", "Standard_DS3_v2", "--max-instances", "3")["max_instances"] == 3
    assert run("compute", "list", "--query", "[].name") == ["cpu"]
    refused = amlet("compute", "delete", "cpu", "--emulator")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    run("compute", "delete", "cpu", "--yes")
    assert run("compute", "list") == []


def test_a_datastore_is_made_with_the_key_of_the_environment(run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_STORAGE_KEY", "a2V5")
    options = ("--account-name", "acc", "--container-name", "box", "--account-key")
    made = run("datastore", "create", "mine", *options)
    assert (made["name"], made["container_name"]) == ("mine", "box")
    assert "mine" in run("datastore", "list", "--query", "[].name")
    run("datastore", "delete", "mine", "--yes")


@pytest.mark.parametrize(
    ("option", "kind"), [("--file-share-name", "AzureFile"), ("--filesystem", "AzureDataLakeGen2")]
)
def test_a_datastore_may_be_a_file_share_or_a_data_lake(
    run, monkeypatch: pytest.MonkeyPatch, option: str, kind: str
) -> None:
    monkeypatch.setenv("AZURE_STORAGE_SAS_TOKEN", "sv=1&sig=x")
    made = run("datastore", "create", "other", "--account-name", "acc", option, "shared", "--sas-token")
    assert (made["type"], made[option[2:].replace("-", "_")]) == (kind, "shared")
    run("datastore", "delete", "other", "--yes")


def test_a_datastore_is_made_of_the_file_that_az_takes(run, tmp_path: Path) -> None:
    file = tmp_path / "store.yml"
    file.write_text(
        "name: filed\ntype: azure_file\naccount_name: acc\nfile_share_name: shared\ncredentials: {account_key: a2V5}\n"
    )
    assert run("datastore", "create", "-f", file)["type"] == "AzureFile"
    assert run("datastore", "create", "-f", file, "-n", "renamed")["name"] == "renamed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("type: azure_blub", '2: type: "azure_blub" is not one of azure_blob, azure_file'),
        ("account_name: a", "type: required field is missing. Write one of azure_blob"),
        ("type: azure_blob\naccount_name: a\ncontainer_nam: b", "4: container_nam: unknown field. Did you mean"),
        ("type: azure_file\ncredentials: {client_secret: x}", "service principals are not served"),
    ],
)  # fmt: skip
def test_mistakes_in_the_file_of_a_datastore_are_said_with_their_lines(
    amlet, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "store.yml").write_text(f"name: n\n{text}\n")
    ran = amlet("datastore", "create", "--emulator", "-f", tmp_path / "store.yml")
    assert ran.code == 5
    assert said in ran.err


def test_a_datastore_of_nothing_and_a_secret_that_is_not_set_are_wrong_usage(
    amlet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AZURE_STORAGE_KEY", raising=False)
    ran = amlet("datastore", "create", "n", "--emulator")
    assert (ran.code, "give -f FILE, or --account-name" in ran.err) == (2, True)
    options = ("--account-name", "a", "--container-name", "b", "--account-key")
    assert "set AZURE_STORAGE_KEY" in amlet("datastore", "create", "n", "--emulator", *options).err


def test_lists_are_short_tables_for_people(amlet, run) -> None:
    run("environment", "create", "-n", "short", "--image", "python:3.11")
    text = amlet("environment", "list", "--emulator", "-o", "table").out
    assert text.splitlines()[0].split() == ["name", "latest_version"]
    assert amlet("workspace", "list", "--emulator", "-o", "table").out.splitlines()[2].startswith("amlet")


@pytest.mark.parametrize(("arguments", "said"), [(("show",), "which model?"), (("create",), "-f FILE, or --name")])
def test_what_is_missing_is_asked_for(amlet, arguments: tuple[str, ...], said: str) -> None:
    ran = amlet("model", *arguments, "--emulator")
    assert (ran.code, said in ran.err) == (2, True)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_verb_is_an_operation_of_the_gateway(kind) -> None:
    operations = getattr(MLClient(None, "s", "g", "w", base_url="https://x", transport=None), kind.operations)
    of = {"create": "create_or_update", "show": "get", "start": "begin_start", "stop": "begin_stop"}
    names = [of.get(verb, verb) for verb in kind.verbs]
    assert [name for name in names if not (hasattr(operations, name) or hasattr(operations, f"begin_{name}"))] == []


def test_an_entity_is_json_without_what_is_not_of_the_service() -> None:
    entity = Data(name="d", version="1", path="a", tags={"k": 1})
    entity._creation_context = SystemData(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    found = json.loads(json.dumps(shape(entity)))
    assert found.keys() == {"name", "version", "path", "type", "tags", "properties", "creation_context"}
    assert found["creation_context"] == {"created_at": "2026-01-01T00:00:00+00:00"}
