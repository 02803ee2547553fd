"""Schemathesis finds no request, made from the description, that makes the control interface fail.

It has an environment of its own: AMLET_SCHEMATHESIS names its program, which `scripts/torture` installs.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from amlet.testing.served import ServedEmulator

_PROGRAM = os.environ.get("AMLET_SCHEMATHESIS")
_CHECKS = "not_a_server_error,response_schema_conformance,content_type_conformance,ignored_auth"


@pytest.mark.slow
@pytest.mark.skipif(_PROGRAM is None, reason="AMLET_SCHEMATHESIS names no program; scripts/torture does")
def test_no_request_made_from_the_description_makes_the_emulator_fail(tmp_path: Path) -> None:
    with ServedEmulator() as emulator:
        token = emulator.emulator.tokens.issue("https://management.azure.com")
        options = ["--checks", _CHECKS, "--max-examples", os.environ.get("AMLET_SCHEMATHESIS_EXAMPLES", "20")]
        seeded = ["--seed", "1", "--generation-database", "none", "--no-color", "--phases", "examples,coverage,fuzzing"]
        ran = subprocess.run(
            [
                str(_PROGRAM),
                "run",
                f"{emulator.origin}/_amlet/openapi.json",
                *("--header", f"Authorization: Bearer {token}", "--tls-verify", str(emulator.ca)),
                *("--exclude-name", "PUT /_amlet/snapshot/{snapshot}"),  # not JSON; see test_byte_fuzz
                *options,
                *seeded,
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=1500,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]
