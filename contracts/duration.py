"""ISO-8601 durations, as limits have them on the wire."""

from __future__ import annotations

import re

_ISO = re.compile(
    r"^P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?$"
)
_LONGEST = 922_337_203_685  # seconds in the longest `TimeSpan` of .NET, in which the service reads durations
_SECONDS = {"weeks": 604_800, "days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}


class DurationTooLong(ValueError):
    """A duration that the service cannot hold."""


def parse_duration(text: str) -> float:
    """Seconds of an ISO-8601 duration: `PT2H` is 7200.

    Raises:
        DurationTooLong: more than 10675199 days.
        ValueError: not a duration; years and months have no fixed length and are refused too.
    """
    found = _ISO.match(text)
    parts = {unit: value for unit, value in found.groupdict().items() if value} if found else {}
    if not parts or text.endswith("T"):
        raise ValueError(f"{text!r} is not an ISO-8601 duration such as PT30M or P1DT2H")
    seconds = sum(float(value) * _SECONDS[unit] for unit, value in parts.items())
    if seconds > _LONGEST:
        raise DurationTooLong(f"{text!r} is longer than P10675199D, the longest ISO-8601 duration that can be given")
    return seconds


def format_duration(seconds: float) -> str:
    """So many seconds in the largest units: 10000 is `PT2H46M40S`, 0 is `P0D`, -90.5 is `-PT1M30.5S`."""
    if seconds < 0:
        return "-" + format_duration(-seconds)
    whole, micros = divmod(round(seconds * 1_000_000), 1_000_000)
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, rest = divmod(rest, 60)
    last = f"{rest}.{micros:06}".rstrip("0") if micros else rest
    time = "".join(f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (last, "S")) if count)
    date = f"{days}D" if days or not time else ""
    return "P" + date + (f"T{time}" if time else "")
