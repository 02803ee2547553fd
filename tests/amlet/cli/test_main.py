"""The command as a whole: what it loads, how it fails."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from azure.core.exceptions import ClientAuthenticationError

from amlet.cli import target
from amlet.cli.exits import Exit, explain
from contracts.version import __version__


def test_the_version_is_printed(amlet) -> None:
    assert amlet("--version").out == f"amlet {__version__}\n"


def test_help_lists_the_exit_codes(amlet) -> None:
    text = " ".join(amlet("job", "create", "--help").out.split())
    assert "3 the streamed job Failed" in text
    assert "6 the service cannot be reached" in text


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys\nfrom amlet.cli.app import command_line\n"
        "try: command_line()(['--help'], prog_name='amlet')\nexcept SystemExit: pass\n"
        "heavy = {'httpx', 'pydantic', 'rich', 'yaml', 'numpy', 'starlette', 'azure', 'jmespath'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    out = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert out.splitlines()[-1] == "[]"


def test_run_with_a_job_file_answers_with_the_command_that_was_meant(amlet) -> None:
    ran = amlet("run", "sweep.yml")
    assert ran.code == 2
    assert "amlet job create -f sweep.yml --emulator --stream" in ran.err


def test_an_unexpected_error_is_one_line_and_exit_code_1(amlet, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(target.workspace_settings, "find", broken)
    ran = amlet("job", "list")
    assert (ran.code, ran.err) == (1, "amlet: ZeroDivisionError: oops (AMLET_DEBUG=1 shows more)\n")


def test_an_error_of_the_system_is_told_without_its_number(amlet, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    ran = amlet("emulator", "start", "--detach", "--state-dir", "state")
    assert (ran.code, ran.err) == (5, f"amlet: {tmp_path / 'state'}: File exists\n")


@pytest.mark.parametrize("verbose", [(), ("--verbose",)])
def test_who_is_not_signed_in_is_told_how_and_the_rest_only_when_asked(
    amlet, monkeypatch: pytest.MonkeyPatch, verbose: tuple[str, ...]
) -> None:
    import azure.identity
    from azure.core.exceptions import ClientAuthenticationError

    class Credential:
        def __init__(self, **options: str) -> None: ...

        def get_token_info(self, *scopes: str, **options: object) -> None:
            raise ClientAuthenticationError("It failed.\nAttempted credentials:\n\tEnvironmentCredential: no")

    monkeypatch.setattr(azure.identity, "DefaultAzureCredential", Credential)
    ran = amlet("job", "list", "-w", "w", "-g", "g", "--subscription", "s", *verbose)
    assert ran.code == 6
    assert "no token for https://management.azure.com: It failed." in ran.err
    assert "sign in: az login" in ran.err
    assert ("EnvironmentCredential" in ran.err) is bool(verbose)


def test_with_amlet_debug_every_request_is_shown(amlet, emulator, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    monkeypatch.setenv("AMLET_DEBUG", "1")
    caplog.set_level(logging.NOTSET, "gateway.transport")
    assert amlet("job", "list", "--emulator").code == 0
    assert "/workspaces/amlet/jobs -> 200 in " in caplog.text


def test_a_sign_in_that_was_never_sent_has_no_id_to_look_up() -> None:
    error = ClientAuthenticationError("no token")
    error.correlation_id = "c-1"  # type: ignore[attr-defined]
    assert "c-1" in explain(error)[0]  # type: ignore[index]
    error.__cause__ = ValueError("what was tried")
    text, code = explain(error) or ("", None)
    assert code is Exit.UNREACHABLE
    assert text.endswith("\n--verbose shows what was tried")
    assert "c-1" not in text
    assert explain(error, verbose=True)[0].endswith("\nwhat was tried")  # type: ignore[index]
