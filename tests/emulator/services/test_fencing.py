"""What an attempt writes that does not count any more is refused, whatever it writes and however it is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.lifecycle import JobStatus
from emulator.place import artifact_container
from emulator.services.context import Emulator
from emulator.storage import attempts, events, metrics
from emulator.storage.attempts import AttemptState, attempt_id
from tests.emulator.attempt_site import WORKSPACE, Site

_MLFLOW = f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow"
_ARTIFACTS = f"/mlflow/v1.0{WORKSPACE}/api/2.0/mlflow-artifacts/artifacts"
_HISTORY = f"/history/v1.0{WORKSPACE}/runs/train"

_METRIC = {"run_id": "train", "key": "loss", "value": 1.0, "timestamp": 1}

#: A write of each kind: method, path, and JSON or bytes.
_WRITES: dict[str, tuple[str, str, Any]] = {
    "metric": ("POST", f"{_MLFLOW}/runs/log-metric", _METRIC),
    "batch": ("POST", f"{_MLFLOW}/runs/log-batch", {"run_id": "train", "params": [{"key": "a", "value": "b"}]}),
    "tag": ("POST", f"{_MLFLOW}/runs/set-tag", {"run_id": "train", "key": "a", "value": "b"}),
    "a run below it": ("POST", f"{_MLFLOW}/runs/create", {"experiment_id": "0"}),
    "a metric of another run": ("POST", f"{_MLFLOW}/runs/log-metric", _METRIC | {"run_id": "sibling"}),
    "artifact": ("PUT", f"{_ARTIFACTS}/ExperimentRun/dcid.train/model", b"late"),
    "run history": ("PATCH", _HISTORY, {"displayName": "late"}),
    "place of an artifact": ("POST", f"{_HISTORY}/artifacts/batch/metadata", {"paths": [{"path": "late"}]}),
    "metric of older clients": (
        "POST",
        f"/metric/v2.0{WORKSPACE}/runs/train/batch",
        {"values": [{"name": "loss", "value": [{"data": {"loss": 1.0}}], "columns": {"loss": "Double"}}]},
    ),
}


@pytest.fixture(params=["strict", "any"])
def site(
    request: pytest.FixtureRequest, make_emulator: Callable[..., Emulator], tmp_path: Path, ask: Any
) -> Iterator[Site]:
    site = Site(make_emulator(auth=request.param), tmp_path, ask)
    site.run("sibling")
    attempt = attempt_id(site.job, 1)
    site.token = site.emulator.tokens.issue_for_run("train", lifetime=3600, attempt=attempt)
    yield site
    site.emulator.leases.close()


def write(site: Site, kind: str, ask: Callable[..., httpx.Response], token: str | None = None) -> httpx.Response:
    method, path, body = _WRITES[kind]
    given = {"content": body} if isinstance(body, bytes) else {"json": body}
    headers = {"Authorization": f"Bearer {token or site.token}"}
    return ask(site.app, method, path, headers=headers, **given)


def move(site: Site, state: AttemptState) -> None:
    site.emulator.store.write(lambda conn: attempts.move(conn, site.job, 1, state)).result()


def cancel(site: Site) -> None:
    for status in (JobStatus.CANCEL_REQUESTED, JobStatus.CANCELED):
        site.emulator.store.write(lambda conn, to=status: events.move(conn, site.job, to, 4.0)).result()


@pytest.mark.parametrize("kind", _WRITES)
def test_the_attempt_that_counts_may_write_and_a_superseded_one_may_not(site: Site, kind: str, ask: Any) -> None:
    assert write(site, kind, ask).status_code < 300
    site.supersede()
    answer = write(site, kind, ask)
    assert answer.status_code == 409
    assert f"Attempt {site.job}/1 does not count any more: attempt 2 has taken its place" in answer.text


@pytest.mark.parametrize(
    ("close", "why"),
    [
        (lambda site: move(site, AttemptState.LOST), "it is lost"),
        (lambda site: move(site, AttemptState.REVOKED), "it is revoked"),
        (lambda site: move(site, AttemptState.ENDED), "it is ended"),
        (cancel, "its run is Canceled"),
    ],
)
def test_an_attempt_that_is_over_writes_nothing(site: Site, close: Any, why: str, ask: Any) -> None:
    close(site)
    answer = write(site, "metric", ask)
    assert answer.status_code == 409
    assert why in answer.text
    assert metrics.of(site.emulator.store.reader(), site.job) == []


def test_a_superseded_attempt_may_still_read(site: Site, ask: Any) -> None:
    site.supersede()
    headers = {"Authorization": f"Bearer {site.token}"}
    assert ask(site.app, "GET", f"{_MLFLOW}/runs/get?run_id=train", headers=headers).status_code == 200
    assert ask(site.app, "POST", f"{_MLFLOW}/runs/search", headers=headers, json={}).status_code == 200


def test_the_next_attempt_and_people_write_on(site: Site, ask: Any) -> None:
    site.supersede()
    tokens = site.emulator.tokens
    following = tokens.issue_for_run("train", lifetime=3600, attempt=attempt_id(site.job, 2))
    for token in (following, tokens.issue("https://management.azure.com")):
        assert write(site, "metric", ask, token).status_code == 200


def test_an_artifact_that_is_uploaded_while_its_attempt_is_superseded_does_not_appear(site: Site, ask: Any) -> None:
    async def body() -> Any:
        yield b"first half, "
        site.supersede()
        yield b"second half"

    headers = {"Authorization": f"Bearer {site.token}"}
    answer = ask(site.app, "PUT", f"{_ARTIFACTS}/ExperimentRun/dcid.train/model", headers=headers, content=body())
    assert answer.status_code == 409
    assert not (site.artifacts / "model").exists()


def test_a_signed_address_that_an_attempt_was_given_is_good_as_long_as_the_attempt_counts(site: Site, ask: Any) -> None:
    information = write(site, "place of an artifact", ask).json()["artifactContentInformation"]["late"]
    headers = {"x-ms-blob-type": "BlockBlob"}
    assert ask(site.app, "PUT", information["contentUri"], headers=headers, content=b"one").status_code == 201
    site.supersede()
    for query in ("", "&comp=block&blockid=YQ==", "&comp=metadata"):
        answer = ask(site.app, "PUT", information["contentUri"] + query, headers=headers, content=b"two")
        assert (answer.status_code, answer.headers["x-ms-error-code"]) == (409, "AttemptSuperseded"), query
    stored = site.emulator.place.container(artifact_container(WORKSPACE)) / "ExperimentRun" / "dcid.train" / "late"
    assert stored.read_bytes() == b"one"


def test_the_name_of_the_attempt_in_a_signed_address_is_signed_too(site: Site, ask: Any) -> None:
    information = write(site, "place of an artifact", ask).json()["artifactContentInformation"]["late"]
    site.supersede()
    headers = {"x-ms-blob-type": "BlockBlob"}
    for changed in (f"si=attempt-{site.job}-2", "si=", "x="):
        url = information["contentUri"].replace(f"si=attempt-{site.job}-1", changed)
        assert ask(site.app, "PUT", url, headers=headers, content=b"two").status_code == 403, changed
