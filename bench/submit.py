"""Submitting, uploading and listing from a fresh process, against the official SDK on the same emulator.

    python bench/submit.py [--rounds 5] [--jobs 10000] [--only NAME ...]

Both sides run the same script, but for the package that it imports, in turns, each in a process of its own. Times are
wall times: of the whole process where a script is cold, else of the call alone, in a process that has done the same
once before. Emulator and client share this machine, so the time of the server, the same for both, is in all of them.
Requests are counted in a further run, from what urllib3 and httpx log.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from rows import Row, add_option, write
from server import API, ROOT, Call, Target, amlet, ask, send

WORKSPACE = "/subscriptions/bench/resourceGroups/bench/providers/Microsoft.MachineLearningServices/workspaces/bench"

#: What each script begins with: `PACKAGE` is the only difference between the sides.
_CLIENT = """
import json, os, resource, sys, time, warnings
warnings.simplefilter("ignore")
from PACKAGE import Input, MLClient, command, load_job
if os.environ.get("BENCH_TOKEN"):
    class Token:
        token, expires_on = os.environ["BENCH_TOKEN"], 2**40
    class Static:
        def get_token(self, *scopes, **options):
            return Token
    credential = Static()
else:
    from azure.identity import DefaultAzureCredential
    credential = DefaultAzureCredential()
client = MLClient(credential, "bench", "bench", "bench")
def a_job(code, **more):
    return command(code=code, command="true", environment="azureml:any:1", compute="none", **more)
def told(begin):
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": time.perf_counter() - begin, "rss": peak}))
"""
_SCRIPT = "client.jobs.create_or_update(a_job(sys.argv[1]))\nassert list(client.jobs.list(max_results=5))\n"
_FILE = "client.jobs.create_or_update(load_job(sys.argv[1]))\n"
_CODE = """
client.jobs.create_or_update(a_job(sys.argv[2]))
begin = time.perf_counter()
client.jobs.create_or_update(a_job(sys.argv[1]))
told(begin)
"""
_LIST = """
next(iter(client.jobs.list()))
begin = time.perf_counter()
assert sum(1 for job in client.jobs.list()) >= int(sys.argv[1])
told(begin)
"""
_INPUT = """
begin = time.perf_counter()
data = Input(type="uri_file", path=sys.argv[1])
client.jobs.create_or_update(a_job(None, inputs={"data": data}))
told(begin)
"""

#: Put before a script to count what it asks.
_COUNTED = """
import atexit, logging, sys
class Count(logging.Handler):
    seen = 0
    def emit(self, record):
        asked = record.name == "httpx" or (record.name.startswith("urllib3") and '" ' in str(record.msg))
        Count.seen += asked
for name, level in (("urllib3.connectionpool", logging.DEBUG), ("httpx", logging.INFO)):
    logging.getLogger(name).setLevel(level)
    logging.getLogger(name).addHandler(Count())
