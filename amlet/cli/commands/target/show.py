"""`amlet target show`: where commands go."""

from __future__ import annotations

import os
from pathlib import Path

from amlet.cli.command import Show, command
from amlet.cli.target import TargetOptions, choose_kind
from gateway.client import workspace_settings


@command()
def show_target(show: Show) -> None:
    """Show where commands would go, and why."""
    settings = workspace_settings.find({}, os.environ, Path.cwd())
    kind, reason = choose_kind(TargetOptions(), settings, os.environ)
    show({"target": kind.value, "source": reason}, people=lambda: f"{kind.value}, by {reason}")
