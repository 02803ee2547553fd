"""Logs as the SDK finds them when a job shows `outputs.default`: by a listing, and signatures it makes itself."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from azure.ai.ml._artifacts._artifact_utilities import get_datastore_info, list_logs_in_datastore

from emulator.place import ARTIFACT_STORE
from emulator.services.context import Emulator
from tests.emulator.clients.conftest import WORKSPACE

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]


def test_logs_are_listed_and_read_with_a_signature_of_the_clients_own(ml_client: Any, emulator: Emulator) -> None:
    logs = emulator.place.run_artifacts(WORKSPACE, "job") / "user_logs"
    logs.mkdir(parents=True)
    (logs / "std_log.txt").write_text("line\n")
    info = get_datastore_info(ml_client.datastores, ARTIFACT_STORE)
    found = list_logs_in_datastore(info, prefix="ExperimentRun/dcid.job", legacy_log_folder_name="/azureml-logs/")
    assert {name: requests.get(url, timeout=30).text for name, url in found.items()} == {
        "user_logs/std_log.txt": "line\n"
    }
