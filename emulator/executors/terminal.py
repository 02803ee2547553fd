"""Gives a trial the terminal of the command that waits for it: `python terminal.py SOCKET COMMAND`.

Run as a script in the place of the trial's command; it needs nothing but Python. At the socket it tells its process
group, is handed stdin, stdout and stderr, and becomes the command. The socket stays open in the command and all it
starts, so that the waiting command notices when the last of them has ended.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys


def main(path: str, command: str) -> None:
    """Take over the terminal and become the command.

    Parameters:
        path: of a Unix socket.
        command: for the shell.

    Raises:
        SystemExit: no command waits any more.
    """
    link = socket.socket(socket.AF_UNIX)
    try:
        link.connect(path)
    except OSError as error:
        sys.exit(f"The terminal that this trial was started from is gone ({path}: {error}).")
    link.sendall(str(os.getpgrp()).encode())
    _, files, _, _ = socket.recv_fds(link, 1, 3)
    sys.stdout.write("stdin, stdout and stderr of this trial are those of `amlet trial run`.\n")
    sys.stdout.flush()
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    os.set_inheritable(link.fileno(), True)
    shell = shutil.which("bash") or "/bin/sh"
    os.execv(shell, [shell, "-c", command])  # noqa: S606 - becomes the shell


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
