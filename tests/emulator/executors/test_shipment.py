"""What a worker is sent of a launch: files by their hash, texts without this machine's paths, and where outputs go."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from emulator.executors import ranks
from emulator.executors.base import Attempt, Launch
from emulator.executors.offers import Offer
from emulator.executors.shipment import offer_of

ORIGINS = ("https://127.0.0.1:8443", "http://127.0.0.1:8480")


def offer(launch: Launch, environ: dict[str, str] | None = None) -> Offer:
    return offer_of(Attempt("5/1", 0, {}, "green"), launch, environ or {}, ORIGINS, {"threads": 1}, 2.0)


@pytest.fixture
def code(tmp_path: Path) -> Path:
    folder = tmp_path / "runs" / "green"
    (folder / "outputs").mkdir(parents=True)
    (folder / "train.py").write_text("print(1)")
    (tmp_path / "logs").mkdir()
    (folder / "logs").symlink_to(tmp_path / "logs")
    return folder


def test_the_code_is_sent_by_its_hash_and_outputs_come_back_to_where_they_are_collected(code: Path) -> None:
    made = offer(Launch("python train.py", code, {}, code.parent / "log"))
    [file] = made.files
    assert (file.path, file.source) == ("code/train.py", code / "train.py")
    assert (file.sha256, file.size) == (hashlib.sha256(b"print(1)").hexdigest(), 8)
    assert [(one.path, one.target) for one in made.outputs] == [
        ("code/outputs", code / "outputs"),
        ("code/logs", code.parents[1] / "logs"),
    ]
    assert made.working_folder == "code"
    assert {"code", "code/outputs", "code/logs"} <= set(made.folders)
    assert made.command == ["bash", "-c", "python train.py"]


def test_paths_and_origins_of_this_machine_become_the_worker_s(code: Path, tmp_path: Path) -> None:
    data, neighbour = tmp_path / "data", tmp_path / "data2"
    for folder in (data, neighbour):
        (folder / "below").mkdir(parents=True)
        (folder / "below" / "a.csv").write_text(folder.name)
    bundle = tmp_path / "ca.pem"
    bundle.write_text("certificates")
    out, model = tmp_path / "out", tmp_path / "models" / "model.bin"
    out.mkdir()
    environment = {
        "DATA": str(data),
        "LIST": f"{data}/below:{neighbour}:{code}",
        "CA": str(bundle),
        "URI": "http://127.0.0.1:8480/mlflow",
        "ELSEWHERE": "http://127.0.0.1:84801/x",
        "OUT": str(out),
        "MODEL": str(model),
        "OWN": "{{folder}} and {{ x }}",
    }
    reads, writes = (data, bundle), (out, model)
    made = offer(Launch(f"cat {data}/below/a.csv", code, environment, code, reads, writes))
    assert {name: text for name, text in made.environment.items() if name != "PATH"} == {
        "DATA": "{{folder}}/reads/0/data",
        "LIST": f"{{{{folder}}}}/reads/0/data/below:{neighbour}:{{{{folder}}}}/code",
        "CA": "{{folder}}/reads/1/ca.pem",
        "URI": "{{emulator}}/mlflow",
        "ELSEWHERE": "http://127.0.0.1:84801/x",
        "OUT": "{{folder}}/writes/0",
        "MODEL": "{{folder}}/writes/1/model.bin",
        "OWN": "{{open}}folder}} and {{open}} x }}",
    }
    assert made.command[-1] == "cat {{folder}}/reads/0/data/below/a.csv"
    assert {file.path for file in made.files} == {"code/train.py", "reads/0/data/below/a.csv", "reads/1/ca.pem"}
    assert [(one.path, one.target) for one in made.outputs[2:]] == [("writes/0", out), ("writes/1", model.parent)]


def test_what_this_machine_gave_the_worker_gives_unless_the_job_says_it(code: Path) -> None:
    environ = {"HOME": "/here", "OMP_NUM_THREADS": "2", "PATH": "/usr/bin:/bin"}
    launch = Launch(
        "true",
        code,
        {"HOME": "/here", "OMP_NUM_THREADS": "4", "OTHER": "/here", "PATH": "/venv/bin:/usr/bin:/bin"},
        code,
        inherits=("HOME", "OMP_*"),
    )
    made = offer(launch, environ)
    assert made.environment == {"OMP_NUM_THREADS": "4", "OTHER": "/here", "PATH": "/venv/bin:{{path}}"}
    assert made.inherits == ("HOME", "OMP_*")


def test_a_program_of_ours_runs_with_the_worker_s_python(code: Path) -> None:
    program = Path(ranks.__file__)
    made = offer(Launch(f"exec {sys.executable} {program} 2 logs train", code, {}, code, reads=(program,)))
    assert made.command[-1] == "exec python {{folder}}/reads/0/ranks.py 2 logs train"
    assert "reads/0/ranks.py" in {file.path for file in made.files}


def test_a_file_that_changed_is_sent_with_its_new_hash(code: Path) -> None:
    launch = Launch("true", code, {}, code)
    before = offer(launch).files[0].sha256
    (code / "train.py").write_text("print(2, 3)")
    assert offer(launch).files[0].sha256 != before


def test_a_few_small_files_that_the_command_reads_come_with_the_lease(code: Path, tmp_path: Path) -> None:
    small, large = tmp_path / "token", tmp_path / "data.csv"
    small.write_text("secret")
    large.write_text("x" * 5000)
    made = offer(Launch("true", code, {}, code, (small, large)))
    told = {one["path"]: one.get("content") for one in made.document()["files"]}
    assert told == {"code/train.py": None, "reads/0/token": "c2VjcmV0", "reads/1/data.csv": None}


def test_what_was_put_in_the_place_of_a_path_is_not_taken_for_another(code: Path) -> None:
    root = Path("/data")
    below = {"A": "/data", "B": f"{code}/data:/data/x:/data2"}
    made = offer(Launch("cat /data/x {{y}}", code, below, code, writes=(root,)))
    assert made.command[-1] == f"cat {{{{folder}}}}/writes/0/{root.name}/x {{{{open}}}}y}}}}"
    assert made.environment["A"] == "{{folder}}/writes/0/data"
    assert made.environment["B"] == "{{folder}}/code/data:{{folder}}/writes/0/data/x:/data2"


def test_a_path_is_replaced_where_it_begins_but_not_as_the_end_of_a_longer_one(code: Path) -> None:
    longer = {"A": "/mnt/data", "B": "mnt/data/x", "C": "http://host/data"}
    said = {**longer, "D": "-I/data/x", "E": "file:///data", "F": "--to=/data"}
    made = offer(Launch("ls -I/mnt/data '/data'", code, said, code, writes=(Path("/data"),)))
    there = "{{folder}}/writes/0/data"
    assert made.command[-1] == f"ls -I/mnt/data '{there}'"
    assert {name: made.environment[name] for name in said} == {
        **longer,
        "D": f"-I{there}/x",
        "E": f"file://{there}",
        "F": f"--to={there}",
    }
