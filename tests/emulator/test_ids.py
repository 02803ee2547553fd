from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from emulator.ids import RandomIds, SeededIds
from emulator.storage import Database


def test_the_same_seed_gives_the_same_ids() -> None:
    one, other = SeededIds(7), SeededIds(7)
    assert [one.uuid("run") for _ in range(3)] == [other.uuid("run") for _ in range(3)]
    assert one.below(100, "seed") == other.below(100, "seed")


def test_another_seed_gives_others() -> None:
    assert SeededIds(7).uuid("run") != SeededIds(8).uuid("run")


def test_what_is_asked_for_one_purpose_does_not_change_another() -> None:
    one, other = SeededIds(7), SeededIds(7)
    for _ in range(5):
        one.uuid("correlation")
    assert one.uuid("run") == other.uuid("run")


def test_ids_are_version_4_uuids_and_none_comes_twice() -> None:
    ids = SeededIds(0)
    given = [ids.uuid("run") for _ in range(100)]
    assert len(set(given)) == 100
    assert {identity.version for identity in given} == {4}


def test_sequences_can_begin_again_or_go_on_from_a_point() -> None:
    ids = SeededIds(7)
    first, given, second = ids.uuid("run"), ids.given, ids.uuid("run")
    ids.resume(given)
    assert ids.uuid("run") == second
    ids.resume({})
    assert ids.uuid("run") == first


def test_the_next_process_with_a_store_gets_other_ids_but_the_same_ones_from_run_to_run() -> None:
    def two_processes() -> list[object]:
        store = Database.in_memory()
        return [SeededIds.kept_in(store, 7).uuid("run") for _ in range(2)]

    first, second = two_processes()
    assert first != second
    assert two_processes() == [first, second]
    assert SeededIds(7).uuid("run") == first


def test_a_number_is_below_its_limit() -> None:
    for ids in (SeededIds(1), RandomIds()):
        assert {ids.below(3, "x") for _ in range(50)} <= {0, 1, 2}


def test_random_ids_differ_from_run_to_run() -> None:
    assert RandomIds().uuid("run") != RandomIds().uuid("run")


def test_random_ids_differ_in_and_between_threads() -> None:
    ids = RandomIds()
    with ThreadPoolExecutor(4) as threads:
        given = [one for many in threads.map(lambda _: [ids.hex("x") for _ in range(500)], range(4)) for one in many]
    assert len(set(given)) == 2000
    assert {len(one) for one in given} == {32}
    assert ids.uuid("x").version == 4
