"""The emulator answers as the real service was recorded to answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.suite.difference import Difference
from tests.conftest import CORPUS
from tests.emulator.recorded.known import MEANT, Meant, to_mend
from tests.emulator.recorded.replayed import PROFILES, Profile, kinds_of, replayed

_FOLDER = CORPUS / "recorded"
_FIDELITY = Path(__file__).resolve().parents[3] / "docs" / "fidelity.md"
#: All exchanges of a profile are sent by the first of its tests; one of them waits for a sweep to end.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300), pytest.mark.usefixtures("corpus")]
EXCHANGES = [json.loads(file.read_text("utf-8"))["id"] for file in sorted(_FOLDER.glob("*.json"))]


def is_meant(one: Difference, profile: Profile, exchange: str) -> bool:
    return any(meant.covers(profile, exchange, path) for meant in MEANT for path in kinds_of([one]))


@pytest.mark.parametrize("exchange", EXCHANGES)
@pytest.mark.parametrize("profile", PROFILES)
def test_the_answer_is_the_recorded_one(profile: Profile, exchange: str) -> None:
    found = replayed(_FOLDER, profile)[exchange]
    unmeant = [one for one in found if not is_meant(one, profile, exchange)]
    known = to_mend().get((profile, exchange), set())
    surprising = [one.as_json() for one in unmeant if not kinds_of([one]) <= known]
    assert not surprising, json.dumps(surprising, indent=2)
    repaired = known - kinds_of(unmeant)
    assert not repaired, f"no longer differ; take them out of known.txt: {sorted(repaired)}"


@pytest.mark.parametrize("meant", MEANT, ids=lambda meant: f"{meant.words}-{meant.exchanges}")
def test_a_meant_difference_is_there_and_documented(meant: Meant) -> None:
    for profile in () if meant.sometimes else meant.profiles:
        every = replayed(_FOLDER, profile)
        found = [(profile, exchange, path) for exchange, one in every.items() for path in kinds_of(one)]
        assert any(meant.covers(*one) for one in found)
    assert meant.words in _FIDELITY.read_text("utf-8")
