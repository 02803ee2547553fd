"""Everything that reads what a client, a job file or a trial sent, each with texts that are hard on it, of any length.

`python -m tests.readers LENGTH` has each reader read each of its texts of about that length once, and ends.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from amlet.cli.jobs import bodies
from contracts import bindings, duration, resource_id
from contracts.diagnostics import yaml_text
from contracts.rules import check_job
from emulator.api.arm.protocol import ApiVersions
from emulator.api.dataplane import blob_xml, content
from emulator.executors.base import TrialRefused
from emulator.identity import sas
from emulator.identity.storage_refused import StorageRefused
from emulator.identity.tokens import TokenRefused
from emulator.middleware import paths
from emulator.project import reading, reference
from emulator.services import redaction
from emulator.services.assets.query import Listing
from emulator.services.jobs.query import filter_of
from emulator.services.refusal import Refusal
from emulator.services.runs import experiment_filter, run_data
from emulator.services.runs.filter import conditions_of, orders_of
from emulator.services.runs.runs import number_of
from emulator.storage import Database
from emulator.storage.experiments import Experiment
from emulator.trials import command_line, quoting
from emulator.trials.environments import environment_name, requirements
from emulator.trials.locator import Locator
from gateway import yaml_text as gateway_yaml
from gateway.entities import names
from gateway.exceptions import ValidationException

#: What a reader may raise for a text that it does not take.
REFUSALS = (ValueError, yaml.YAMLError, Refusal, StorageRefused, TokenRefused, TrialRefused, ValidationException)

_WORKSPACE = resource_id.LOCAL_WORKSPACE
_EXPERIMENT = Experiment("1", "w", "a" * 200, 0.0, 0.0, False, {})


def _times(piece: str) -> Callable[[int], str]:
    """A text of a length made of one piece."""
    return lambda length: piece * (length // len(piece))


def _numbered(form: str, joint: str = "") -> Callable[[int], str]:
    """A text of about a length, made of pieces that all differ."""
    return lambda length: joint.join(form.replace("#", str(n)) for n in range(length // (len(form) + len(joint) + 4)))


def _after(start: str, piece: str, end: str = "") -> Callable[[int], str]:
    return lambda length: start + piece * (length // len(piece)) + end


def _check_command(command: str) -> None:
    inputs = {f"i{n}": {"jobInputType": "literal", "value": "x"} for n in range(len(command) // 100)}
    properties = {"jobType": "Command", "command": command, "environmentId": "azureml:e:1", "inputs": inputs}
    check_job({"properties": properties})


def _check_uri(uri: str) -> None:
    properties = {"jobType": "Command", "command": "true", "environmentId": uri, "computeId": uri}
    check_job({"properties": {**properties, "inputs": {"x": {"jobInputType": "uri_file", "uri": uri}}}})


def _locate(text: str) -> None:
    from pathlib import Path

    from emulator.place import Place

    store = Database.in_memory()
    try:
        place = Place(Path("/nonexistent"), "https://127.0.0.1:8443", "http://127.0.0.1:8480")
        Locator(place).find(store.reader(), _WORKSPACE, text, "data")
    finally:
        store.close()


def _bind(command: str) -> None:
    values = {"inputs": {"x": "1"}, "search_space": {"x": "2"}, "outputs": {}}
    command_line.bind(command, values)
    quoting.quoted_command(command, values)


def _project(text: str) -> None:
    from pathlib import Path

    reading.of_text(text, Path("amlet.yml"))


_COMMANDS = (
    *(_after("echo ${{", " "), _after("${{inputs.", "x"), _after("", "${{"), _after("", "${{ inputs.")),
    *(_times("{inputs."), _times("${{inputs.x}} "), _times("[${{inputs.x}}]"), _times("[-x ${{inputs.")),
    *(_times("'\"\\#"), _times("cat <<'A'\n"), _times("sh -c -c "), _numbered("{inputs.n#} ")),
    *(_numbered("${{inputs.n#}} "), _numbered("${{nothing.n#}} ")),
)
_FILTERS = (
    *(_after("name = ", "'"), _after("", " "), _after("a", " "), _after("name LIKE '", "%a", "%b'"), _after("", "`")),
    *(_times("params.p = 'x' AND "), _times("a."), _after("params.p IN (", "'x',"), _after("name = 'x'", " ")),
    *(_times("AND"), _times("LIKE"), _after("attributes.status LIKE '", "%", "'"), _after("name NOT", " ")),
    _after("metrics.m > ", "1"),
)
_URIS = (
    *(_after("azureml://", "datastores/x/"), _after("azureml://subscriptions/", "a/workspaces/b/"), _times(":/")),
    *(_after("wasbs://", "c@"), _after("https://a.blob.", "blob."), _after("/subscriptions/s/", "resourceGroups/g/")),
    *(_after("azureml://datastores/x/paths/", "a/"), _after("azureml://registries/r/", "data/"), _times("azureml:")),
    _after("a:/", "%2f"),
)
_YAML = (
    *(_after("a: ", "["), _after("a:\n  ", "- "), _numbered("k#: 1\n"), _after("a: ", "{"), _after("", "&a *a ")),
    *(_after("a: '", "''"), _after("", "? "), _after("a: |\n", " x\n"), _after("a: &a {x: 1}\nb: [", "*a, ", "]")),
    _times("a: 1\n"),
)
_QUERIES = (_times("x"), _times("9"), _times(","), _times("a=b,"), _times("="), _times("%"))
_SECRETS = (
    *(_times('"key":"'), _times("eyJ"), _times("eyJ12345678."), _times("token="), _times("&a"), _times("?sig=x ")),
    _times('"token"   '),
)
_LOGS = (
    *(_after("x ", '{"a":'), _after("x ", '{"a": [1, ', "x"), _after("x ", '{"a": {"b": 1}, '), _times('{"a": 1}\n')),
    *(_times("b'{"), _after("", "b'{\n"), _after('{"a": "', "x"), _times('Request body: {"a"\n'), _times("/jobs/a?")),
)
_XML = (_times("<Latest>"), _after("<BlockList>", "<Latest>AA==</Latest>", "</BlockList>"), _times("<!--"))


def _list_jobs(text: str) -> None:
    filter_of(dict.fromkeys(("$skip", "tag", "listViewType", "properties"), text), "w", trials=False)


def _list_assets(text: str) -> None:
    Listing.of(dict.fromkeys(("$skip", "$top", "tags", "orderBy", "hash"), text))


def _signed(text: str) -> None:
    query = dict.fromkeys(("sv", "sr", "sp", "se", "st", "sig", "sip"), text) | {"sr": "b"}
    sas.verify(query, key="a2V5", accounts=["emu"], container="c", blob=text, permission="r", now=0.0)


#: By name, a reader and the texts that are hard on it.
READERS: Mapping[str, tuple[Callable[[str], Any], tuple[Callable[[int], str], ...]]] = {
    "bindings": (bindings.bindings, _COMMANDS),
    "rules of commands": (_check_command, _COMMANDS),
    "command line": (_bind, _COMMANDS),
    "binding of the client": (names.has_binding, _COMMANDS),
    "whole binding of the client": (names.is_binding, _COMMANDS),
    "inputs of the client": (lambda text: names.check_inputs(text, {}), _COMMANDS),
    "old bindings of the client": (names.double_braces, _COMMANDS),
    "filter of runs": (conditions_of, _FILTERS),
    "filter of experiments": (lambda text: experiment_filter.matches(_EXPERIMENT, text), _FILTERS),
    "order of runs": (lambda text: orders_of([text]), (*_FILTERS, _after("metrics.m", " "), _times("a b"))),
    "reference": (reference.reference_of, _URIS),
    "short spelling": (lambda text: reference.short_spelling(text, "data"), _URIS),
    "rules of addresses": (_check_uri, _URIS),
    "locator": (_locate, _URIS),
    "name of an environment": (environment_name.EnvironmentName.parse, _URIS),
    "ARM id": (resource_id.short_name, _URIS),
    "YAML": (yaml_text.parse, _YAML),
    "YAML of sections": (yaml_text.parse_sections, _YAML),
    "repeated keys": (yaml_text.repeated_keys, _YAML),
    "job file": (lambda text: gateway_yaml.parse(gateway_yaml.Source("f", text)), _YAML),
    "project file": (_project, (*_YAML, _numbered("computes: [{name: c#}]\n"))),
    "conda file": (requirements.of_conda_file, (*_YAML, _after("dependencies:\n", "- a=1\n"))),
    "requirements": (
        lambda text: requirements.of_lines(text.splitlines()),
        (_times("a==1\n"), _times("-r "), _times("a[b]")),
    ),
    "duration": (
        duration.parse_duration,
        (_after("P", "9", "D"), _after("PT", "1"), _times("P"), _after("PT1.", "9", "S")),
    ),
    "page token": (lambda text: number_of({"page_token": text}, "page_token"), _QUERIES),
    "list of jobs": (_list_jobs, _QUERIES),
    "list of assets": (_list_assets, _QUERIES),
    "shared access signature": (_signed, _QUERIES),
    "path": (
        paths.canonical,
        (_after("/subscriptions/", "a/"), _times("/"), _after("/history/v1.0", "/subscriptions/")),
    ),
    "encoded path": (
        lambda text: paths.decoded(text, text.encode()),
        (_after("/subscriptions/", "%2F"), _after("/subscriptions/", "/%2F")),
    ),
    "api-version": (ApiVersions().check, (_times("2024-01-01"), _times("9"), _times("-preview"))),
    "range": (
        lambda text: content.byte_range(text, 10),
        (_after("bytes=", "9"), _after("bytes=0-", "9"), _times("bytes=")),
    ),
    "redacted body": (lambda text: redaction.body(text, "/listSecrets"), _SECRETS),
    "redacted query": (redaction.query, (_times("&sig="), _times("key="), _times("?"))),
    "log of a client": (bodies.bodies_in, _LOGS),
    "block list": (lambda text: blob_xml.block_names(text.encode()), _XML),
    "metric": (lambda text: run_data.metric_of({"key": text, "value": text, "step": text}, 0.0), _QUERIES),
}


def read_all(length: int) -> None:
    """Have each reader read each of its texts of that length."""
    for read, texts in READERS.values():
        for make in texts:
            with contextlib.suppress(*REFUSALS):
                read(make(length))


if __name__ == "__main__":
    read_all(int(sys.argv[1]))
