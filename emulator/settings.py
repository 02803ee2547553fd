"""Every choice of the emulator that Azure does not make for it, as a named setting with its evidence.

`Settings()` is made for offline work; `Settings.azure_like()` reproduces recorded service behaviour also where it is
inconvenient.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints

from contracts.diagnostics.suggestions import closest
from emulator.engine.settings import AZURE_LIKE as AZURE_LIKE_ENGINE
from emulator.engine.settings import EngineSettings, Evidence, StateDurations, setting

_AMOUNT = r"\s*[^=,\s][^=,]*=\s*(instance|\d[\d.eE+-]*)\s*"


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one emulator; `engine` holds those of the engine."""

    engine: EngineSettings = field(default_factory=EngineSettings)

    auth: Literal["strict", "any"] = setting(
        "strict", "inferred", "bearer tokens: signed by this emulator, or any that is not empty (--auth any)"
    )
    client_secret: Literal["own", "any"] = setting(
        "own",
        "inferred",
        "what the token endpoint takes from a client: the secret that this emulator made (amlet emulator env), or any "
        "that is not empty",
    )
    executor: Literal["process", "dask", "simulated"] = setting(
        "process",
        "inferred",
        "where trials run: as processes of this machine, on a dask.distributed cluster, or simulated in virtual time",
    )
    dask_address: str | None = setting(
        None,
        "inferred",
        "scheduler of the cluster that the executor dask uses: tcp://HOST:8786, or tls://",
        (r"(tcp|tls)://\S+", "tcp://HOST:8786 or tls://HOST:8786"),
    )
    dask_resources: str = setting(
        "",
        "inferred",
        "what each trial takes of its Dask worker besides one thread: resources that workers declare, as in GPU=1, or "
        "GPU=instance for the GPUs of its instance type; of GPU, trials get device numbers",
        (rf"({_AMOUNT}(,{_AMOUNT})*)?", "NAME=AMOUNT, as in GPU=1,MEMORY=8e9"),
    )
    dask_tls_ca: str | None = setting(
        None,
        "inferred",
        "file of the authorities that a scheduler with an address tls:// is checked with; by default what Dask's own "
        "configuration names, as for the next two",
    )
    dask_tls_cert: str | None = setting(None, "inferred", "file of the certificate that such a scheduler is shown")
    dask_tls_key: str | None = setting(None, "inferred", "file of the key of that certificate")
    dask_scratch: str | None = setting(
        None, "inferred", "folder of each Dask worker's machine for files of trials; one in its TMPDIR by default"
    )
    dask_cache_bytes: int = setting(
        21_474_836_480, "inferred", "how much code and data a machine of Dask workers keeps for further trials"
    )
    synchronous: Literal["NORMAL", "FULL"] = setting(
        "NORMAL", "inferred", "what an acknowledged write survives: the end of the process, or a power cut too"
    )
    region: str = setting("local", "inferred", "location of the workspaces, and the region in error envelopes")
    user_name: str = setting("amlet", "inferred", "display name in systemData.createdBy")
    studio_origin: str | None = setting(
        None, "recorded", "origin of the studio URLs; https://ml.azure.com gives the service's own, byte for byte"
    )
    default_output: bool = setting(
        False, "recorded", "whether jobs show outputs.default, which the service adds; it trips two bugs of the SDK"
    )
    cancel_retry_after: int | None = setting(
        1, "recorded", "seconds in the Retry-After header of a cancel; the service sends none, and clients wait 30 s"
    )
    cancel_takes: float = setting(
        0.0,
        "recorded",
        "seconds after the end of a canceled job until its operation says so; the service takes up to 30",
    )
    cancel_ended: Literal["refuse", "accept"] = setting(
        "refuse", "inferred", "cancel of a job that has ended: UserError 400 naming the status, or 202 and nothing"
    )
    sweep_child: Literal["full", "stub"] = setting(
        "full",
        "recorded",
        "ARM document of a trial: as of any job, or without properties, as recorded for pipeline steps",
    )
    local_jobs: Literal["run", "client"] = setting(
        "run", "recorded", "jobs of `compute: local`: run like others, or left NotStarted for their client to run"
    )
    own_labels: bool = setting(
        True, "inferred", "whether jobs show the emulator's own tags and properties `amlet.*`, the seed for example"
    )
    list_trials: bool = setting(False, "inferred", "whether the list of jobs also holds the trials of sweeps")
    bindings: Literal["environment", "text"] = setting(
        "environment",
        "recorded",
        "what stands in a command for a binding: an environment variable, as recorded for data inputs and inferred for "
        "the others, or the value itself, quoted as its surroundings in the command need it",
    )
    kill_grace: float = setting(
        5.0,
        "documented",
        "seconds between SIGTERM and SIGKILL for a trial that is stopped; the service's default is 300",
    )
    env_mode: Literal["current", "uv", "conda", "docker"] = setting(
        "current", "inferred", "how environments are made ready: compared with the chosen Python, built, or an image"
    )
    env_strict: bool = setting(False, "inferred", "whether other versions than the environment's are refused too")
    missing_inputs: Literal["fail", "empty"] = setting(
        "fail", "inferred", "inputs that are not on this machine: refuse the job, or give its trials empty ones"
    )
    offline: bool = setting(False, "inferred", "whether building an environment may fetch nothing")
    page_size: int = setting(50, "inferred", "items in a page of a list")
    shm_size: str = setting("2g", "recorded", "shared memory that a job's document shows when it asked for none")
    max_body_bytes: int = setting(
        4_194_304, "documented", "largest request body of the control plane; ARM's own limit is 4 MB"
    )
    datastore_credentials: Literal["AccountKey", "Sas", "None"] = setting(
        "AccountKey",
        "documented",
        "what datastores give their clients: the account key, a SAS for an hour, or nothing, so that clients bring a "
        "bearer token of their own identity",
    )
    datastore_accounts: Literal["emulator", "given"] = setting(
        "emulator",
        "recorded",
        "accountName of a registered datastore: the emulator's own account, which stands behind it and to which "
        "clients then go, or the name that it was given",
    )
    tracking_limits: Literal["azure", "mlflow"] = setting(
        "azure",
        "recorded",
        "limits of what a run logs: those that the service was seen to keep besides MLflow's own (200 parameters of a "
        "run, 250 values of a metric in one call), or MLflow's own only",
    )
    equal_metric_rows: Literal["merge", "keep"] = setting(
        "merge",
        "inferred",
        "values that a run logs through MLflow with the same metric, value, time and step: one row and one interval, "
        "as in MLflow's SQL store, or each of them",
    )
    same_artifact: Literal["refuse", "replace"] = setting(
        "refuse",
        "recorded",
        "a file that is logged where the same attempt of the run has logged one: refused with 409 as the service does, "
        "or put in its place",
    )
    logged_models: bool = setting(
        True, "recorded", "whether the logged models of MLflow 3 are served; the service answers 404 to every call"
    )
    snapshot_bytes: int = setting(
        4_294_967_296, "inferred", "largest state that a snapshot holds, unpacked; more is neither saved nor loaded"
    )
    log_limit: int = setting(
        1_073_741_824,
        "inferred",
        "bytes of the log of a job or trial; of a longer one the middle is cut out, and a line says how much",
    )
    lease_seconds: float = setting(
        30.0,
        "inferred",
        "seconds after which an attempt on another host is lost when its worker sends no heartbeat; it sends fifteen "
        "in that time",
    )
    offline_seconds: float = setting(
        600.0, "inferred", "seconds that a worker on another host goes on with its attempt while it reaches no emulator"
    )
    trial_token_hours: float = setting(
        24 * 60, "inferred", "how long a trial's tracking token is good; as long as the longest sweep by default"
    )

    @classmethod
    def azure_like(cls) -> Settings:
        """Recorded service behaviour where it is inconvenient offline."""
        return cls(
            engine=AZURE_LIKE_ENGINE,
            default_output=True,
            cancel_retry_after=None,
            sweep_child="stub",
            cancel_takes=15.0,
            datastore_accounts="given",
            own_labels=False,
            local_jobs="client",
            logged_models=False,
        )

    def with_values(self, values: Mapping[str, Any]) -> Settings:
        """A copy with other values by name, those of the engine included.

        Raises:
            ValueError: a name that no setting has, or a value of another type; the text lists what there is.
        """
        if not values:
            return self
        if "durations" in values:
            values = {**values, "durations": _durations(values["durations"])}
        own = _checked({name: value for name, value in values.items() if name not in _ENGINE}, _OWN)
        engine = _checked({name: value for name, value in values.items() if name in _ENGINE}, _ENGINE)
        return replace(self, engine=replace(self.engine, **engine), **own)


