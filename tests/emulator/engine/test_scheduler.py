from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emulator.engine.scheduler import Claim, FairShare

claims = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=8).map(
    lambda pairs: [Claim(place, running, wants) for place, (running, wants) in enumerate(pairs)]
)


@given(free=st.integers(0, 20), claims=claims)
def test_no_node_is_idle_while_somebody_wants_it(free: int, claims: list[Claim[int]]) -> None:
    granted = FairShare[int]().share(free, claims)
    assert sum(granted.values()) == min(free, sum(claim.wants for claim in claims))
    assert all(0 < granted[claim.key] <= claim.wants for claim in claims if claim.key in granted)


@given(free=st.integers(0, 20), claims=claims)
def test_shares_are_max_min_fair(free: int, claims: list[Claim[int]]) -> None:
    granted = FairShare[int]().share(free, claims)
    have = {claim.key: claim.running + granted.get(claim.key, 0) for claim in claims}
    unsatisfied = [claim.key for claim in claims if granted.get(claim.key, 0) < claim.wants]
    for poor in unsatisfied:
        for rich in granted:
            assert have[rich] <= have[poor] + 1


def test_equal_claims_take_turns() -> None:
    share = FairShare[str]()
    waiting = [Claim("a", 0, 5), Claim("b", 0, 5), Claim("c", 0, 5)]
    assert [next(iter(share.share(1, waiting))) for _ in range(6)] == ["a", "b", "c", "a", "b", "c"]


def test_a_latecomer_gets_the_next_free_node() -> None:
    share = FairShare[str]()
    share.share(4, [Claim("old", 0, 100)])
    assert share.share(1, [Claim("old", 3, 96), Claim("new", 0, 2)]) == {"new": 1}


def test_what_is_free_is_split_evenly_among_a_hundred_sweeps() -> None:
    granted = FairShare[int]().share(250, [Claim(key, 0, 1000) for key in range(100)])
    assert sorted(granted.values()) == [2] * 50 + [3] * 50


def test_who_was_just_served_comes_after_its_equals() -> None:
    assert FairShare[str]().share(2, [Claim("a", 0, 2), Claim("b", 1, 2)]) == {"a": 1, "b": 1}
