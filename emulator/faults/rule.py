"""A planned fault: which requests go wrong, how, and how often."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from emulator.faults.entry import Entry, Seconds
from emulator.faults.request_match import Match, RequestMatch

_OF_ANSWERS = ("code", "message", "body", "headers", "retry_after")


def _when(value: Any) -> Any:
    return {True: "before", False: None}.get(value, value) if isinstance(value, bool) else value


#: Before the request is carried out, or after it; `true` means before, `false` not at all.
Reset = Annotated[
    Literal["before", "after"] | None,
    BeforeValidator(_when, json_schema_input_type=Literal["before", "after"] | bool | None),
]


class FaultRule(Entry):
    """What goes wrong with requests: a refusal, a broken connection, a delay.

    Parameters:
        match: the requests; every one when it is left out. Those of `/_amlet/` never fail.
        status: HTTP status of the refusal that is sent instead of an answer.
        code, message: of the refusal's envelope.
        body: sent instead of the envelope: a text as it is, anything else as JSON.
        headers: of the refusal.
        retry_after: seconds in its `Retry-After` header.
        reset: the connection is reset: `before` the request is carried out, or `after` it, in the place of the answer.
            `true` means before.
        truncate: the request is carried out, and the connection ends after so many bytes of the answer's body.
        latency: seconds that pass before anything else; alone, the request is answered as ever.
        after: how many matching requests go well first.
        times: how many then go wrong; None for all of them, at least one.
    """

    match: Match = RequestMatch()
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    code: str | None = None
    message: str | None = None
    body: Any = None
    headers: dict[str, str] = {}
    retry_after: Annotated[int, Field(ge=0)] | None = None
    reset: Reset = None
    truncate: Annotated[int, Field(ge=0)] | None = None
    latency: Annotated[Seconds, Field(le=86_400)] | None = None
    after: Annotated[int, Field(ge=0)] = 0
    times: Annotated[int, Field(ge=1)] | None = 1

    @model_validator(mode="after")
    def _does_one_thing(self) -> Self:
        kinds = [name for name in ("status", "reset", "truncate") if getattr(self, name) is not None]
        if len(kinds) > 1:
            raise ValueError(f"{' and '.join(kinds)} exclude each other; make a fault of each")
        if not kinds and self.latency is None:
            raise ValueError("nothing would go wrong; give one of status, reset, truncate or latency")
        extra = [name for name in _OF_ANSWERS if getattr(self, name) not in (None, {})]
        if extra and self.status is None:
            raise ValueError(f"{extra[0]} belongs to a refusal; give its status too")
        return self

    def __str__(self) -> str:
        """What goes wrong, in a few words: `503 for GET jobs/*`."""
        how = []
        if self.latency is not None:
            how.append(f"{self.latency:g} s of latency")
        if self.status is not None:
            how.append(str(self.status))
        if self.reset is not None:
            how.append(f"reset {self.reset} the answer")
        if self.truncate is not None:
            how.append(f"truncation to {self.truncate} bytes")
        return f"{' and '.join(how)} for {self.match}"