def describe() -> list[tuple[str, Any, Evidence, str]]:
    """Name, default, evidence and meaning of each setting, for docs/fidelity.md."""
    described = [f for cls in (Settings, EngineSettings) for f in fields(cls) if "evidence" in f.metadata]
    return [(f.name, f.default, f.metadata["evidence"], f.metadata["about"]) for f in described]


_OWN = {f.name: f for f in fields(Settings) if f.name != "engine"}
_ENGINE = {f.name: f for f in fields(EngineSettings)}


def _checked(values: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in values.items():
        if name not in known:
            every = sorted([*_OWN, *_ENGINE])
            near = closest(name, every)
            hint = f"did you mean {near!r}?" if near else f"known are {', '.join(every)}"
            raise ValueError(f"there is no setting {name!r}; {hint}")
        allowed = _choices(name)
        if allowed and value not in allowed:
            raise ValueError(f"setting {name!r} is {value!r}; expected one of {', '.join(map(str, allowed))}")
        default = known[name].default
        if default is not None and value is not None and not isinstance(value, _like(default)):
            raise ValueError(f"setting {name!r} is {value!r}; expected something like {default!r}")
        form = known[name].metadata.get("form")
        if form and value is not None and not (isinstance(value, str) and re.fullmatch(form[0], value)):
            raise ValueError(f"setting {name!r} is {value!r}; expected {form[1]}")
    return dict(values)


def _durations(given: Any) -> StateDurations:
    """Durations of states in any spelling: `{starting: 2}`, `[2, 0, 90, 5]`, `2,0,90,5`.

    Raises:
        ValueError: it is none of these.
    """
    if isinstance(given, StateDurations):
        return given
    names = [one.name for one in fields(StateDurations)]
    try:
        if isinstance(given, Mapping):
            seconds = {name: float(value) for name, value in given.items()}
        else:
            texts = given.split(",") if isinstance(given, str) else given
            seconds = dict(zip(names, map(float, texts), strict=True))
        if min(seconds.values(), default=0.0) < 0:
            raise ValueError("a negative duration")
        return StateDurations(**seconds)
    except (TypeError, ValueError):
        raise ValueError(
            f"setting 'durations' is {given!r}; expected seconds in {', '.join(names)}: 2,0,90,5 or {{starting: 2}}"
        ) from None


def _choices(name: str) -> tuple[Any, ...]:
    """The values that a setting can have, where it cannot have any."""
    hint = (get_type_hints(Settings) | get_type_hints(EngineSettings))[name]
    return get_args(hint) if get_origin(hint) is Literal else ()


def _like(default: Any) -> tuple[type, ...]:
    return (int, float) if type(default) is float else (type(default),)
