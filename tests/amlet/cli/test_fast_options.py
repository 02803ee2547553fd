"""Options that typer need not convert: the same values and errors as by its own conversion, without pydantic."""

from __future__ import annotations

import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.main import get_command

from amlet.cli.fast_options import fast, reworded


class Colour(StrEnum):
    RED = "red"


app = typer.Typer(add_completion=False)
seen: list[dict[str, Any]] = []


@app.command()
def show(
    names: Annotated[list[str] | None, typer.Argument()] = None,
    text: Annotated[str | None, typer.Option()] = None,
    several: Annotated[list[str] | None, typer.Option()] = None,
    file: Annotated[Path | None, typer.Option()] = None,
    there: Annotated[Path | None, typer.Option(exists=True)] = None,
    folder: Annotated[Path | None, typer.Option(file_okay=False)] = None,
    number: Annotated[int | None, typer.Option()] = None,
    colour: Annotated[Colour | None, typer.Option()] = None,
    default: Annotated[Path, typer.Option()] = Path("x"),
    loud: Annotated[bool, typer.Option("--loud/--quiet")] = False,
) -> None:
    seen.append(dict(locals()))


def _result(command: Any, arguments: list[str]) -> Any:
    seen.clear()
    try:
        command.main(arguments, prog_name="show", standalone_mode=False)
    except Exception as error:  # noqa: BLE001 - the error is what is compared
        return type(error).__name__, str(error)
    return seen[0]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a", "b"],
        ["--text", "t"],
        ["--text", ""],
        ["--several", "1", "--several", "2"],
        ["--file", "f", "--default", "g"],
        ["--file", __file__],
        ["--there", "nowhere"],
        ["--there", __file__],
        ["--folder", __file__],
        ["--number", "3"],
        ["--number", "x"],
        ["--colour", "red"],
        ["--colour", "blue"],
        ["--loud"],
        ["--nonsense"],
    ],
    ids=" ".join,
)
def test_a_command_gets_what_typer_would_give_it(arguments: list[str]) -> None:
    told = _result(get_command(app), arguments)
    if isinstance(told, tuple):
        told = (told[0], reworded(told[1], arguments[-1]))
    assert _result(fast(get_command(app)), arguments) == told


@pytest.mark.parametrize(
    ("told", "value", "text"),
    [
        (
            "Value error, 'pyton' is not one of 'arm', 'python'.",
            "pyton",
            "'pyton' is not one of 'arm', 'python'. Did you mean 'python'?",
        ),
        ("'x' is not one of 'arm', 'python'.", "x", "'x' is not one of 'arm', 'python'."),
        (
            "Input should be less than or equal to 65535",
            "80000",
            "'80000': input should be less than or equal to 65535",
        ),
        ("No such option: --nonsense", "--nonsense", "No such option: --nonsense"),
    ],
)
def test_what_is_said_of_a_wrong_value_names_it_and_the_likeliest_choice(told: str, value: str, text: str) -> None:
    assert reworded(told, value) == text


def test_options_that_are_texts_and_paths_do_not_load_pydantic(tmp_path: Path) -> None:
    job = tmp_path / "job.yml"
    job.write_text("command: 'true'\nenvironment: azureml:any:1\ncompute: azureml:none\n")
    code = (
        "import sys, contextlib, amlet.cli.main as main\n"
        f"sys.argv = ['amlet', 'job', 'validate', '-f', {str(job)!r}]\n"
        "with contextlib.suppress(SystemExit):\n    main.main()\n"
        "print('pydantic' in sys.modules)\n"
    )
    ran = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=True, cwd=tmp_path)
    assert ran.stdout.splitlines()[-1] == "False"
