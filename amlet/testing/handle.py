"""What a test does with an emulator, however it is reached: objective, time, tokens, requests, clients."""

from __future__ import annotations

import json as json_text
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from amlet import TRACKING_FILE
from amlet.testing.emulator_instance import EmulatorInstance
from amlet.testing.objectives import objective_curves, recorded_curves
from contracts.api_version import DEFAULT_API_VERSION
from contracts.resource_id import LOCAL_WORKSPACE, WorkspaceId
from emulator.clock import RealClock
from emulator.config import EmulatorConfig
from emulator.executors.base import Attempt
from emulator.faults.plan import Faults
from emulator.services.context import Emulator
from emulator.services.journal import Journal
from emulator.settings import Settings
from emulator.simulation.curve import Curve
from emulator.simulation.executor import CurveFor
from emulator.simulation.stand_in import stand_in, with_log
from emulator.simulation.time_control import TimeControl
from gateway.transport.messages import Request, Response, Transport

if TYPE_CHECKING:
    from emulator.simulation.scenario import Scenario
    from gateway.client.ml_client import MLClient
    from gateway.transport.auth import TokenCredential

_ARM = "https://management.azure.com"
_LIFETIME = 3600

ExecutorName = Literal["simulate", "process"]


class EmulatorHandle:
    """The base of `InProcessEmulator` and `ServedEmulator`; may be used by several threads.

    With the executor `simulate` no command is run: a trial logs what its objective says, on a virtual clock (`time`).
    With `process` trials really run, on the real clock.

    Parameters:
        objective: a function of a trial's parameters by name that gives a number, numbers (one per interval), or a dict
            `{"values": [...], "duration": seconds, "exit_code": 0}`; by default a number made from the parameters.
        executor: `simulate` or `process`.
        settings: names and values of settings (docs/fidelity.md), or all of them.
        project: a project file, as `amlet.yml`.
        seed: makes ids, the sampling of sweeps without a seed, and the virtual clock the same from run to run.
        start: first reading of the virtual clock (seconds since the epoch); the time of creation by default.
        frozen: whether that clock begins frozen.
        scenario: a file that says what goes wrong and what trials do (docs/scenarios.md); its seed, start and frozen
            count where they are not given here.
        workspace: of `client()` and `request`; any other exists as well.
        origin: the address that it believes to have; None serves it on a port, over TLS.

    Raises:
        ValueError: no such executor or setting, or a scenario that cannot be played.
    """

    def __init__(
        self,
        *,
        objective: Callable[..., Any] | None = None,
        executor: ExecutorName = "simulate",
        settings: Settings | Mapping[str, Any] | None = None,
        project: Path | None = None,
        seed: int | None = None,
        start: float | None = None,
        frozen: bool | None = None,
        scenario: Path | None = None,
        workspace: WorkspaceId = LOCAL_WORKSPACE,
        origin: str | None,
    ) -> None:
        if executor not in ("simulate", "process"):
            raise ValueError(f"executor is {executor!r}; expected 'simulate' or 'process'")
        chosen = settings if isinstance(settings, Settings) else Settings().with_values(settings or {})
        self.workspace = workspace
        self._sender: Transport | None = None
        self._signed = ("", math.inf)
        self._curve_for: CurveFor
        self.set_objective(objective)
        played = _scenario(scenario, executor) if scenario else None
        if played is not None:
            seed = played.seed if seed is None else seed
            start = played.started if start is None else start
            frozen = played.frozen if frozen is None else frozen
        config = EmulatorConfig(
            settings=chosen,
            project=project,
            virtual=executor == "simulate",
            seed=seed,
            start=start,
            frozen=bool(frozen),
            scenario=played,
            curve_for=self._curve,
            tracking=TRACKING_FILE,
        )
        self._instance = EmulatorInstance(config, origin)

    def set_objective(self, objective: Callable[..., Any] | None) -> None:
        """Have trials that start from now on log what this function of their parameters says; None for a stand-in."""
        self._curve_for = with_log(objective_curves(objective) if objective else stand_in)

    def set_curves(self, table: Iterable[Curve | Sequence[float]]) -> None:
        """Have trial 0 log the first curve, and so on; a trial beyond the table fails and says so."""
        self._curve_for = with_log(recorded_curves(table))

    def set_curve_for(self, curve_for: CurveFor) -> None:
        """Have trials and command jobs do what this function says of their task; see `emulator.simulation.executor`."""
        self._curve_for = curve_for

    @property
    def emulator(self) -> Emulator:
        """What the application works on."""
        return self._instance.emulator

    @property
    def origin(self) -> str:
        """Its address, without a slash at the end."""
        return self.emulator.place.https_origin

    @property
    def time(self) -> TimeControl:
        """Moves the clock.

        Raises:
            RuntimeError: trials are real processes, and so is time.
        """
        if self.emulator.time is None:
            raise RuntimeError("time cannot be moved with the executor 'process'; take 'simulate'")
        return self.emulator.time

    @property
    def faults(self) -> Faults:
        """What is planned to go wrong."""
        return self.emulator.faults

    @property
    def journal(self) -> Journal:
        """The requests so far."""
        return self.emulator.journal

    @property
    def state_dir(self) -> Path:
        """Folder of blobs and logs, gone after `close`."""
        return self.emulator.place.state_dir

    @property
    def transport(self) -> BorrowedTransport:
        """A transport of the gateway that leads here."""
        return BorrowedTransport(self)

    def exchange(self, request: Request) -> Response:
        """Send a request of the gateway's transports and wait for its whole answer.

        Raises:
            ConnectionFault: no answer came, for a planned fault for example.
            RuntimeError: this emulator is closed.
        """
        if not self._instance.is_open:
            raise RuntimeError("this emulator is closed: its test has ended")
        if self._sender is None:
            self._sender = self._connect()
        return self._sender.send(request)

    @property
    def credential(self) -> TokenCredential:
        """Signs clients in: what `azure-identity` calls a credential, with tokens of this emulator."""
        return _Credential(self)

    def client(self, workspace: WorkspaceId | None = None) -> MLClient:
        """A gateway client of a workspace; while it waits (for a job, between attempts) virtual time passes.

        Parameters:
            workspace: by default this emulator's own.
        """
        from gateway.client.ml_client import MLClient

        one = workspace or self.workspace
        names = (one.subscription, one.resource_group, one.name)
        return MLClient(self.credential, *names, base_url=self.origin, transport=self.transport)

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass: virtual ones where time is virtual."""
        if self.emulator.time is None:
            time.sleep(seconds)
        else:
            self.emulator.time.advance(seconds)

    def token(self, audience: str = _ARM, *, lifetime: int = _LIFETIME) -> str:
        """A bearer token of this emulator.

        Parameters:
            audience: the resource it is for.
            lifetime: seconds, on this emulator's clock.
        """
        return self.emulator.tokens.issue(audience, lifetime=lifetime)

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        body: bytes | None = None,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        signed: bool = True,
    ) -> Response:
        """Send one plain request.

        Parameters:
            method: `GET`, `PUT` ...
            path: from the root (`/subscriptions/...`), below the workspace (`jobs/NAME`), or an absolute URL; on the
                control plane an api-version is added where there is none.
            json: a body to be sent as JSON.
            body: or its bytes.
            params: query parameters.
            headers: header fields.
            signed: whether a bearer token is added where `headers` has no `Authorization`.

        Returns:
            The answer, refusals included.
        """
        fields, query, url = dict(headers or {}), dict(params or {}), self._url(path)
        if json is not None:
            fields.setdefault("Content-Type", "application/json")
            body = json_text.dumps(json).encode()
        if signed and "Authorization" not in fields:
            fields["Authorization"] = f"Bearer {self._own_token()}"
        if url.startswith(f"{self.origin}/subscriptions/") and "api-version=" not in url:
            query.setdefault("api-version", DEFAULT_API_VERSION)
        return self.transport.send(Request(method, url, query, fields, body))

    def play_scenario(self) -> None:
        """Let its scenario begin again; all other plans of faults and trials are forgotten."""
        self.emulator.play_scenario()

    def reset(self) -> None:
        """Begin anew: no job, no blob, no fault, the time of the beginning. Clients, settings, objective stay."""
        self._instance.reset()

    def close(self) -> None:
        """End what runs, and leave no thread, port or file behind; doing it again is harmless."""
        self._instance.close()
        if self._sender is not None:
            self._sender.close()
            self._sender = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _own_token(self) -> str:
        """The token of plain requests; to sign one takes longer than most of them."""
        now = self.emulator.clock.now()
        if not self._signed[1] <= now < self._signed[1] + _LIFETIME - 60:
            self._signed = (self.token(), now)
        return self._signed[0]

    def _connect(self) -> Transport:
        """What carries the requests to it."""
        raise NotImplementedError

    def _curve(self, task: Attempt) -> Curve:
        return self._curve_for(task)

    def _url(self, path: str) -> str:
        if path.startswith(("https://", "http://")):
            return path
        return f"{self.origin}{path if path.startswith('/') else f'{self.workspace}/{path}'}"


def _scenario(file: Path, executor: ExecutorName) -> Scenario:
    from emulator.simulation.scenario import read

    scenario = read(file)
    if executor == "process" and scenario.wants_virtual_time:
        raise ValueError(f"{file}: trials, start and frozen happen in virtual time only; take the executor 'simulate'")
    return scenario


@dataclass(frozen=True, slots=True)
class BorrowedTransport:
    """A `gateway.transport.messages.Transport` to an emulator; closing it closes nothing else.

    Parameters:
        to: the emulator.
    """

    to: EmulatorHandle

    def send(self, request: Request) -> Response:
        """Send one request and wait for its whole answer."""
        return self.to.exchange(request)

    def sleep(self, seconds: float) -> None:
        """Let time pass for a client that waits."""
        self.to.sleep(seconds)

    def close(self) -> None:
        """The emulator keeps its connections for others."""


@dataclass(frozen=True, slots=True)
class _Token:
    token: str
    expires_on: int


@dataclass(frozen=True, slots=True)
class _Credential:
    """Tokens of the emulator itself; the client may keep each for an hour of real time."""

    emulator: EmulatorHandle

    def get_token(self, *scopes: str, **options: Any) -> _Token:
        audience = scopes[0].removesuffix("/.default") if scopes else _ARM
        return _Token(self.emulator.token(audience), int(RealClock().now()) + _LIFETIME)
