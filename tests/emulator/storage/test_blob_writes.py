"""A blob and its properties change together, wherever a process is killed that changes them."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from emulator.clock import VirtualClock
from emulator.storage.blobs import BlobStore, Properties, blocks
from emulator.storage.blobs.errors import BlobExists, BlobNotFound
from emulator.storage.blobs.stamps import ClockStamps

_OLD, _NEW = b"old content", b"new content"  # of one length: only the time tells them apart
_CHANGES = ("replace", "rename", "link", "unlink", "utime", "rmdir", "mkdir")
_KILLED = 9


def md5(content: bytes) -> str:
    return base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()


def properties(content: bytes) -> Properties:
    return Properties({"of": content.decode()}, "text/plain", md5(content))


def put(root: Path, content: bytes, kept: Properties, *, overwrite: bool = True) -> None:
    with BlobStore(root).upload("container", "b") as upload:
        upload.write(content)
        upload.finish(kept, overwrite=overwrite)


def put_blocks(root: Path) -> None:
    store = BlobStore(root)
    with blocks.staged(store, "container", "b", b"1") as file:
        file.write(_NEW)
    blocks.commit(store, "container", "b", [b"1"], properties(_NEW))


KINDS: dict[str, Callable[[Path], Any]] = {
    "put": lambda root: put(root, _NEW, properties(_NEW)),
    "plain": lambda root: put(root, _NEW, Properties()),
    "create": lambda root: put(root, _NEW, properties(_NEW), overwrite=False),
    "blocks": put_blocks,
    "metadata": lambda root: BlobStore(root).set_metadata("container", "b", {"of": "nobody"}),
    "delete": lambda root: BlobStore(root).delete("container", "b"),
}
BEFORE: dict[str, Callable[[Path], Any]] = {
    "nothing": lambda root: None,
    "plain": lambda root: put(root, _OLD, Properties()),
    "full": lambda root: put(root, _OLD, properties(_OLD)),
}


def filled(root: Path, before: str) -> Path:
    BlobStore(root).create_container("container")
    BEFORE[before](root)
    return root


def seen(root: Path) -> tuple[bytes, Properties] | None:
    """What a client reads, the time of creation aside: each of the compared blobs has its own."""
    try:
        blob, file = BlobStore(root).open("container", "b")
    except BlobNotFound:
        return None
    with file:
        return file.read(), replace(blob.properties, created=None)


def killed_everywhere(folder: Path, kind: str, before: str) -> None:
    """Make the change again and again in a child that dies before or after the first, second ... change of a file."""
    old = seen(filled(folder / "old", before))
    new_root = filled(folder / "new", before)
    KINDS[kind](new_root)
    new = seen(new_root)
    found = set()
    for last in range(80):
        root = filled(folder / str(last), before)
        child = os.fork()
        if not child:
            die_at(last)
            KINDS[kind](root)
            os._exit(0)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert seen(root) in (old, new), f"killed at {last}: {seen(root)}"
        found.add(seen(root) == new)
        BlobStore(root).forget_partial()
        put(root, _NEW, properties(_NEW))
        assert seen(root) == (_NEW, properties(_NEW))
        assert list(root.rglob(".partial-*")) == []
        if ended == 0:
            break
        assert ended == _KILLED
    assert ended == 0
    assert found == {False, True}


def die_at(last: int) -> None:
    """Have this process end at the `last`-th moment: before a change of the file system when even, else after it."""
    passed = 0

    def moment() -> None:
        nonlocal passed
        if passed == last:
            os._exit(_KILLED)
        passed += 1

    def around(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            moment()
            try:
                return real(*arguments, **options)
            finally:
                moment()

        return call

    for name in _CHANGES:
        setattr(os, name, around(getattr(os, name)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.parametrize(
    ("kind", "before"),
    [
        *((kind, before) for kind in ("put", "plain", "blocks") for before in BEFORE),
        *(("create", "nothing"), ("metadata", "full"), ("metadata", "plain"), ("delete", "full")),
    ],
)
def test_a_kill_at_any_change_of_a_file_leaves_the_old_blob_or_the_new_one(
    tmp_path: Path, kind: str, before: str
) -> None:
    code = f"import sys, pathlib; from {__name__} import *; killed_everywhere(pathlib.Path(sys.argv[1]), *sys.argv[2:])"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), kind, before], check=False, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr


def test_what_others_wrote_into_a_blob_has_no_md5_that_is_not_its_own(tmp_path: Path) -> None:
    root = filled(tmp_path, "full")
    (root / "container" / "b").write_bytes(b"a trial was")
    blob = BlobStore(root).stat("container", "b")
    assert (blob.size, blob.properties.content_md5) == (len(_OLD), None)
    (root / "container" / "b").write_bytes(b"longer than it was")
    assert BlobStore(root).stat("container", "b").properties == Properties()


def test_a_copy_of_the_folder_without_its_times_keeps_types_and_metadata(tmp_path: Path) -> None:
    root = filled(tmp_path, "full")
    os.utime(root / "container" / "b", ns=(1, 1))
    kept = BlobStore(root).stat("container", "b").properties
    assert (kept.content_type, kept.metadata) == ("text/plain", {"of": "old content"})


def test_two_writes_at_the_same_moment_are_two_contents(tmp_path: Path) -> None:
    root = filled(tmp_path, "nothing")
    frozen = BlobStore(root, ClockStamps(VirtualClock(1_700_000_000.0)))
    tags = []
    for content in (_OLD, _NEW):
        with BlobStore(root, frozen._stamp).upload("container", "b") as upload:
            upload.write(content)
            tags.append(upload.finish(properties(content)).etag)
        assert seen(root) == (content, properties(content))
        assert frozen.stat("container", "b").etag == tags[-1]
    assert tags[0] != tags[1]


def test_writers_at_once_leave_the_blob_of_one_of_them(tmp_path: Path) -> None:
    root = filled(tmp_path, "nothing")
    contents = [bytes([65 + number]) * 11 for number in range(8)]

    def write(content: bytes) -> None:
        for _ in range(20):
            put(root, content, properties(content))

    threads = [threading.Thread(target=write, args=[content]) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    content, kept = seen(root) or (b"", Properties())
    assert content in contents
    assert kept == properties(content)


def test_a_blob_that_was_to_be_new_leaves_the_properties_of_the_one_there(tmp_path: Path) -> None:
    root = filled(tmp_path, "full")
    with pytest.raises(BlobExists):
        put(root, _NEW, properties(_NEW), overwrite=False)
    assert seen(root) == (_OLD, properties(_OLD))


def test_blocks_of_which_no_blob_was_made_are_removed_a_week_after_the_last_one(tmp_path: Path) -> None:
    store = BlobStore(filled(tmp_path, "nothing"))
    with blocks.staged(store, "container", "b", b"1") as file:
        file.write(b"x")
    put_at = next((store.hidden / "blocks").iterdir()).stat().st_mtime
    blocks.forget_old(store, put_at + 6 * 86_400)
    assert blocks.waiting(store, "container", "b") == [(b"1", 1)]
    blocks.forget_old(store, put_at + 8 * 86_400)
    assert list((store.hidden / "blocks").iterdir()) == []
