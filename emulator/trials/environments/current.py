"""Mode `current`: the chosen interpreter as it is, compared with what the environment requires."""

from __future__ import annotations

import shlex

from emulator.executors.base import TrialRefused
from emulator.trials.environments.comparison import Comparison, compare
from emulator.trials.environments.imports import imports_of
from emulator.trials.environments.installed import InstalledPackages
from emulator.trials.environments.prepared import Prepared, Wish
from emulator.trials.environments.requirements import Requirements, of_lines


class CurrentInterpreter:
    """Compares; installs nothing.

    Parameters:
        installed: knows what interpreters have.
    """

    def __init__(self, installed: InstalledPackages) -> None:
        self._installed = installed

    def prepare(self, wish: Wish) -> Prepared:
        """The chosen interpreter, when it has what the job needs; see `Preparation`."""
        spec = wish.spec
        if spec.requirements is None:
            known = spec.source or spec.image
            return Prepared(wish.python, wish.reason if known else f"{wish.reason}; nothing is known of {spec.name}")
        imported = imports_of(wish.code, wish.command) if wish.code else set()
        found = compare(spec.requirements, self._installed.of(wish.python), imported, is_wide=spec.is_wide)
        if (found.missing and not wish.installs) or (wish.is_strict and notes(wish, found)):
            raise TrialRefused(_refusal(wish, found))
        told = notes(wish, found)
        return Prepared(wish.python, wish.reason, told, _warnings(told, is_used=found.is_used or not wish.code))


def notes(wish: Wish, found: Comparison) -> tuple[str, ...]:
    """What differs from the environment, a line for each kind of difference."""
    texts = []
    if found.python:
        texts.append(f"Python {found.python[0]} is wanted, and {wish.python} is {found.python[1]}")
    if found.differing:
        texts.append(
            "other versions are installed: " + ", ".join(f"{wanted} ({own})" for wanted, own in found.differing)
        )
    if found.unused:
        texts.append(f"not installed, and not imported by the code: {', '.join(found.unused)}")
    if found.missing and wish.installs:
        texts.append(f"missing, unless the job installs it: {', '.join(found.missing)}")
    requirements = wish.spec.requirements or Requirements()
    if requirements.included:
        texts.append(f"files that did not come with the job were not compared: {', '.join(requirements.included)}")
    if requirements.unknown:
        texts.append(f"conda packages not known by their PyPI name: {', '.join(requirements.unknown)}")
    return tuple(texts)


def _warnings(told: tuple[str, ...], *, is_used: bool) -> tuple[str, ...]:
    """One line for all differences; none where the code uses nothing of the environment."""
    if not told or not is_used:
        return ()
    more = f"; {len(told) - 1} more differences: amlet doctor -f FILE" if len(told) > 1 else ""
    return (f"{told[0]}{more}",)


def _refusal(wish: Wish, found: Comparison) -> str:
    spec = wish.spec
    lines = [f"environment {spec.name} does not match {wish.python} ({wish.reason}), by {spec.source}:"]
    if found.missing:
        imported = ", which the code imports" if spec.is_wide else ""
        lines.append(f"  missing: {', '.join(found.missing)}{imported}")
    if wish.is_strict:
        lines += [f"  {note} (--env-strict)" for note in notes(wish, found)]
    wanted = [*found.missing, *(text for text, _ in found.differing if wish.is_strict)]
    if wanted:
        names = [one.name for one in of_lines(wanted).parsed()] if spec.is_wide and not wish.is_strict else wanted
        lines.append(f"Install it: {wish.python} -m pip install {shlex.join(names)}")
    built = "or have it built" if wanted else "Have it built"
    lines.append(f"{built}: --env-mode uv; or choose another interpreter: --python")
    if not spec.is_anonymous:
        lines[-1] += ", or amlet.yml:"
        lines.append(f"environments: [{{name: {spec.name.partition(':')[0]}, python: ./.venv}}]")
    return "\n".join(lines)
