"""Fair sharing of a compute's nodes between the sweeps and jobs that want them."""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Claim(Generic[K]):
    """What one sweep, or job, has and wants of a compute.

    Parameters:
        key: whose claim it is.
        running: nodes it has.
        wants: nodes it could use besides.
    """

    key: K
    running: int
    wants: int


class FairShare(Generic[K]):
    """Who gets the free nodes of one compute.

    Each node goes to the claim that has the fewest (max-min fairness); among equals to the one that was served longest
    ago, then to the one listed first. No node stays free while a claim wants it, and no claim starves.
    """

    def __init__(self) -> None:
        self._served: dict[K, int] = {}
        self._turn = 0

    def share(self, free: int, claims: Sequence[Claim[K]]) -> dict[K, int]:
        """How many of the free nodes each claim gets; claims that get none are left out.

        Parameters:
            free: number of free nodes.
            claims: of all who use this compute, also of those who want nothing now, in order of submission.
        """
        # Only claims that are still there are remembered: an emulator that runs for months sees jobs without number.
        self._served = {claim.key: self._served.get(claim.key, 0) for claim in claims}
        # The place breaks the last ties, so that keys need no order of their own.
        order = [(c.running, self._served[c.key], place) for place, c in enumerate(claims) if c.wants > 0]
        heapq.heapify(order)
        granted: dict[K, int] = {}
        while free > 0 and order:
            running, _, place = heapq.heappop(order)
            claim = claims[place]
            granted[claim.key] = granted.get(claim.key, 0) + 1
            free -= 1
            self._turn += 1
            self._served[claim.key] = self._turn
            if granted[claim.key] < claim.wants:
                heapq.heappush(order, (running + 1, self._turn, place))
        return granted
