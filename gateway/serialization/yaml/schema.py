"""Mappings with fields: what `limits`, `objective` or a whole job is in a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from gateway.exceptions import ValidationException
from gateway.serialization.yaml.fields import Codec
from gateway.serialization.yaml.problems import Invalid, Problem, missing, not_one_of, unknown, wrong


class ObjectSchema:
    """Reads a mapping with known fields into an object, and writes the object's attributes as such a mapping.

    Parameters:
        make: called with the fields that are present.
        fields: how each is read and written.
        required: fields that must be present.
        ignored: fields that only the service writes; they are skipped when present.
        located: whether the object takes the folder, as `base_path`.
        renamed_keys: keys of older files, each with what to do about it.
        others: reads fields that are not among these; without it they are refused.
    """

    def __init__(
        self,
        make: Callable[..., Any],
        fields: Mapping[str, Codec],
        *,
        required: Sequence[str] = (),
        ignored: Sequence[str] = (),
        located: bool = False,
        renamed_keys: Mapping[str, str] = MappingProxyType({}),
        others: Codec | None = None,
    ) -> None:
        self.make, self.fields, self.required, self.ignored = make, fields, required, frozenset(ignored)
        self.located, self.renamed_keys, self.others = located, renamed_keys, others

    def read(self, value: Any, folder: str) -> Any:
        """The object that a mapping describes."""
        values = self.values(value, folder)
        if self.located:
            values["base_path"] = folder
        try:
            return self.make(**values)
        except ValidationException as refused:
            raise Invalid([Problem((), str(refused), kind=refused.error_type)]) from refused

    def values(self, value: Any, folder: str) -> dict[str, Any]:
        """The fields of a mapping, read."""
        if not isinstance(value, dict):
            raise wrong(value, "a mapping", f"Its fields are {', '.join(self.fields)}.")
        fields, values = self.fields, {}
        problems: list[Problem] = []
        for key, item in value.items():
            codec = fields.get(key, self.others)
            if codec is None:
                # Null is refused also for the fields that only the service writes, as by the official schema.
                if key not in self.ignored or item is None:
                    problems.append(unknown(key, fields, self.renamed_keys))
                continue
            try:
                values[key] = codec.read(item, folder)
            except Invalid as invalid:
                problems += invalid.below(key)
        problems += [missing(key) for key in self.required if key not in value]
        if problems:
            raise Invalid(problems)
        return values

    def write(self, entity: Any, folder: str) -> dict[str, Any]:
        """The mapping that describes an object, without what is None."""
        content, problems = {}, []
        for name, codec in self.fields.items():
            value = getattr(entity, name, None)
            try:
                written = None if value is None else codec.write(value, folder)
            except Invalid as invalid:
                problems += invalid.below(name)
            else:
                if written is not None:
                    content[name] = written
        if problems:
            raise Invalid(problems)
        return content


class RegisteredSchemas(Mapping[str, ObjectSchema]):
    """The schemas of registered classes by their names in files; a class that is registered later is found, too.

    Parameters:
        classes: the registry.
        schema_of: the schema of a class; asked once for each.
    """

    def __init__(self, classes: Mapping[str, type[Any]], schema_of: Callable[[type[Any]], ObjectSchema]) -> None:
        self._classes, self._schema_of = classes, schema_of
        self._known: dict[type[Any], ObjectSchema] = {}

    def __getitem__(self, kind: str) -> ObjectSchema:
        cls = self._classes[kind]
        if cls not in self._known:
            self._known[cls] = self._schema_of(cls)
        return self._known[cls]

    def __iter__(self) -> Iterator[str]:
        return iter(self._classes)

    def __len__(self) -> int:
        return len(self._classes)


class TaggedUnion:
    """One of several schemas, distinguished by the field `type`.

    Parameters:
        schemas: by the value of `type`.
        fold: makes equal words equal.
    """

    def __init__(self, schemas: Mapping[str, ObjectSchema], fold: Callable[[str], str] = str.lower) -> None:
        self.schemas, self.fold = schemas, fold

    def read(self, value: Any, folder: str) -> Any:
        """The object that a mapping describes."""
        if not isinstance(value, dict):
            raise wrong(value, "a mapping", f"Its field type is one of {', '.join(self.schemas)}.")
        if "type" not in value:
            raise Invalid([missing("type", f"It is one of {', '.join(self.schemas)}.")])
        kind = value["type"]
        schema = self.schemas.get(self.fold(kind)) if isinstance(kind, str) else None
        if schema is None:
            raise Invalid(not_one_of(kind, self.schemas).below("type"))
        return schema.read({key: item for key, item in value.items() if key != "type"}, folder)

    def write(self, entity: Any, folder: str) -> dict[str, Any]:
        """The mapping that describes an object, `type` first."""
        kind = self.fold(str(entity.type))
        return {"type": kind, **self.schemas[kind].write(entity, folder)}
