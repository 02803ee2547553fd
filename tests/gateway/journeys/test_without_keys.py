"""A workspace whose storage account allows no key: what is uploaded and downloaded goes with the user's own token."""

from __future__ import annotations

from pathlib import Path

import pytest

from amlet.testing import InProcessEmulator, ServedEmulator
from gateway import Input, command
from gateway.exceptions import HttpResponseError


@pytest.mark.parametrize("emulate", [InProcessEmulator, ServedEmulator])
def test_a_job_with_a_local_input_runs_without_the_account_s_key(
    emulate: type[InProcessEmulator | ServedEmulator], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text("x\n")
    given = {"d": Input(type="uri_file", path=str(tmp_path / "d.csv"))}
    job = command(name="j", command="cat ${{inputs.d}}", environment="e:1", compute="cpu", inputs=given)
    with emulate() as emulator:
        emulator.faults.plan(match="POST **/listSecrets", status=403, code="AuthorizationFailed", times=None)
        client = emulator.client()
        client.jobs.create_or_update(job)
        assert client.jobs.wait("j").status == "Completed"
        client.jobs.download("j", download_path=tmp_path / "fetched")


def test_a_missing_role_on_the_storage_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "d.csv").write_text("x\n")
    given = {"d": Input(type="uri_file", path=str(tmp_path / "d.csv"))}
    job = command(name="j", command="cat ${{inputs.d}}", environment="e:1", compute="cpu", inputs=given)
    with InProcessEmulator() as emulator:
        emulator.faults.plan(match="POST **/listSecrets", status=403, code="AuthorizationFailed", times=None)
        denied = {"x-ms-error-code": "AuthorizationPermissionMismatch"}
        emulator.faults.plan(match="**/LocalUpload/**", status=403, headers=denied, body="", times=None)
        with pytest.raises(HttpResponseError, match="AuthorizationPermissionMismatch") as raised:
            emulator.client().jobs.create_or_update(job)
    assert "Storage Blob Data Contributor" in (raised.value.hint or "")
