"""All scenarios, as base classes: subclass one and give it a fixture `target`."""

from contracts.suite.scenarios.assets import Assets, TheWorkspace
from contracts.suite.scenarios.cancelling import Cancelling, CancellingTheEnded
from contracts.suite.scenarios.creation import Creation
from contracts.suite.scenarios.lifecycle import Lifecycle, Outcomes
from contracts.suite.scenarios.limits import EarlyTermination, Limits
from contracts.suite.scenarios.listing import Listing, Paging
from contracts.suite.scenarios.pipelines import Pipelines
from contracts.suite.scenarios.refusals import Refusals, RefusedSweeps, SignIn
from contracts.suite.scenarios.run_history import RunHistory, TrialMetrics
from contracts.suite.scenarios.sampling import Sampling
from contracts.suite.scenarios.tracking import Artifacts, Tracking
from contracts.suite.scenarios.updates import Deletion, Updates
from contracts.suite.scenarios.variants import Variants

#: Every class of scenarios, in the order in which they run.
ALL = (
    *(Creation, Variants, RefusedSweeps, Refusals, SignIn, Updates, Deletion, Listing, Paging),
    *(Cancelling, CancellingTheEnded, Lifecycle, Outcomes, Limits, EarlyTermination, Sampling),
    *(RunHistory, TrialMetrics, Tracking, Artifacts, TheWorkspace, Assets, Pipelines),
)

__all__ = [
    "ALL",
    "Artifacts",
    "Assets",
    "Cancelling",
    "CancellingTheEnded",
    "Creation",
    "Deletion",
    "EarlyTermination",
    "Lifecycle",
    "Limits",
    "Listing",
    "Outcomes",
    "Paging",
    "Pipelines",
    "Refusals",
    "RefusedSweeps",
    "RunHistory",
    "Sampling",
    "SignIn",
    "TheWorkspace",
    "Tracking",
    "TrialMetrics",
    "Updates",
    "Variants",
]  # fmt: skip
