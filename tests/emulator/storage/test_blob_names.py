"""Whatever a blob is called: its file is inside its container, or there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.storage.blobs import BlobStore, Properties
from emulator.storage.blobs.errors import BadName, BlobError
from emulator.storage.blobs.names import blob_path, container_path

ROOT = Path("/srv/artifacts")
_pieces = st.sampled_from(["..", ".", "", "/", "\\", "a", "b.txt", "%2e%2e", "\0", "~", "C:", "ü", " ", "\n", "-"])
_names = st.one_of(st.text(max_size=40), st.lists(_pieces, max_size=8).map("/".join), st.lists(_pieces).map("".join))


@given(_names)
def test_a_blobs_path_is_below_its_container_or_refused(name: str) -> None:
    try:
        path = blob_path(ROOT, "container", name)
    except BadName:
        return
    assert path.is_relative_to(ROOT / "container")
    assert ".." not in path.parts
    assert path.relative_to(ROOT / "container").as_posix() == name


@given(st.one_of(st.text(max_size=70), _names))
def test_a_containers_path_is_one_folder_below_the_root_or_refused(name: str) -> None:
    try:
        path = container_path(ROOT, name)
    except BadName:
        return
    assert path.parent == ROOT
    assert not path.name.startswith(".")


@pytest.mark.parametrize("name", ["abc\n", "$root\n", "ab", "a" * 64])
def test_a_name_that_the_service_would_not_take_is_no_containers(name: str) -> None:
    with pytest.raises(BadName):
        container_path(ROOT, name)


@given(name=_names, content=st.binary(max_size=50))
def test_what_is_written_is_read_or_refused_and_nothing_else_appears(
    tmp_path_factory: pytest.TempPathFactory, name: str, content: bytes
) -> None:
    outside = tmp_path_factory.mktemp("outside", numbered=True)
    store = BlobStore(outside / "artifacts")
    store.create_container("container")
    try:
        with store.upload("container", name) as upload:
            upload.write(content)
            upload.finish(Properties({"k": "v"}))
    except BlobError:
        assert list(store.container("container").iterdir()) == []
    else:
        blob, file = store.open("container", name)
        with file:
            assert (file.read(), blob.size, blob.properties.metadata) == (content, len(content), {"k": "v"})
    assert [path.name for path in outside.iterdir()] == ["artifacts"]


def test_the_file_of_an_unfinished_upload_goes_away(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    store.create_container("container")
    with store.upload("container", "b") as upload:
        upload.write(b"half")
        assert [path for path in tmp_path.rglob("*") if path.is_file()] != []
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_start_removes_what_a_crash_left_and_nothing_else(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    store.create_container("container")
    with store.upload("container", "kept") as upload:
        upload.finish(Properties({"k": "v"}))
    (store.hidden / "partial" / ".partial-0").write_text("half")
    (store.hidden / "blocks" / "b").mkdir(parents=True)
    (store.hidden / "blocks" / "b" / ".partial-1").write_text("half")
    store.forget_partial()
    assert list(tmp_path.rglob(".partial-*")) == []
    assert store.stat("container", "kept").properties.metadata == {"k": "v"}
