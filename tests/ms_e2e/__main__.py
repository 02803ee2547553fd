"""`scripts/ms-e2e [suite ...]`: run the suites, print the table, and fail when something within scope fails."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.conftest import CORPUS
from tests.ms_e2e.run import Result, run
from tests.ms_e2e.scope import PIPELINE_SUITES, SUITES
from tests.ms_e2e.sources import gather
from tests.ms_e2e.table import page, read_page, rows, unexpected

_ALL = (*SUITES, *PIPELINE_SUITES)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "ms-e2e.md"


def main() -> int:
    """The exit code: 1 when a test within scope fails that is not known to."""
    parser = argparse.ArgumentParser(prog="scripts/ms-e2e", description=__doc__)
    parser.add_argument("suite", nargs="*", help=f"of {', '.join(_ALL)}; without one {', '.join(SUITES)}")
    parser.add_argument(
        "--write", action="store_true", help="write docs/ms-e2e.md; suites that are not named stay in it as they are"
    )
    options = parser.parse_args()
    suites = options.suite or list(_ALL if options.write else SUITES)
    kept = {row.suite: row for row in read_page(PAGE.read_text("utf-8"))} if options.write else {}
    data_files = CORPUS / "ms_test_configs"
    if not data_files.is_dir():
        print(f"the tests' data files are not there ({data_files}); AMLET_CORPUS says where they are", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="amlet-ms-e2e-") as work:
        sources = gather(data_files, Path(work))
        if sources.trial_python is None:
            print("azureml-core cannot be installed here: jobs whose scripts import it will fail", file=sys.stderr)
        found = list(rows(_told(result) for result in run(suites, sources)))
    shown = kept | {row.suite: row for row in found}
    text = page([shown[suite] for suite in (*_ALL, *sorted(shown.keys() - {*_ALL})) if suite in shown])
    print(text)
    if options.write:
        PAGE.write_text(text, "utf-8")
    wrong = list(unexpected(found))
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


def _told(result: Result) -> Result:
    """Say what became of a test while others still run."""
    print(f"{result.outcome:7} {result.suite} {result.name} {result.reason}".rstrip(), file=sys.stderr)
    return result


if __name__ == "__main__":
    sys.exit(main())
