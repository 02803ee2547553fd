from __future__ import annotations

import sqlite3

from emulator.storage import Database, assets, decisions, experiments, meta, workspaces
from emulator.storage.jobs import JobId
from tests.emulator.storage.conftest import WORKSPACE


def test_an_asset_put_again_keeps_its_id_and_when_it_was_made(store: Database) -> None:
    first = store.write(lambda conn: assets.put(conn, WORKSPACE, "data", "d", "1", {"a": 1}, 10.0)).result()
    again = store.write(lambda conn: assets.put(conn, WORKSPACE, "data", "d", "1", {"a": 2}, 20.0)).result()
    assert (again.id, again.created, again.modified, again.document) == (first.id, 10.0, 20.0, {"a": 2})
    assert assets.get(store.reader(), WORKSPACE, "data", "d", "1") == again


def test_versions_come_newest_first_without_the_container(store: Database) -> None:
    for version in ("", "1", "2", "10"):
        store.write(lambda conn, v=version: assets.put(conn, WORKSPACE, "data", "d", v, {}, 1.0)).result()
    found = assets.versions(store.reader(), WORKSPACE, "data", "d")
    assert [asset.version for asset in found] == ["10", "2", "1"]
    older = assets.versions(store.reader(), WORKSPACE, "data", "d", before=found[0].id, limit=1)
    assert [asset.version for asset in older] == ["2"]
    assert [asset.name for asset in assets.of_kind(store.reader(), WORKSPACE, "data")] == ["d"]


def test_assets_are_found_by_their_content_whatever_their_name(store: Database) -> None:
    for name in ("a", "b"):
        store.write(lambda conn, n=name: assets.put(conn, WORKSPACE, "codes", n, "1", {}, 1.0, hash="h")).result()
    assert [asset.name for asset in assets.by_hash(store.reader(), WORKSPACE, "codes", "h")] == ["a", "b"]
    assert assets.by_hash(store.reader(), WORKSPACE, "codes", "other") == []


def test_a_deleted_asset_is_gone(store: Database) -> None:
    asset = store.write(lambda conn: assets.put(conn, WORKSPACE, "data", "d", "1", {}, 1.0)).result()
    store.write(lambda conn: assets.delete(conn, asset.id)).result()
    assert assets.get(store.reader(), WORKSPACE, "data", "d", "1") is None


def test_an_asset_without_versions_is_new_once_and_deleted_once(store: Database) -> None:
    def put(conn: sqlite3.Connection) -> bool:
        return assets.put_only(conn, WORKSPACE, "computes", "c", {}, 1.0)

    def delete(conn: sqlite3.Connection) -> bool:
        return assets.delete_only(conn, WORKSPACE, "computes", "c")

    assert [store.write(change).result() for change in (put, put, delete, delete)] == [True, False, True, False]


def test_an_experiment_is_made_once_and_can_be_changed(store: Database) -> None:
    guid = store.write(lambda conn: workspaces.ensure(conn, WORKSPACE, 1.0)).result()
    identity = store.write(lambda conn: experiments.ensure(conn, guid, "exp", 1.0)).result()
    assert store.write(lambda conn: experiments.ensure(conn, guid, "exp", 2.0)).result() == identity
    store.write(lambda conn: experiments.set_tags(conn, identity, {"a.b": "c"}, 3.0)).result()
    store.write(lambda conn: experiments.set_archived(conn, identity, True, 4.0)).result()
    store.write(lambda conn: experiments.rename(conn, identity, "renamed", 5.0)).result()
    found = experiments.get(store.reader(), identity)
    assert found == experiments.find(store.reader(), guid, "renamed")
    assert found == experiments.Experiment(identity, guid, "renamed", 1.0, 5.0, True, {"a.b": "c"})
    assert experiments.in_workspace(store.reader(), guid) == [found]
    assert workspaces.every(store.reader()) == [workspaces.find(store.reader(), guid)] == [WORKSPACE]


def test_decisions_come_back_in_their_order(store: Database, put) -> None:  # type: ignore[no-untyped-def]
    job: JobId = put()
    for at, kind in enumerate(["sampled", "canceled"]):
        store.write(lambda conn, a=at, k=kind: decisions.append(conn, job, a, k, {"trial": a})).result()
    found = decisions.history(store.reader(), job)
    assert [(decision.at, decision.kind, decision.document) for decision in found] == [
        (0.0, "sampled", {"trial": 0}),
        (1.0, "canceled", {"trial": 1}),
    ]


def test_a_value_is_made_the_first_time_only(store: Database) -> None:
    first = store.write(lambda conn: meta.get_or_make(conn, "k", lambda: b"1")).result()
    again = store.write(lambda conn: meta.get_or_make(conn, "k", lambda: b"2")).result()
    assert (first, again) == (b"1", b"1")
