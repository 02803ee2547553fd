"""What datastores give their clients, and that each of it opens their blobs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from azure.ai.ml.entities import Data
from azure.core.exceptions import HttpResponseError

from emulator.services.context import Emulator

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize(
    ("emulator", "shown"),
    [
        pytest.param({}, "AccountKeyConfiguration", id="account-key"),
        pytest.param({"datastore_credentials": "Sas"}, "SasTokenConfiguration", id="sas"),
        pytest.param({"datastore_credentials": "None"}, "NoneCredentialConfiguration", id="identity"),
    ],
    indirect=["emulator"],
)
def test_a_client_uploads_with_what_it_is_given(ml_client: Any, emulator: Emulator, tmp_path: Path, shown: str) -> None:
    assert type(ml_client.datastores.get_default().credentials).__name__ == shown
    (tmp_path / "d.csv").write_text("a,b\n")
    ml_client.data.create_or_update(Data(name="d", path=str(tmp_path / "d.csv"), type="uri_file"))
    assert [path.read_text() for path in emulator.place.artifacts.rglob("d.csv")] == ["a,b\n"]


@pytest.mark.parametrize("emulator", [{"datastore_credentials": "None"}], indirect=True)
def test_a_datastore_without_credentials_has_no_secrets(ml_client: Any) -> None:
    with pytest.raises(HttpResponseError, match="No secrets for credentials of type None"):
        ml_client.datastores._list_secrets("workspaceblobstore")
