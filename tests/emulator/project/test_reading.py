from __future__ import annotations

from pathlib import Path

import pytest

from emulator.project.project_files import find
from emulator.project.reading import ProjectFileError, of_text, read
from emulator.project.section import Section

FILE = Path("/project/amlet.yml")


def problems(text: str) -> list[str]:
    with pytest.raises(ProjectFileError) as error:
        of_text(text, FILE)
    return str(error.value).splitlines()


def test_every_key_of_a_project_file_is_read() -> None:
    project = of_text(
        """
        workspaces: [{subscription: s, resource_group: g, name: w}]
        computes: [{name: cpu-cluster, size: Standard_DS3_v2, nodes: 4}]
        environments: [{name: env, version: 3, requirements: [scikit-learn==1.5.2]}, {name: other, python: .venv}]
        data: {"wasbs://datasets@acc.blob.core.windows.net/": ./data}
        datastores: {shared: /srv/shared}
        models: {"azureml:net:1": ./net}
        settings: {max_total: 3}
        strict: [data, models]
        """.replace("max_total: 3", "region: here"),
        FILE,
    )
    assert project.content.computes[0].nodes == 4
    assert project.content.environments[0].version == "3"
    assert project.content.settings == {"region": "here"}
    assert project.is_closed(Section.DATA)
    assert not project.is_closed(Section.COMPUTES)


@pytest.mark.parametrize("text", ["", "# nothing but a remark\n", "data:\ncomputes:\n"])
def test_an_empty_file_and_empty_keys_describe_a_project_without_limits(text: str) -> None:
    project = of_text(text, FILE)
    assert not any(project.is_closed(section) for section in Section)


def test_lines_that_are_pasted_at_the_end_count_with_the_section_that_is_there() -> None:
    text = "data:  # nothing yet\ncomputes: [{name: a}]\n"
    project = of_text(f"{text}data: {{x: a}}\ndata:\n  y: b\ncomputes:\n- name: b\ndata:\n", FILE)
    assert project.content.data == {"x": "a", "y": "b"}
    assert [one.name for one in project.content.computes] == ["a", "b"]


def test_a_mistake_in_what_was_pasted_has_its_own_line() -> None:
    assert problems("data:\n  x: a\ncomputes: []\ndata:\n  x: b\n") == [
        "/project/amlet.yml:5: data.x: this key stands twice; keep one of the two"
    ]
    assert "2: computes[1]: the key 'name'" in problems("computes: [{name: a}]\ncomputes: [{size: b}]")[0]
    assert "strict: this key stands twice" in problems("strict: true\nstrict: false")[0]


def test_strict_true_closes_every_section() -> None:
    project = of_text("strict: true", FILE)
    assert all(project.is_closed(section) for section in Section)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dta: {}", "/project/amlet.yml:1: dta: unknown key; did you mean 'data'?"),
        ("zzz: {}", "/project/amlet.yml:1: zzz: unknown key; known are workspaces, computes"),
        ("\ncomputes:\n  - {name: a}\n  - {size: b}", "/project/amlet.yml:4: computes[1]: the key 'name' is missing"),
        (
            "computes:\n- {name: a, node: 2}",
            "/project/amlet.yml:2: computes[0].node: unknown key; did you mean 'nodes'?",
        ),
        ("computes: [{name: a, nodes: 0}]", "computes[0].nodes: 0 is not what is expected here: 1 or more"),
        (
            "computes: [{name: a, nodes: many}]",
            "computes[0].nodes: 'many' is not what is expected here: a whole number",
        ),
        ("computes: {name: a}", "computes: {'name': 'a'} is not what is expected here: a list"),
        ("data: [a]", "data: ['a'] is not what is expected here: a mapping"),
        ("data: {x: [1]}", "data.x: [1] is not what is expected here: a text"),
        ("data: {x: ''}", "data.x: '' is not what is expected here: a text that is not empty"),
        ("environments: [{name: e, requirements: {a: 1}}]", "{'a': 1} is not what is expected here: a text or a list"),
        ("strict: perhaps", "strict: 'perhaps' is not what is expected here: a list, true or false"),
        ("strict: [dat]", "strict[0]: 'dat' is not what is expected here: one of workspaces"),
        ("data: {x: a, x: b}", "data.x: this key stands twice"),
        ("computes: [{name: a}, {name: a}]", "computes[1]: is declared twice"),
        ("settings: {regoin: x}", "settings.regoin: there is no setting 'regoin'; did you mean 'region'?"),
        ("settings: {page_size: big}", "setting 'page_size' is 'big'"),
        ("data: {x: [", "/project/amlet.yml:1: this is not YAML"),
        ("- a", "a list where the keys workspaces"),
        (
            "data:\n  wasbs://c@a.blob.core.windows.net/x: a\n  https://a.blob.core.windows.net/c/x/: b",
            "/project/amlet.yml:3: data.https://a.blob.core.windows.net/c/x/: means the same as",
        ),
    ],
)
def test_a_mistake_is_told_with_file_line_key_and_remedy(text: str, expected: str) -> None:
    (problem,) = problems(text)
    assert expected in problem


def test_all_mistakes_are_told_at_once() -> None:
    assert len(problems("dta: {}\nstrict: 5\ncomputes: [{size: x}]")) == 3


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProjectFileError, match=r"nowhere\.yml: the project file cannot be read: No such file"):
        read(tmp_path / "nowhere.yml")


def test_the_nearest_file_upwards_is_found_first_from_the_job_then_from_the_current_folder(tmp_path: Path) -> None:
    job, here = tmp_path / "a" / "jobs" / "deep", tmp_path / "b"
    job.mkdir(parents=True)
    here.mkdir()
    assert find(job, here) is None
    (here / "amlet.yml").touch()
    assert find(job, here) == here / "amlet.yml"
    (tmp_path / "a" / "amlet.yml").touch()
    assert find(job, here) == tmp_path / "a" / "amlet.yml"


def test_a_compute_may_have_an_executor_with_its_settings() -> None:
    tls = "dask_address: 'tls://h:1', dask_tls_ca: ca.pem"
    text = f"computes: [{{name: far, executor: dask, {tls}, dask_resources: G=1}}]"
    project = of_text(text, FILE)
    assert project.compute_settings("FAR") == {
        "executor": "dask",
        "dask_address": "tls://h:1",
        "dask_tls_ca": "/project/ca.pem",
        "dask_resources": "G=1",
    }
    assert project.compute_settings("other") == {}


@pytest.mark.parametrize(
    ("compute", "told"),
    [
        ("executor: dask, dask_address: far", "setting 'dask_address' is 'far'; expected tcp://HOST:8786 or tls://"),
        ("executor: dask, dask_resources: G", "setting 'dask_resources' is 'G'; expected NAME=AMOUNT"),
        ("executor: ray", "'ray' is not what is expected here: one of process, dask"),
        ("dask_address: 'tcp://h:1'", "is for the executor dask; add `executor: dask`, or take it out"),
        ("executor: dask, dask_adress: 'tcp://h:1'", "unknown key; did you mean 'dask_address'?"),
    ],
)
def test_an_executor_of_a_compute_is_checked(compute: str, told: str) -> None:
    [problem] = problems(f"computes:\n- {{name: a}}\n- {{name: b, {compute}}}\n")
    assert problem.startswith("/project/amlet.yml:3: computes[1]")
    assert told in problem
