"""How long what clients search for may be, so that no search takes the server from the others (emulator-defined)."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.dataplane.mlflow import INVALID_PARAMETER_VALUE
from emulator.services.refusal import Refusal

#: Characters of a filter or of one `order_by`; MLflow's own clients send a few hundred.
LONGEST = 65_536
#: Comparisons of a filter, places of an `order_by`.
MOST = 100
#: Experiments that are searched at a time.
_MOST_EXPERIMENTS = 10_000
#: Characters of a pattern of LIKE: a longer one than the longest text that is searched cannot match.
LONGEST_PATTERN = 1_000


def check_length(what: str, text: str, longest: int = LONGEST) -> None:
    """Refuse a text that is too long.

    Parameters:
        what: the field it stands in.
        longest: characters that it may have.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    if len(text) > longest:
        raise Refusal(
            400,
            INVALID_PARAMETER_VALUE,
            f"{what} has {len(text)} characters; at most {longest} are searched for.",
        )


def check_count(what: str, count: int) -> None:
    """Refuse more comparisons or places than are looked at.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    if count > MOST:
        raise Refusal(400, INVALID_PARAMETER_VALUE, f"{what} holds more than {MOST} parts.")


def check_experiments(ids: Sequence[object]) -> None:
    """Refuse more experiments than are searched at a time.

    Raises:
        Refusal: INVALID_PARAMETER_VALUE.
    """
    if len(ids) > _MOST_EXPERIMENTS:
        raise Refusal(400, INVALID_PARAMETER_VALUE, f"experiment_ids holds more than {_MOST_EXPERIMENTS} ids.")
