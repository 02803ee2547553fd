"""Whether a body is plainly sound: told from the text of the models, so that most jobs are checked without pydantic.

The classes of `contracts.arm` are parsed and never imported here: that takes a few milliseconds, and importing pydantic
and building the models some 200 ms of every command that submits one job. The checks are narrower than the models: what
they do not know, or doubt, they do not vouch for, and `contracts.rules.shape` asks the models themselves.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from math import isfinite
from typing import TYPE_CHECKING, Any

from contracts.arm.distributions import parse_distribution

if TYPE_CHECKING:
    from pydantic import BaseModel

Check = Callable[[Any], bool]
_BEYOND = 1 << 63


def is_sound(properties: Any) -> bool:
    """Whether the models would certainly take the properties of a job, and know every key of them."""
    kind = properties.get("jobType") if isinstance(properties, dict) else None
    check = _jobs().get(kind) if isinstance(kind, str) else None
    return check is not None and check(properties)


def members_of(name: str, model: Callable[[], type[BaseModel]] | None = None) -> frozenset[str] | None:
    """The members of an object of the wire; None for one that is not known.

    Parameters:
        name: of its class in `contracts.arm`.
        model: loads the model where there is no such class: of another package's registration, or where Python was
            installed without source files.
    """
    members = _models().members(name)
    if members is None and model is not None:
        members = frozenset(field.alias or key for key, field in model().model_fields.items())
    return members


@dataclass(frozen=True, slots=True)
class _Object:
    """An object with these keys, those that are required, and no others."""

    required: frozenset[str]
    fields: Mapping[str, Check]

    def __call__(self, value: Any) -> bool:
        if not isinstance(value, dict) or not self.required <= value.keys():
            return False
        for key, part in value.items():
            check = self.fields.get(key)
            if check is None or not check(part):
                return False
        return True


@dataclass(frozen=True, slots=True)
class _Kinds:
    """An object of the kind that one of its keys names."""

    key: str
    kinds: Mapping[str, Check]

    def __call__(self, value: Any) -> bool:
        kind = value.get(self.key) if isinstance(value, dict) else None
        return isinstance(kind, str) and kind in self.kinds and self.kinds[kind](value)


def _text(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -_BEYOND < value < _BEYOND


def _number(value: Any) -> bool:
    return isfinite(value) if isinstance(value, float) else _integer(value)


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _json(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_text(key) and _json(part) for key, part in value.items())
    if isinstance(value, list):
        return all(map(_json, value))
    return value is None or any(check(value) for check in _SCALARS.values())


def _members(check: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(_text(key) and check(part) for key, part in value.items())


def _distribution(value: Any) -> bool:
    try:
        parse_distribution(value)
    except ValueError:
        return False
    return _json(value)


_SCALARS: Mapping[str, Check] = {"str": _text, "bool": _truth, "int": _integer, "float": _number}
_MODULES = ("resources", "inputs_outputs", "sweep_algorithms", "jobs", "pipelines")


@cache
def _jobs() -> Mapping[str, Check]:
    """The check of `properties` by `jobType`; none where Python was installed without source files."""
    return _models().kinds("job_type")


@cache
def _models() -> _Models:
    return _Models([ast.parse(_source(f"contracts.arm.{module}")) for module in _MODULES])


def _source(module: str) -> str:
    spec = find_spec(module)  # imports the package around it, and not the module
    read = getattr(spec and spec.loader, "get_source", lambda _: None)
    return read(module) or ""


class _Models:
    """The classes and type aliases of some modules, as checks.

    Parameters:
        trees: the modules.
    """

    def __init__(self, trees: list[ast.Module]) -> None:
        self._classes = {node.name: node for tree in trees for node in tree.body if isinstance(node, ast.ClassDef)}
        self._aliases = dict(pair for tree in trees for node in tree.body for pair in _alias(node))
        self._objects: dict[str, _Object] = {}

    def kinds(self, key: str, names: list[str] | None = None) -> dict[str, Check]:
        """The checks of the classes that a literal field tells apart, by the values of that field.

        Parameters:
            key: the field.
            names: of the classes; all that have the field when left out.
        """
        found: dict[str, Check] = {}
        for name in self._classes if names is None else names:
            for field in self._fields(name):
                if _name(field.target) == key and isinstance(field.annotation, ast.Subscript):
                    found |= dict.fromkeys(_literals(field.annotation.slice), self._object(name))
        return found

    def members(self, name: str) -> frozenset[str] | None:
        """The names of the fields of a class on the wire; None where there is no such class."""
        return frozenset(self._object(name).fields) if name in self._classes else None

    def _fields(self, name: str) -> Iterator[ast.AnnAssign]:
        for base in self._classes[name].bases:
            if _name(base) in self._classes:
                yield from self._fields(_name(base))
        yield from (node for node in self._classes[name].body if isinstance(node, ast.AnnAssign))

    def _object(self, name: str) -> _Object:
        if name not in self._objects:
            fields = {_camel(_name(field.target)): field for field in self._fields(name)}
            required = {key for key, field in fields.items() if field.value is None}
            checks = {key: self._check(field.annotation) for key, field in fields.items()}
            self._objects[name] = _Object(frozenset(required), checks)
        return self._objects[name]

    def _check(self, annotation: ast.expr) -> Check:
        match annotation:
            case ast.Constant(value=None):
                return lambda value: value is None
            case ast.BinOp(left=left, right=right):
                one, other = self._check(left), self._check(right)
                return lambda value: one(value) or other(value)
            case ast.Name(id="Any"):
                return _json
            case ast.Name(id=name) if name in _SCALARS:
                return _SCALARS[name]
            case ast.Name(id="WireDistribution"):
                return _distribution
            case ast.Name(id=name) if name in self._aliases:
                return self._check(self._aliases[name])
            case ast.Name(id=name) if name in self._classes:
                return self._object(name)
            case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, item])):
                return _members(self._check(item))
            case ast.Subscript(value=ast.Name(id="list"), slice=item):
                return _items(self._check(item))
            case ast.Subscript(value=ast.Name(id="Literal"), slice=values):
                allowed = frozenset(_literals(values))
                return lambda value: isinstance(value, str) and value in allowed
            case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[union, ast.Call(keywords=[key])])):
                names = [node.id for node in ast.walk(union) if isinstance(node, ast.Name)]
                told_by = str(ast.literal_eval(key.value))
                return _Kinds(_camel(told_by), self.kinds(told_by, names))
            case _:
                return lambda value: False


def _items(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def _alias(node: ast.stmt) -> Iterator[tuple[str, ast.expr]]:
    if isinstance(node, ast.AnnAssign) and node.value is not None:
        yield _name(node.target), node.value


def _name(node: ast.AST | None) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _literals(node: ast.expr) -> list[str]:
    return [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
