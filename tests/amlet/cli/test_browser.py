"""What amlet opens in a browser: no key is among the arguments of a process."""

from __future__ import annotations

import html
import re
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.amlet.cli.processes import Processes

Amlet = Callable[..., subprocess.CompletedProcess[str]]

_BROWSER = """
import os, sys
from pathlib import Path
Path(os.environ["SEEN"]).write_text("\\n".join(sys.argv[1:]))
"""


@pytest.fixture
def amlet(tmp_path: Path) -> Iterator[Amlet]:
    run = Processes(tmp_path, target="emulator")
    yield run
    run("emulator", "stop", "--all")


def status(address: str) -> int:
    try:
        with urllib.request.urlopen(address) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def plain(address: str, opened: str) -> str:
    """A printed link at the plain origin of another one."""
    return f"{opened.split('?')[0]}?{address.split('?')[1]}"


@pytest.mark.slow
def test_a_page_is_opened_by_a_file_for_its_owner_with_a_key_that_is_good_once(amlet: Amlet, tmp_path: Path) -> None:
    (tmp_path / "browser.py").write_text(_BROWSER)
    seen = tmp_path / "seen"
    browser = {"BROWSER": f"{sys.executable} {tmp_path / 'browser.py'} %s", "SEEN": str(seen)}
    ran = amlet("studio", **browser)
    assert ran.returncode == 0, ran.stderr
    printed = ran.stdout.strip()
    key = printed.partition("&key=")[2]
    assert len(key) == 32
    (argument,) = seen.read_text().splitlines()
    file = Path(unquote(urlsplit(argument).path))
    assert argument.startswith("file://")
    assert key not in argument
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    found = re.search('url=(.*?)"', file.read_text())
    assert found is not None
    opened = html.unescape(found[1])
    assert key not in opened
    assert opened.startswith("http://127.0.0.1:")
    assert [status(opened), status(opened)] == [200, 403]

    again = amlet("studio", "--rotate-key", "--no-browser").stdout.strip()
    assert status(plain(printed, opened)) == 403
    assert status(plain(again, opened)) == 200
