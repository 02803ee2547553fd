"""What `amlet[emulator]` installs."""

from __future__ import annotations

from amlet.cli.exits import Refusal
from amlet.cli.interpreter import tool_of

#: What a start needs of it.
_NEEDED = ("uvicorn", "starlette", "trustme", "orjson", "jwt", "numpy")


#: How the extra is installed where amlet is, by the tool that installed it.
_INSTALL = {
    None: "pip install 'amlet[emulator]'",
    "uv": "uv tool install 'amlet[emulator]'",
    "pipx": "pipx install --force 'amlet[emulator]'",
}


def require_extra() -> None:
    """Say how to install the emulator where its dependencies are missing.

    Raises:
        Refusal: they are.
    """
    from importlib.util import find_spec

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise Refusal(
            f"the emulator needs packages that are not installed here ({', '.join(missing)}); "
            f"install them with: {_INSTALL[tool_of()]}"
        )
