"""Names for jobs that were given none, in the form of the official client's: `helpful_bear_5zd8t6q57m`."""

from __future__ import annotations

from random import Random, SystemRandom

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
    """A new name: an adjective, a noun and ten letters and digits.

    Parameters:
        random: where the choice comes from; the system's generator when left out.
    """
    random = random or SystemRandom()
    suffix = "".join(random.choices(_SUFFIX, k=10))
    return f"{random.choice(_ADJECTIVES.split())}_{random.choice(_NOUNS.split())}_{suffix}"
