"""What trials inherit from the environment that the emulator was started in: what is named here, and nothing else.

A trial in Azure starts in a container of its own. What a shell of this machine holds besides (tokens, sign-in caches,
secrets of the real cloud) would lead it out of the emulator, or into its logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

#: Of the machine and its user; `*` stands for any end of a name.
INHERITED = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TZ", "TMPDIR", "LANG", "LANGUAGE", "LC_*"),
    *("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    *("LD_LIBRARY_PATH", "CUDA_*", "NVIDIA_*", "OMP_*", "MKL_*"),
)

#: Of the shell alone, or set anew for each trial (the user's CA bundles are in its own): trials do without them.
_UNTOLD = (
    "_", "PWD", "OLDPWD", "SHLVL", "AMLET_*", "VIRTUAL_ENV*", "CONDA_*", "__PYVENV*", "PYTHONUNBUFFERED",
    "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inherited:
    """What trials of a job find of the emulator's environment.

    Parameters:
        variables: handed on.
        named: of these, the ones that the project file names; they go before what the emulator sets itself.
        withheld: names of those that are not handed on.
    """

    variables: Mapping[str, str]
    named: Mapping[str, str]
    withheld: tuple[str, ...]


def inherited(environ: Mapping[str, str], named: Iterable[str] = ()) -> Inherited:
    """Choose what trials inherit.

    Loopback addresses are taken out of the reach of proxies, so that metrics arrive.

    Parameters:
        environ: the environment the emulator was started in.
        named: `inherit` of the project file: names, or their beginnings with `*` (`WANDB_*`).
    """
    base = {name: text for name, text in environ.items() if _is_one_of(name, INHERITED)}
    own = {name: text for name, text in environ.items() if name not in base and _is_one_of(name, named)}
    withheld = sorted(name for name in environ if name not in base | own and not _is_one_of(name, _UNTOLD))
    for name in ("NO_PROXY", "no_proxy"):
        base[name] = ",".join(filter(None, [base.get(name), "127.0.0.1,localhost"]))
    base["PYTHONUNBUFFERED"] = environ.get("PYTHONUNBUFFERED", "1")
    return Inherited(base, own, tuple(withheld))


def _is_one_of(name: str, patterns: Iterable[str]) -> bool:
    return any(name == pattern or ("*" in pattern and fnmatchcase(name, pattern)) for pattern in patterns)
