"""The shape of a recorded answer: which keys it has, and what each value has to be like.

A shape is JSON that says of each value what is known without names, secrets and ids: `"s"` text, `"sn"` text or null,
`"b"` boolean, `"i"` integer, `"any"` anything, `"=x"` exactly x, `"~re"` text that matches re; null, numbers and
booleans stand for themselves. `{"$json": s}` is JSON text of shape s, `{"$map": s}` an object with any keys,
`{"$bytype": [...]}` a list whose items are told apart by their `type`. A key that ends in `?` may be absent; every
other key must be there, and no further one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.suite.difference import Difference

_PLAIN_KEY = re.compile(r"[A-Za-z_$][\w-]*\Z")
_ABSENT = "(absent)"


def shape_differences(shape: Any, got: Any, path: str = "$") -> Iterator[Difference]:
    """Where a document does not have a shape.

    A list of one shape is a list whose every item has it; any other list has as many items as the shape.

    Parameters:
        shape: see the module.
        got: JSON.
        path: where both are.

    >>> [found.path for found in shape_differences({"id": "s", "tags?": {}}, {"id": 1, "name": "x"})]
    ['$.id', '$.name']
    """
    match shape:
        case {"$json": inner}:
            yield from _json_text(inner, got, path)
        case {"$map": inner}:
            yield from _map(inner, got, path)
        case {"$bytype": items}:
            yield from _by_type(items, got, path)
        case dict():
            yield from _object(shape, got, path)
        case list():
            yield from _list(shape, got, path)
        case str():
            if not _fits(shape, got):
                yield Difference(path, shape, got)
        case _:
            if type(shape) is not type(got) or shape != got:
                yield Difference(path, shape, got)


def _fits(shape: str, got: Any) -> bool:
    match shape:
        case "any":
            return True
        case "s":
            return isinstance(got, str)
        case "sn":
            return got is None or isinstance(got, str)
        case "b":
            return isinstance(got, bool)
        case "i":
            return isinstance(got, int) and not isinstance(got, bool)
    if shape.startswith("="):
        return bool(got == shape[1:])
    if shape.startswith("~"):
        return isinstance(got, str) and re.search(shape[1:], got) is not None
    raise ValueError(f"{shape!r} is not a shape")


def _json_text(inner: Any, got: Any, path: str) -> Iterator[Difference]:
    try:
        document = json.loads(got)
    except (TypeError, ValueError):
        yield Difference(path, "JSON text", got)
    else:
        yield from shape_differences(inner, document, f"{path}.$json")


def _map(inner: Any, got: Any, path: str) -> Iterator[Difference]:
    if not isinstance(got, Mapping):
        yield Difference(path, "an object", got)
        return
    for key, value in got.items():
        yield from shape_differences(inner, value, _inside(path, key))


def _object(shape: Mapping[str, Any], got: Any, path: str) -> Iterator[Difference]:
    if not isinstance(got, Mapping):
        yield Difference(path, "an object", got)
        return
    named = {key.removesuffix("?"): (value, key.endswith("?")) for key, value in shape.items()}
    for key, (value, optional) in named.items():
        if key in got:
            yield from shape_differences(value, got[key], _inside(path, key))
        elif not optional:
            yield Difference(_inside(path, key), value, _ABSENT)
    for key in got:
        if key not in named:
            yield Difference(_inside(path, key), _ABSENT, got[key])


def _list(shape: list[Any], got: Any, path: str) -> Iterator[Difference]:
    if not isinstance(got, list):
        yield Difference(path, "a list", got)
    elif len(shape) == 1 and got:
        for place, value in enumerate(got):
            yield from shape_differences(shape[0], value, f"{path}[{place}]")
    elif len(shape) != len(got):
        yield Difference(path, f"{len(shape)} items", got)
    else:
        for place, (one, value) in enumerate(zip(shape, got, strict=True)):
            yield from shape_differences(one, value, f"{path}[{place}]")


def _by_type(items: list[Any], got: Any, path: str) -> Iterator[Difference]:
    if not isinstance(got, list):
        yield Difference(path, "a list", got)
        return
    wanted = {str(item["type"]).removeprefix("="): item for item in items}
    found = {item.get("type", f"[{place}]"): item for place, item in enumerate(got) if isinstance(item, Mapping)}
    for kind, item in wanted.items():
        if kind in found:
            yield from shape_differences(item, found[kind], f"{path}[{kind}]")
        else:
            yield Difference(f"{path}[{kind}]", item, _ABSENT)
    for kind, value in found.items():
        if kind not in wanted:
            yield Difference(f"{path}[{kind}]", _ABSENT, value)


def _inside(path: str, key: str) -> str:
    return path + (f".{key}" if _PLAIN_KEY.match(key) else f"[{key!r}]")
