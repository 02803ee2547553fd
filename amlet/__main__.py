"""`python -m amlet` and the console script `amlet`: the command, with our own packages first on the path."""

from __future__ import annotations

from amlet._guard import main

if __name__ == "__main__":
    main()
