"""CPU time of a fresh process that imports the gateway, against the official SDK and pydantic.

Run it with `python bench/imports.py`.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys

from rows import Row, add_option, write

SIDES = (
    "pass",
    "import pydantic",
    "import gateway",
    "import gateway.sweep",
    "import gateway.tracking",
    "import httpx",
    "import gateway.transport.network",
    "import azure.ai.ml.sweep",
)
ROUNDS = 7


def cpu_seconds(code: str) -> float:
    """User and system time of a new interpreter that runs the code; byte code is written, as on a user's machine."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the medians and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_option(parser)
    file = parser.parse_args().json
    for code in SIDES:
        cpu_seconds(code)
    rounds = [{code: cpu_seconds(code) for code in SIDES} for _ in range(ROUNDS)]
    median = {code: statistics.median(times[code] for times in rounds) for code in SIDES}
    for code in SIDES:
        print(f"{code:28} {median[code] * 1000:8.1f} ms")
    sdk = statistics.median(times["import azure.ai.ml.sweep"] / times["import gateway.sweep"] for times in rounds)
    pydantic = statistics.median(times["import gateway.sweep"] / times["import pydantic"] for times in rounds)
    httpx = statistics.median(times["import gateway.transport.network"] / times["import httpx"] for times in rounds)
    print(f"azure.ai.ml.sweep / gateway.sweep  {sdk:6.1f}x   (must >= 8)")
    print(f"gateway.sweep / pydantic           {pydantic:6.2f}x   (aim <= 1.3)")
    print(f"gateway.transport.network / httpx  {httpx:6.2f}x   (under 1 pays for gateway/transport/fast_httpx.py)")
    found = Row("import gateway.sweep, CPU", "import azure.ai.ml.sweep", sdk, 26, 31)
    floor = Row("import gateway.sweep, CPU", "import pydantic (floor)", pydantic, None, 1.3, less=True)
    write([found, floor], file)


if __name__ == "__main__":
    main()
