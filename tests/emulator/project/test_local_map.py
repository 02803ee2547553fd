from __future__ import annotations

from pathlib import Path

import pytest

from contracts.resource_id import WorkspaceId
from emulator.project.local_map import LocalMap

WS = WorkspaceId("sub", "group", "ws")
ARM = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.MachineLearningServices/workspaces/ws"
OTHER = ARM.replace("/ws", "/elsewhere")
HOME = Path("/here")


def local(key: str, reference: str, collection: str = "data", section: str = "data") -> str | None:
    found = LocalMap(HOME, {section: {key: "local"}}).find(reference, collection, WS)
    return str(found.path) if found else None


@pytest.mark.parametrize(
    ("key", "reference", "below"),
    [
        ("wasbs://c@acc.blob.core.windows.net/dir", "wasbs://c@acc.blob.core.windows.net/dir/x.csv", "x.csv"),
        ("wasbs://c@acc.blob.core.windows.net/dir", "wasb://c@acc.blob.core.windows.net/dir/", ""),
        ("wasbs://c@acc.blob.core.windows.net/dir/", "https://acc.blob.core.windows.net/c/dir/x.csv", "x.csv"),
        ("https://ACC.blob.core.windows.net/c", "https://acc.blob.core.windows.net/c/x.csv?sv=1&sig=a%2F", "x.csv"),
        ("abfss://c@acc.dfs.core.windows.net/", "wasbs://c@acc.blob.core.windows.net/a/b.csv", "a/b.csv"),
        ("abfs://c@acc.dfs.core.windows.net/a", "https://acc.dfs.core.windows.net/c/a/b", "b"),
        ("https://site.org/data", "http://site.org/data/a%20b.csv", "a b.csv"),
        ("https://site.org/get", "https://site.org/get?file=1", "?file=1"),
        ("azureml://datastores/store/paths/dir", "azureml://datastores/store/paths/dir/x", "x"),
        ("azureml://datastores/store/", f"azureml:/{ARM}/datastores/store/paths/dir/x", "dir/x"),
        ("azureml://datastores/Store/paths/", f"azureml:/{OTHER}/datastores/store/paths/x", "x"),
        (
            "azureml://subscriptions/sub/resourcegroups/group/workspaces/ws/datastores/store/paths/dir",
            "azureml://datastores/store/paths/dir/x",
            "x",
        ),
        ("azureml:iris:3", f"{ARM}/data/iris/versions/3", ""),
        ("azureml:iris:3", "iris:3", ""),
        ("iris", "azureml:iris:7", ""),
        ("iris@latest", f"azureml:{ARM}/data/iris/versions/7", ""),
        ("azureml:iris", "azureml:iris@latest", ""),
        ("azureml:iris:3", "azureml:iris@latest", ""),
        ("azureml:iris:3", "iris", ""),
        (f"{ARM}/data/iris/versions/3", "azureml:iris:3", ""),
        (f"azureml:/{ARM}/data/iris/versions/3", "azureml:iris:3", ""),
        ("azureml://registries/reg/data/d/versions/1", "azureml://registries/REG/data/d/versions/1", ""),
        ("azureml://registries/reg/data/d", "azureml://registries/reg/data/d/labels/latest", ""),
        ("azureml://registries/reg/data/d", "azureml://registries/reg/data/d/versions/4", ""),
        ("azureml://fake/dir", "azureml://fake/dir/url.json", "url.json"),
        ("s3://bucket/dir", "s3://bucket/dir/x", "x"),
    ],
)
def test_spellings_that_mean_the_same_match(key: str, reference: str, below: str) -> None:
    assert local(key, reference) == str(HOME / "local" / below)


@pytest.mark.parametrize(
    ("key", "reference"),
    [
        ("wasbs://c@acc.blob.core.windows.net/dir", "wasbs://c@acc.blob.core.windows.net/directory/x"),
        ("wasbs://c@acc.blob.core.windows.net/dir", "wasbs://other@acc.blob.core.windows.net/dir"),
        ("wasbs://c@acc.blob.core.windows.net/", "wasbs://c@acc.blob.core.chinacloudapi.cn/x"),
        ("https://site.org/data", "https://site.org.evil/data"),
        (f"azureml:/{ARM}/datastores/store/paths/x", f"azureml:/{OTHER}/datastores/store/paths/x"),
        (f"{ARM}/data/iris/versions/3", f"{OTHER}/data/iris/versions/3"),
        ("azureml:iris:3", "azureml:iris:4"),
        ("azureml:iris:3", "azureml:iris2:3"),
        ("azureml://registries/reg/data/d/versions/1", "azureml://registries/other/data/d/versions/1"),
        ("wasbs://c@acc.blob.core.windows.net/dir", "wasbs://c@acc.blob.core.windows.net/dir/../../secret"),
        ("https://site.org/data", "https://site.org/data/%2e%2e/%2e%2e/secret"),
    ],
)
def test_what_means_something_else_does_not_match(key: str, reference: str) -> None:
    assert local(key, reference) is None


def test_names_of_models_are_looked_up_among_models_only() -> None:
    assert local("net:1", "azureml:net:1", "models", "models") == "/here/local"
    assert local("net:1", "azureml:net:1", "data", "models") is None


def test_a_datastore_stands_for_all_its_paths() -> None:
    assert local("shared", "azureml://datastores/shared/paths/a/b", section="datastores") == "/here/local/a/b"


def test_the_longest_prefix_wins_whatever_the_order() -> None:
    keys = {
        "wasbs://c@acc.blob.core.windows.net/": "all",
        "https://acc.blob.core.windows.net/c/a/b": "special",
        "abfss://c@acc.dfs.core.windows.net/a": "part",
    }
    for entries in (keys, dict(reversed(keys.items()))):
        found = LocalMap(HOME, {"data": entries}).find("wasb://c@acc.blob.core.windows.net/a/b/x", "data", WS)
        assert found is not None
        assert found.path == HOME / "special" / "x"


def test_a_line_of_the_jobs_own_workspace_goes_before_a_general_one() -> None:
    entries = {"azureml:iris:1": "general", f"{ARM}/data/iris/versions/1": "own"}
    found = LocalMap(HOME, {"data": entries}).find("azureml:iris:1", "data", WS)
    assert found is not None
    assert found.key == f"{ARM}/data/iris/versions/1"


def test_latest_is_the_highest_number_and_not_the_last_word() -> None:
    entries = {"iris:2": "two", "iris:10": "ten", "iris": "any"}
    found = LocalMap(HOME, {"data": entries})
    assert found.find("azureml:iris@latest", "data", WS).path == HOME / "ten"  # type: ignore[union-attr]
    assert found.find("azureml:iris:3", "data", WS).path == HOME / "any"  # type: ignore[union-attr]
    assert found.versions("data", "iris") == ["", "2", "10"]


def test_the_label_latest_may_stand_as_a_version() -> None:
    assert local("azureml:iris:3", f"{ARM}/data/iris/versions/latest") == "/here/local"
