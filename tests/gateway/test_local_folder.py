"""Which files are uploaded and under which hash, compared with the official SDK."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.exceptions import ValidationException
from gateway.local_folder import content_hash, files_of, upload_hash

_NAMES = st.sampled_from(
    ["a.py", "B.py", "data", "data.csv", "build", "x y.txt", "ä.txt", "#n.txt", "!n.txt", ".hidden", "[z]"]
)
_PATHS = st.lists(_NAMES, min_size=1, max_size=3).map("/".join)
_LINES = r"*.py;*.py/;!*.py;*;.*;**;build;build/;build/*.py;/data;/*/a.py;data/;data/**;data/**/a.py;**/a.py;!a.py"
_MORE_LINES = r"x?y.txt;[ab].py;[!a].py;[]a].py;# comment;\#n.txt;\!n.txt;;a.py "
_PATTERNS = st.sampled_from(f"{_LINES};{_MORE_LINES}".split(";"))


def _grow(root: Path, tree: dict[str, bytes], ignore: list[str] | None, ignore_name: str) -> Path:
    for name, content in tree.items():
        path = root / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError:
            continue  # a file stands where a folder was wanted, or the other way round
    if ignore is not None:
        (root / ignore_name).write_text("\n".join(ignore), encoding="utf-8")
    return root


@pytest.mark.oracle
@given(
    tree=st.dictionaries(_PATHS, st.binary(max_size=20), min_size=1, max_size=8),
    ignore=st.none() | st.lists(_PATTERNS, max_size=4),
    ignore_name=st.sampled_from([".amlignore", ".gitignore"]),
)
def test_files_and_hashes_are_those_of_the_official_sdk(
    tree: dict[str, bytes], ignore: list[str] | None, ignore_name: str
) -> None:
    sdk = pytest.importorskip("azure.ai.ml._utils._asset_utils")
    with tempfile.TemporaryDirectory() as folder:
        root = _grow(Path(folder).resolve(), tree, ignore, ignore_name)
        rules = sdk.get_ignore_file(root)
        ours = files_of(root)
        theirs = sdk.get_upload_files_from_folder(root, ignore_file=rules)
        assert sorted((str(file.path), file.name) for file in ours) == sorted(theirs)
        assert content_hash(ours) == sdk.get_content_hash(root, rules)
        assert upload_hash(root) == sdk.get_object_hash(root, rules)


@pytest.mark.oracle
def test_a_single_file_hashes_as_in_the_official_sdk(tmp_path: Path) -> None:
    sdk = pytest.importorskip("azure.ai.ml._utils._asset_utils")
    file = tmp_path / "data.csv"
    file.write_bytes(b"1,2\n")
    assert content_hash(files_of(file)) == sdk.get_content_hash(file)
    assert upload_hash(file) == sdk.get_object_hash(file)


def test_links_are_followed_to_their_content(tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text("x = 1")
    code = tmp_path / "code"
    code.mkdir()
    (code / "linked.py").symlink_to(tmp_path / "shared.py")
    assert [(file.name, file.path) for file in files_of(code)] == [("linked.py", tmp_path / "shared.py")]


def test_an_amlignore_beats_a_gitignore(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("a.py\n")
    (tmp_path / ".amlignore").write_text("b.py\n")
    (tmp_path / "a.py").touch()
    (tmp_path / "b.py").touch()
    assert sorted(file.name for file in files_of(tmp_path)) == [".amlignore", ".gitignore", "a.py"]


def test_a_link_into_a_circle_is_refused_unless_it_is_excluded(tmp_path: Path) -> None:
    (tmp_path / "a.py").touch()
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "up").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(ValidationException, match=r"below/up is a link to .*, in which it is itself.*\.amlignore"):
        files_of(tmp_path)
    (tmp_path / ".amlignore").write_text("up\n")
    assert sorted(file.name for file in files_of(tmp_path)) == [".amlignore", "a.py"]


def test_a_linked_folder_is_followed(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "x.py").touch()
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "lib").symlink_to(tmp_path / "shared", target_is_directory=True)
    assert [(file.name, file.path) for file in files_of(tmp_path / "code")] == [
        ("lib/x.py", tmp_path / "shared" / "x.py")
    ]


@pytest.mark.parametrize("kind", ["dangling link", "pipe"])
def test_what_has_no_content_is_refused_unless_it_is_excluded(tmp_path: Path, kind: str) -> None:
    odd = tmp_path / "odd"
    if kind == "pipe":
        os.mkfifo(odd)
    else:
        odd.symlink_to(tmp_path / "nowhere")
    with pytest.raises(ValidationException, match=r"odd is .*\.amlignore"):
        files_of(tmp_path)
    (tmp_path / ".amlignore").write_text("odd\n")
    assert [file.name for file in files_of(tmp_path)] == [".amlignore"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "secret").touch(mode=0o000)
    with pytest.raises(ValidationException, match=r"secret cannot be read.*\.amlignore"):
        content_hash(files_of(tmp_path))


def test_a_folder_that_cannot_be_read_is_refused_unless_it_is_excluded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "locked").mkdir()
    (tmp_path / "a.py").touch()
    really = os.scandir

    def scandir(path: str) -> Any:
        if path.endswith("locked"):
            raise PermissionError(13, "Permission denied", path)
        return really(path)

    monkeypatch.setattr(os, "scandir", scandir)
    with pytest.raises(ValidationException, match=r"locked cannot be read.*\.amlignore"):
        files_of(tmp_path)
    (tmp_path / ".amlignore").write_text("locked/\n")
    assert sorted(file.name for file in files_of(tmp_path)) == [".amlignore", "a.py"]
