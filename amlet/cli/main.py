"""The command `amlet`: what runs, and how errors are shown."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from amlet.cli.exits import Exit, explain
from amlet.cli.output import say, tolerate_encodings


def main() -> None:
    """Run the command; every error is one clear message, unless AMLET_DEBUG asks for traceback and requests."""
    tolerate_encodings()
    debug = bool(os.environ.get("AMLET_DEBUG"))
    if debug:
        import logging

        logging.basicConfig(format="%(message)s")
        logging.getLogger("gateway.transport").setLevel(logging.DEBUG)
    try:
        _run(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit(int(Exit.DETACHED))
    except Exception as error:
        explained = explain(error, verbose="--verbose" in sys.argv)
        if debug:
            raise
        message, code = explained or (f"{type(error).__name__}: {error} (AMLET_DEBUG=1 shows more)", Exit.ERROR)
        say(f"amlet: {message}")
        sys.exit(int(code))


def _run(arguments: Sequence[str]) -> None:
    """An emulator is started without the command line, whose import takes longer than that of the emulator."""
    if arguments[:2] == ["emulator", "start"]:
        from amlet.cli.start_options import StartOptions

        if options := StartOptions.read(arguments[2:]):
            from amlet.cli.serving import serve_here

            serve_here(options)
            return
    from typer.main import get_command

    from amlet.cli.app import command_line
    from amlet.cli.completion import words_of
    from amlet.cli.fast_options import fast

    fast(get_command(command_line(*words_of(os.environ, arguments))))(prog_name="amlet")
