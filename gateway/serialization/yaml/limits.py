"""`limits` of sweep and command jobs; timeouts in seconds."""

from __future__ import annotations

from gateway.entities.job_limits import CommandJobLimits, SweepJobLimits
from gateway.serialization.yaml import former
from gateway.serialization.yaml.fields import INTEGER
from gateway.serialization.yaml.noun import Noun

SWEEP_LIMITS = Noun(
    SweepJobLimits,
    dict.fromkeys(("max_total_trials", "max_concurrent_trials", "timeout", "trial_timeout"), INTEGER),
    required=["max_total_trials"],
    former=former.LIMITS,
)
COMMAND_LIMITS = Noun(CommandJobLimits, {"timeout": INTEGER}, former=former.LIMITS)
