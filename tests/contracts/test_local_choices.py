from __future__ import annotations

from contracts.local_choices import LocalChoices


def test_choices_travel_as_header_fields_and_come_back() -> None:
    choices = LocalChoices(python="/opt/bin/python", project="/töp dir/100%/amlet.yml", env_mode="uv")
    headers = choices.headers
    assert headers["x-amlet-python"] == "/opt/bin/python"
    assert all(text.isascii() for text in headers.values())
    assert set(headers) == {"x-amlet-python", "x-amlet-project", "x-amlet-env-mode"}
    assert LocalChoices.of_headers(headers) == choices


def test_no_choice_is_no_header() -> None:
    assert LocalChoices().headers == {}
    assert LocalChoices.of_headers({"host": "x"}) == LocalChoices()
