"""Messages and their ids."""

import uuid

from gateway.transport.messages import unique_id


def test_ids_are_random_uuids_of_version_4() -> None:
    made = {unique_id() for _ in range(1000)}
    assert len(made) == 1000
    assert {(uuid.UUID(text).version, uuid.UUID(text).variant, str(uuid.UUID(text)) == text) for text in made} == {
        (4, uuid.RFC_4122, True)
    }
