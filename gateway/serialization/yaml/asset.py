"""What the files of environments, components and data have in common."""

from __future__ import annotations

from gateway.serialization.yaml.fields import ANY, TEXT, VERSION, Codec, mapping_of

ASSET: dict[str, Codec] = {"name": TEXT, "version": VERSION, "description": TEXT, "tags": mapping_of(ANY)}
#: Fields that only the service writes.
SERVED = ("$schema", "id", "creation_context", "latest_version")
