"""No regular expression of the packages can take more time than in proportion to what it reads."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.pattern_growth import Automaton

_ROOT = Path(__file__).parent.parent
_PACKAGES = ("amlet", "contracts", "emulator", "gateway")
_SEARCHING = {"search", "findall", "finditer", "sub", "subn", "split"}


class Use(NamedTuple):
    """An expression in the source, and whether it may begin anywhere in a text."""

    where: str
    pattern: str | bytes | None
    flags: int
    is_search: bool
    is_full: bool


def _uses(path: Path) -> Iterator[Use]:
    source = path.read_text(encoding="utf-8")
    if "import re\n" not in source:
        return
    module = importlib.import_module(".".join(path.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__"))
    tree = ast.parse(source)
    called: dict[str, set[str]] = {}
    names: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            called.setdefault(node.value.id, set()).add(node.attr)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names[id(node.value)] = node.targets[0].id
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        by, of = node.func.attr, node.func.value
        if not (isinstance(of, ast.Name) and of.id == "re") or by == "escape":
            continue
        where = f"{path.relative_to(_ROOT)}:{node.lineno}"
        try:
            pattern, *flags = [_value(one, module) for one in node.args[: 2 if by == "compile" else 1]]
        except NameError:
            yield Use(where, None, 0, True, False)
            continue
        ways = called.get(names.get(id(node), ""), set()) if by == "compile" else {by}
        is_search = not ways or bool(ways & _SEARCHING)
        yield Use(where, pattern, int(flags[0]) if flags else 0, is_search, "fullmatch" in ways)


def _value(node: ast.expr, module: Any) -> Any:
    return eval(compile(ast.Expression(node), "pattern", "eval"), vars(module))


def _every() -> list[Use]:
    files = (path for package in _PACKAGES for path in sorted((_ROOT / package).rglob("*.py")))
    return [use for path in files for use in _uses(path)]


#: Put together while the program runs, and why that is well.
_PUT_TOGETHER = {
    "amlet/cli/project_proposals.py": "literal names of the job file at hand",
    "contracts/suite/difference.py": "the patterns of our own scenarios",
    "contracts/suite/exchange.py": "the patterns of our own exchanges",
    "contracts/suite/shape.py": "the patterns of our own shapes",
    "emulator/settings.py": "the forms of our own settings",
    "emulator/executors/shipment.py": "literal folders of one attempt",
    "emulator/trials/environments/curated.py": "names from our own table",
    "gateway/local_folder.py": "the ignore files of the folder that is uploaded",
}
_USES = _every()


def test_expressions_are_found() -> None:
    assert len(_USES) > 100
    put_together = {use.where.partition(":")[0] for use in _USES if use.pattern is None}
    assert not put_together - _PUT_TOGETHER.keys(), "say in _PUT_TOGETHER why that is well"


@pytest.mark.parametrize("use", [use for use in _USES if use.pattern is not None], ids=lambda use: use.where)
def test_the_work_of_an_expression_grows_with_its_text_at_most(use: Use) -> None:
    assert use.pattern is not None
    automaton = Automaton(use.pattern, use.flags, is_search=use.is_search, is_full=use.is_full)
    assert automaton.growth() is None, f"{use.where}: {use.pattern!r}"


@pytest.mark.parametrize(
    ("pattern", "is_search", "growth"),
    [
        (r"(a+)+b", False, "exponential"),
        (r"(?:ab|a|b)*c", False, "exponential"),
        (r"(?:\w+\s?)*$", False, "exponential"),
        (r"\$\{\{\s*([^{}]*?)\s*\}\}", True, "polynomial"),
        (r".*a.*b.*c", False, "polynomial"),
        (r"\s+$", True, "polynomial"),
        (r"(.+)_output_([^/]+)/x", False, "polynomial"),
        (r"(?=.*x)y", True, "polynomial"),
        (r"\s*+[^{}]", False, None),
        (r"\s++x", True, "polynomial"),
        (r"(?<!\s)\s+x", True, None),
        (r"\w+", True, None),
        (r"\w+\b", True, "polynomial"),
        (r"<Code>([^<]*)</Code>", True, None),
        (r"[a-z]+-[0-9]+", False, None),
        (r"[a-z]{1,64}@", True, None),
    ],
)
def test_the_growth_of_an_expression_is_told(pattern: str, is_search: bool, growth: str | None) -> None:
    assert Automaton(pattern, is_search=is_search).growth() == growth
