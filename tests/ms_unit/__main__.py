"""`scripts/ms-unit`: run the suites, print the page, and fail when something within scope fails."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.conftest import CORPUS
from tests.ms_e2e.sources import gather
from tests.ms_unit.run import rename, run
from tests.ms_unit.scope import SUITES
from tests.ms_unit.table import failures, page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "ms-unit.md"


def main() -> int:
    """The exit code: 1 when a test within scope fails."""
    parser = argparse.ArgumentParser(prog="scripts/ms-unit", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/ms-unit.md")
    options = parser.parse_args()
    data_files = CORPUS / "ms_test_configs"
    if not data_files.is_dir():
        print(f"the tests' data files are not there ({data_files}); AMLET_CORPUS says where they are", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="amlet-ms-unit-") as work:
        sources = gather(data_files, Path(work))
        rename(sources)
        results = list(run(list(SUITES), sources))
    text = page(results)
    print(text)
    if options.write:
        PAGE.write_text(text, "utf-8")
    return 1 if failures(results) else 0


if __name__ == "__main__":
    sys.exit(main())