atexit.register(lambda: print("requests", Count.seen))
"""
_AMLET = "import sys, amlet._guard\nsys.argv[0] = 'amlet'\namlet._guard.main()\n"


class Emulator(NamedTuple):
    """A running emulator and the environments that lead to it: with its sign-in, and with a token."""

    signed_in: dict[str, str]
    static: dict[str, str]
    arm: Target


class Side(NamedTuple):
    """One side of a comparison.

    Parameters:
        code: Python text.
        environ: how it finds the emulator.
        arguments: makes what the text is called with, for each run.
        inner: whether the text measures itself.
    """

    code: str
    environ: dict[str, str]
    arguments: Callable[[], list[str]]
    inner: bool = False

    def run(self, code: str = "") -> subprocess.CompletedProcess[str]:
        """Run it in a process of its own, in an empty folder."""
        arguments = self.arguments()
        with tempfile.TemporaryDirectory() as folder:
            return subprocess.run(
                [sys.executable, "-P", "-c", code or self.code, *arguments],
                env=self.environ, cwd=folder, check=True, text=True, capture_output=True,
            )  # fmt: skip

    def seconds(self) -> float:
        """How long it takes."""
        begin = time.perf_counter()
        ran = self.run()
        wall = time.perf_counter() - begin
        return float(json.loads(ran.stdout)["seconds"]) if self.inner else wall

    def counted(self) -> tuple[int, float]:
        """How many requests it makes; and how long it takes, where it measures itself."""
        out, _, count = self.run(_COUNTED + self.code).stdout.rpartition("requests ")
        return int(count), float(json.loads(out)["seconds"]) if self.inner else 0.0


class Comparison(NamedTuple):
    """The official SDK and ours at the same work, and the ratio that must be and shall be."""

    sdk: Side
    ours: Side
    must: float
    aim: float | None = None


@contextmanager
def emulator(folder: Path) -> Iterator[Emulator]:
    """An emulator with a compute on which nothing ever runs."""
    home = folder / "home"
    with amlet(home, folder / "state") as (_, secure, _):
        clean = {key: text for key, text in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
        clean |= {"AMLET_HOME": str(home), "PYTHONPATH": str(ROOT)}
        shown = [sys.executable, "-P", str(ROOT / "amlet/_guard.py"), "emulator", "env", "--format", "json"]
        shown += ["--state-dir", str(folder / "state")]
        shown += ["--state-dir", str(folder / "state")]
        names = json.loads(subprocess.run(shown, env=clean, check=True, stdout=subprocess.PIPE).stdout)
        signed_in = {**clean, **names}
        token = names["MLFLOW_TRACKING_TOKEN"]
        arm = secure._replace(headers={"Authorization": f"Bearer {token}"})
        scale = {"minNodeCount": 0, "maxNodeCount": 0}
        compute = {"computeType": "AmlCompute", "properties": {"vmSize": "any", "scaleSettings": scale}}
        body = json.dumps({"location": "local", "properties": compute})
        ask(arm, Call("PUT", f"{WORKSPACE}/computes/none?{API}", body))
        yield Emulator(signed_in, {**signed_in, "BENCH_TOKEN": token}, arm)


def code_folder(parent: Path, files: int) -> Path:
    """A new folder of small Python files that no other folder equals."""
    folder = Path(tempfile.mkdtemp(dir=parent)) / "src"
    folder.mkdir()
    for number in range(files):
        (folder / f"module_{number}.py").write_text(f"# {folder}\n" + f"print({number})\n" * 40)
    return folder


def job_file(parent: Path, files: int) -> Path:
    """A job file with such a folder."""
    path = code_folder(parent, files).parent / "job.yml"
    path.write_text("command: 'true'\ncode: src\nenvironment: azureml:any:1\ncompute: azureml:none\n")
    return path


def comparisons(folder: Path, place: Emulator, jobs: int) -> dict[str, Comparison]:
    """All that is compared, by name."""

    def both(text: str, environ: dict[str, str], arguments: Callable[[], list[str]], *, inner: bool) -> list[Side]:
        packages = ("azure.ai.ml", "gateway")
        return [Side(_CLIENT.replace("PACKAGE", name) + text, environ, arguments, inner) for name in packages]

    def fifty() -> list[str]:
        return [str(code_folder(folder, 50))]

    def file() -> list[str]:
        return [str(job_file(folder, 50))]

    def create() -> list[str]:
        names = ["-w", "bench", "-g", "bench", "--subscription", "bench"]
        return ["job", "create", "-f", str(job_file(folder, 50)), *names]

    def thousand() -> list[str]:
        return [str(code_folder(folder, 1000)), str(code_folder(folder, 1))]

    found = {}
    credentials = (("DefaultAzureCredential", place.signed_in, (4, 6)), ("token", place.static, (8, None)))
    for name, environ, targets in credentials:
        found[f"script, {name}"] = Comparison(*both(_SCRIPT, environ, fifty, inner=False), *targets)
    [sdk, _] = both(_FILE, place.signed_in, file, inner=False)
    found["amlet job create"] = Comparison(sdk, Side(_AMLET, place.signed_in, create), 4, 6)
    [sdk, _] = both(_FILE, place.static, file, inner=False)
    local = Side(_AMLET, place.static, lambda: [*create(), "--emulator"])
    found["amlet job create --emulator"] = Comparison(sdk, local, 8, 10)
    found["1,000 code files"] = Comparison(*both(_CODE, place.static, thousand, inner=True), 3, 4)
    listed = both(_LIST, place.static, lambda: [str(jobs)], inner=True)
    found[f"list {jobs:,} jobs"] = Comparison(*listed, 5)
    return found


def seed(place: Emulator, jobs: int) -> None:
    """Submit so many jobs."""
    properties = {"jobType": "Command", "command": "true", "computeId": f"{WORKSPACE}/computes/none"}
    properties |= {"environmentId": "azureml:any:1"}
    put = Call("PUT", f"{WORKSPACE}/jobs/seeded-{{n}}?{API}", json.dumps({"properties": properties}))
    connection = place.arm.connect()
    for number in range(jobs):
        send(connection, place.arm, put, number)


def memory(folder: Path, place: Emulator) -> None:
    """Peak memory of a submit with an input of 1 GB, beside one of 1 MB."""
    text = _CLIENT.replace("PACKAGE", "gateway") + _INPUT
    peaks = {}
    for label, size in (("1 MB", 1 << 20), ("1 GB", 1 << 30)):
        data = folder / f"{size}.bin"
        with data.open("wb") as file:
            file.truncate(size)
        ran = Side(text, place.static, lambda data=data: [str(data)]).run()  # type: ignore[misc]
        peaks[label] = json.loads(ran.stdout)["rss"] / 1024
        data.unlink()
    print(f"peak memory with an input of 1 MB: {peaks['1 MB']:.0f} MB, of 1 GB: {peaks['1 GB']:.0f} MB")


def main() -> None:
    """Measure, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=10_000, help="jobs that are listed")
    parser.add_argument("--only", nargs="*", metavar="TEXT", help="only what has one of these texts in its name")
    add_option(parser)
    options = parser.parse_args()
    rows = []

    def wanted(name: str) -> bool:
        return not options.only or any(text in name for text in options.only)

    print(f"{'':32} {'SDK s':>8} {'ours s':>8} {'faster':>8}  requests")
    with tempfile.TemporaryDirectory() as temporary, emulator(Path(temporary)) as place:
        folder = Path(temporary)
        for name, pair in comparisons(folder, place, options.jobs).items():
            if not wanted(name):
                continue
            if name.startswith("list"):
                seed(place, options.jobs)
            counted = pair.sdk.counted(), pair.ours.counted()  # the first run of each also writes byte code
            asked = counted[0][0], counted[1][0]
            if name.startswith("list"):  # once, as the SDK asks something for each job, which takes minutes
                rounds = [(counted[0][1], counted[1][1])]
            else:
                rounds = [(pair.sdk.seconds(), pair.ours.seconds()) for _ in range(options.rounds)]
            sdk, ours = (statistics.median(times) for times in zip(*rounds, strict=True))
            ratio = statistics.median(one / other for one, other in rounds)
            times = f"{name:32} {sdk:8.2f} {ours:8.2f} {ratio:7.1f}x"
            print(f"{times}  {asked[0]} and {asked[1]}", flush=True)
            rows.append(Row(f"{name}, wall", "azure-ai-ml", ratio, pair.must, pair.aim))
        if wanted("memory"):
            memory(folder, place)
    write(rows, options.json)


if __name__ == "__main__":
    main()
