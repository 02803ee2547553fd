"""What an emulator costs a test: creation, reset and first request, against moto's `mock_aws` in the same run.

    pip install 'amlet[bench]'
    python bench/testing.py [--rounds 9]

Both are in this process and without a port. Measured is CPU time, in turns, so that a busy machine slows both alike;
the columns are medians, the last one the median of the ratios of neighbouring rounds. `mock_aws().start()` also resets
all backends, which is how its users get fresh state for a test. `moto_api_backend.reset()` alone takes microseconds and
leaves the work to the next request; the last line, which is not judged, has both together. Exit code 1 when another
of ours is less than three times as fast, or a creation or reset takes 5 ms or more.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, NamedTuple

from measure import Ratio, compare
from rows import Row, add_option, write

from amlet.testing import InProcessEmulator

WANTED = 3.0
LONGEST = 0.005  # seconds


class Line(NamedTuple):
    """One line of the table: the same done with both.

    Parameters:
        what: for people.
        moto, amlet: the two sides.
        bounded: whether ours has to take less than `LONGEST`.
        judged: whether it has to be faster.
    """

    what: str
    moto: Callable[[], object]
    amlet: Callable[[], object]
    bounded: bool
    judged: bool = True


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="turns of each side")
    add_option(parser)
    options = parser.parse_args()
    rounds, found_rows = options.rounds, []
    os.environ |= {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
    try:
        import boto3  # noqa: F401
        import moto  # noqa: F401
    except ImportError as missing:
        print(f"{missing}: install the peer with: pip install 'amlet[bench]'", file=sys.stderr)
        return 2
    good = True
    print(f"{'':42} {'moto ms':>9} {'amlet ms':>9} {'times faster':>13}")
    with ExitStack() as stack:
        for row in lines(stack):
            found = compare(row.moto, row.amlet, rounds=rounds)
            good &= is_good(row, found)
            print(f"{row.what:42} {found.slow * 1e3:9.3f} {found.fast * 1e3:9.3f} {found.times:13.1f}")
            found_rows.append(Row(f"{row.what}, CPU", "moto", found.times, WANTED if row.judged else None))
    write(found_rows, options.json)
    return 0 if good else 1


def is_good(row: Line, found: Ratio) -> bool:
    """Whether a line meets its targets."""
    return (found.times >= WANTED or not row.judged) and (not row.bounded or found.fast < LONGEST)


def lines(stack: ExitStack) -> list[Line]:
    """What is measured."""
    import boto3
    from moto import mock_aws
    from moto.moto_api._internal.models import moto_api_backend

    def moto_life() -> None:
        mock = mock_aws()
        mock.start()
        mock.stop()

    def moto_first() -> None:
        with mock_aws():
            boto3.client("sagemaker").list_training_jobs()

    def amlet_life() -> None:
        InProcessEmulator().close()

    def amlet_first() -> None:
        with InProcessEmulator() as emulator, emulator.client() as client:
            list(client.jobs.list())

    emulator = stack.enter_context(InProcessEmulator())
    client = emulator.client()
    peer = mock_aws()
    clients: list[Any] = []

    def moto_reset() -> None:
        if not clients:  # a client works in the mock in which it was made, and other lines leave that
            peer.start()
            clients.append(boto3.client("sagemaker"))
        moto_api_backend.reset()
        clients[0].list_training_jobs()

    def amlet_reset() -> None:
        emulator.reset()
        list(client.jobs.list())

    stack.callback(lambda: peer.stop() if clients else None)
    return [
        Line("creation and end (moto: with reset)", moto_life, amlet_life, True),
        Line("creation, client, first request", moto_first, amlet_first, False),
        Line("fresh state between two tests", moto_life, emulator.reset, True),
        Line("reset, then a first request", moto_reset, amlet_reset, True, judged=False),
    ]


if __name__ == "__main__":
    sys.exit(main())
