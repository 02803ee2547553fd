from __future__ import annotations

import pytest

from emulator.middleware.paths import canonical, is_plain, needs_token

WORKSPACE = "/subscriptions/S/resourceGroups/G/providers/Microsoft.MachineLearningServices/workspaces/W"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (WORKSPACE, WORKSPACE),
        (WORKSPACE.lower().replace("/s/", "/S/").replace("/g/", "/G/").removesuffix("w") + "W", WORKSPACE),
        (f"{WORKSPACE}/JOBS/Jobs/CANCEL", f"{WORKSPACE}/jobs/Jobs/cancel"),
        (f"/history/v1.0{WORKSPACE.lower()}/Runs/Jobs", f"/history/v1.0{WORKSPACE}/Runs/Jobs".replace("/S/", "/s/")
            .replace("/G/", "/g/").replace("/W/", "/w/")),
        ("/emu.blob.core.windows.net/c/SUBSCRIPTIONS/x", "/emu.blob.core.windows.net/c/SUBSCRIPTIONS/x"),
        ("/azureml-x/subscriptions/a/RESOURCEGROUPS/b", "/azureml-x/subscriptions/a/RESOURCEGROUPS/b"),
        ("/subscriptions", "/subscriptions"),
    ],
)  # fmt: skip
def test_fixed_words_get_their_usual_spelling_and_names_keep_theirs(path: str, expected: str) -> None:
    assert canonical(path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "/_amlet/health",
        "/metadata/endpoints",
        "/discovery",
        "/msi/token",
        "/tenant/oauth2/v2.0/token",
        "/adfs/tenant/v2.0/.well-known/openid-configuration",
        "/emu.blob.core.windows.net/container/blob",
        "/azureml-blobstore-guid/LocalUpload/x",
        "/runs/j",
        "/",
    ],
)
def test_what_is_reached_without_a_token(path: str) -> None:
    assert not needs_token("GET", path)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", WORKSPACE),
        ("GET", f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow/runs/get"),
        ("POST", "/runs/j"),
        ("GET", "/runsx"),
        ("GET", "/_amlet/health/../other"),
        ("GET", "/subscriptions/oauth2/token"),
        ("GET", "/a/b/oauth2/token"),
        ("GET", "/evil\n/msi/token"),
        ("GET", "/Azureml-x/blob"),
    ],
)
def test_everything_else_wants_one(method: str, path: str) -> None:
    assert needs_token(method, path)


def test_plain_http_has_no_control_plane_and_no_blobs() -> None:
    assert is_plain(f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow/runs/get")
    assert is_plain("/metadata/endpoints")
    for path in (WORKSPACE, "/emu.blob.core.windows.net/c/b", f"/history/v1.0{WORKSPACE}/runs/j", "/_amlet/ready"):
        assert not is_plain(path)
