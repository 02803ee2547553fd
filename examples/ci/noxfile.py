"""Sessions for nox: `nox`, or `nox -s trials`."""

from __future__ import annotations

import nox


@nox.session(python=["3.11", "3.13"])
def tests(session: nox.Session) -> None:
    """Sweeps in virtual time."""
    session.install("amlet[emulator]", "pytest", "pytest-xdist")
    session.run("python", "-m", "pytest", "-n", "auto", "tests/test_submit.py", *session.posargs)


@nox.session
def trials(session: nox.Session) -> None:
    """Real trials."""
    session.install("amlet[emulator]", "pytest")
    session.run("python", "-m", "pytest", "tests/test_training.py", *session.posargs)
