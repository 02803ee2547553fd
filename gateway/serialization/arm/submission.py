"""The submission body: the body of a job with what the official client adds when it submits.

Pure: the folder, the name and the ids come from the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random, SystemRandom
from typing import Any, NamedTuple

from contracts.api_version import DEFAULT_API_VERSION
from gateway.entities.job import Job
from gateway.serialization.arm import to_arm

_ADJECTIVES = """
amber ample apt astute bashful brisk candid chatty cheery civil clear cosy crisp curious daring deft eager early earnest
easy fair famous fancy fine fleet fond fresh gallant genial glad golden grand handy hardy hasty jaunty kindly lively
lofty lucky
mellow merry mild misty modern neat nimble noble polar prompt proud quick rapid ready rosy rustic sandy silent
snowy sober solar spry steady sturdy sunny swift tame tidy true vivid warm wise young
"""
_NOUNS = """
acorn alder anchor aspen badger beacon birch bison breeze brook canyon cedar cliff clover cobalt comet crane creek dune
ember falcon fern finch fjord garnet geyser glacier grove gull harbor hare hazel heron hill inlet iris jasper juniper
kestrel lagoon lark laurel lichen linden lynx magpie maple marsh meadow mesa meteor moss nebula oak onyx orchid osprey
otter pebble pine plover prairie quartz quail raven reef ridge river robin sage sierra sparrow spruce stork summit
thistle tide topaz tundra valley walnut willow wren
"""
_SUFFIX = "bcdfghjklmnpqrstvwxyz0123456789"


def generate_job_name(random: Random | None = None) -> str:
    """A new name such as `helpful_bear_5zd8t6q57m`, in the form of the official client's.

    Parameters:
        random: where the choice comes from; the system's generator when left out.
    """
    random = random or SystemRandom()
    suffix = "".join(random.choices(_SUFFIX, k=10))
    return f"{random.choice(_ADJECTIVES.split())}_{random.choice(_NOUNS.split())}_{suffix}"


Body = dict[str, Any]


class Submission(NamedTuple):
    """What is sent: `PUT .../jobs/{name}` with the body."""

    name: str
    body: Body


def submission(
    job: Job,
    *,
    folder: Path,
    make_name: Callable[[], str] = generate_job_name,
    resolve: Callable[[Body], Body] = lambda body: body,
    api_version: str = DEFAULT_API_VERSION,
) -> Submission:
    """The name and the body with which a job is submitted.

    A missing name is made up, a missing display name is the name, and a missing experiment is called after the folder.

    Parameters:
        job: what is submitted; not changed.
        folder: the current folder.
        make_name: makes a name.
        resolve: turns the names and paths in a body into ids; leaves them when left out.
        api_version: as in `to_arm`.

    Raises:
        ValidationException: a part of the job that cannot be sent.

    Example:
        >>> from gateway import command
        >>> hello = command(command="echo hello", environment="base:1", name="greeting")
        >>> submission(hello, folder=Path("/home/ann/my project")).body["properties"]["experimentName"]
        'myproject'
    """
    body = to_arm(job, api_version=api_version)
    name = job.name or make_name()
    properties = body["properties"]
    if not properties.get("displayName"):
        properties["displayName"] = name
    if not properties.get("experimentName"):
        properties["experimentName"] = experiment_of(folder)
    return Submission(name, resolve(body))


def experiment_of(folder: Path) -> str:
    """The experiment of jobs that name none: the folder's name without suffix and spaces, else `Default`."""
    return folder.resolve().stem.replace(" ", "") or "Default"
