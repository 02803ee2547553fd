"""All benches with their peers, as one table, which docs/performance.md shows too.

    scripts/bench [NAME ...] [--list]

Peers are installed into environments of their own below the cache folder (`AMLET_BENCH_CACHE`, else
`~/.cache/amlet/bench`); one that cannot be is left out, with its reason. What a bench found is kept there, so that one
that runs alone changes its own rows of the page. Exit code 1 when a measure is not what it must be.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from bench import page, peers
from bench.rows import Row, read

ROOT = Path(__file__).resolve().parents[1]


class Bench(NamedTuple):
    """A script of this folder.

    Parameters:
        arguments: beside the file for its rows.
        peers: names of `peers.PEERS`; each adds `--NAME-venv FOLDER` where it is there.
        needed: packages that the script does nothing without, which are installed beside amlet.
        within: name of a peer whose environment runs the script, where it has to be in the same process.
    """

    arguments: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    within: str = ""


#: By name of the script, in the order in which they run.
BENCHES = {
    "imports": Bench(needed=("azure.ai.ml",)),
    "translate": Bench(needed=("azure.ai.ml",)),
    "server": Bench(peers=("moto", "mlflow", "azurite")),
    "load": Bench(),
    "large_state": Bench(),
    "trials": Bench(),
    "pipelines": Bench(("--steps", "20", "200")),
    "scale": Bench(("--workers", "1", "4", "--times", "5", "--long", "200", "--jobs", "3000"), needed=("distributed",)),
    "submit": Bench(
        ("--rounds", "3", "--only", "script", "amlet job create", "1,000 code files", "memory"),
        needed=("azure.ai.ml",),
    ),
    "sdk_test": Bench(needed=("azure.ai.ml",)),
    "testing": Bench(within="beside"),
    "engine": Bench(),
    "optimise": Bench(),
    "simulate": Bench(),
    "studio": Bench(needed=("playwright",)),
}


def main() -> int:
    """Run them, print the table, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"only these of {', '.join(BENCHES)}")
    parser.add_argument("--list", action="store_true", help="run nothing: show what was found before")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in BENCHES]:
        parser.error(f"no bench {unknown[0]!r}; there are {', '.join(BENCHES)}")
    results = peers.cache() / "results"
    results.mkdir(parents=True, exist_ok=True)
    if not options.list:
        for name in options.names or BENCHES:
            found = run(name, BENCHES[name])
            (results / f"{name}.json").write_text(json.dumps(found), encoding="utf-8")
    every = {name: json.loads(file.read_text()) for name in BENCHES if (file := results / f"{name}.json").exists()}
    print(page.text_table(every))
    page.write(ROOT / "docs" / "performance.md", every)
    return 1 if any(row.verdict == "missed" for found in every.values() for row in rows_of(found)) else 0


def run(name: str, bench: Bench) -> dict[str, Any]:
    """What a script found: its rows, what was left out and why, what it printed, and when."""
    left_out = [reason for need in bench.needed if (reason := peers.missing(need))]
    python = sys.executable
    if bench.within:
        where, reason = peers.installed(bench.within)
        left_out += [] if where else [reason]
        python = str(where and where / "bin" / "python")
    found: dict[str, Any] = {"date": time.strftime("%Y-%m-%d"), "rows": [], "left_out": left_out, "printed": ""}
    if left_out:
        print(f"{name}: left out: {'; '.join(left_out)}", file=sys.stderr)
        return found
    arguments = list(bench.arguments)
    for peer in bench.peers:
        folder, reason = peers.installed(peer)
        if folder is None:
            found["left_out"].append(reason)
            print(f"{name}: {reason}", file=sys.stderr)
        else:
            arguments += [f"--{peer}-venv", str(folder)]
    print(f"{name} ...", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.json"
        command = [python, str(ROOT / "bench" / f"{name}.py"), *arguments, "--json", str(rows)]
        ran = subprocess.run(
            command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False
        )
        found["printed"] = ran.stdout
        if rows.exists():
            found["rows"] = json.loads(rows.read_text())
        else:
            found["left_out"].append(f"bench/{name}.py ended with {ran.returncode}, before it had found anything")
    return found


def rows_of(found: dict[str, Any]) -> list[Row]:
    """The rows of a result."""
    return read(json.dumps(found["rows"]))


if __name__ == "__main__":
    sys.exit(main())
