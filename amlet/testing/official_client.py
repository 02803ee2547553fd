"""The official SDK's client on an emulator in this process: no port, no certificate, virtual time."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from amlet.testing.in_process import InProcessEmulator
from amlet.testing.requests_router import answer_requests

try:
    with warnings.catch_warnings():  # the SDK's own, about its schemas, where a project makes errors of warnings
        warnings.simplefilter("ignore")
        from azure.ai.ml import MLClient
    from azure.ai.ml._artifacts import _blob_storage_helper
    from azure.ai.ml.operations import _job_ops_helper
    from azure.core.pipeline.transport import HttpTransport
except ImportError as error:
    raise ImportError(f"the fixture amlet_ml_client needs azure-ai-ml: pip install azure-ai-ml ({error})") from error

if TYPE_CHECKING:
    from contracts.resource_id import WorkspaceId

#: Modules of the SDK that wait by `time.sleep` of their own: between two looks at a job, and for a blob.
_WAITING = (_job_ops_helper, _blob_storage_helper)


@contextmanager
def official_client(emulator: InProcessEmulator, workspace: WorkspaceId | None = None) -> Iterator[MLClient]:
    """The unmodified `azure.ai.ml.MLClient`, whose requests an emulator in this process answers; see `answer_requests`.

    While the client waits (between two looks at a job, before it tries again), virtual time passes and no real time.
    Until the end of the block, the environment says where the emulator is.

    Parameters:
        emulator: that answers.
        workspace: by default the emulator's own.

    Example:
        with InProcessEmulator(objective=lambda lr: 1 - lr) as emulator, official_client(emulator) as ml_client:
            job = ml_client.jobs.create_or_update(sweep)
            ml_client.jobs.stream(job.name)
    """
    from emulator.identity.cloud import cloud_variables

    one, at = workspace or emulator.workspace, emulator.origin
    variables = cloud_variables(at, at, emulator.emulator.secrets.identity_header)
    with ExitStack() as stack:
        stack.enter_context(answer_requests(emulator))
        stack.enter_context(patch.dict(os.environ, variables))
        stack.enter_context(patch.object(HttpTransport, "sleep", lambda _, seconds: emulator.sleep(seconds)))
        for module in _WAITING:
            stack.enter_context(patch.object(module, "time", _Time(emulator.sleep)))
        credential: Any = emulator.credential
        yield MLClient(credential, one.subscription, one.resource_group, one.name)


class _Time:
    """The module `time` with another `sleep`."""

    def __init__(self, sleep: Callable[[float], None]) -> None:
        self.sleep = sleep

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)
