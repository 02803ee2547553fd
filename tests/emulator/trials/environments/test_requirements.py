from __future__ import annotations

import pytest

from emulator.trials.environments.requirements import RequirementsError, of_conda_file, of_lines


@pytest.mark.parametrize(
    ("conda", "pip"),
    [
        ("numpy", "numpy"),
        ("numpy=1.26", "numpy==1.26.*"),
        ("numpy=1.26.*", "numpy==1.26.*"),
        ("numpy==1.26.0", "numpy==1.26.0"),
        ("numpy 1.26.0", "numpy==1.26.0"),
        ("numpy >=1.2, <2", "numpy>=1.2,<2"),
        ("pandas~=1.5.3", "pandas~=1.5.3"),
        ("conda-forge::scipy=1.10", "scipy==1.10.*"),
        ("xgboost=1.7.6=py_0", "xgboost==1.7.6"),
        ("py-xgboost=1.7", "xgboost==1.7.*"),
        ("pytorch=2.1", "torch==2.1.*"),
        ("PyYAML", "pyyaml"),
    ],
)
def test_conda_packages_are_translated_for_pip(conda: str, pip: str) -> None:
    assert of_conda_file(f"dependencies: ['{conda}']").packages == (pip,)


def test_a_conda_file_gives_python_pip_packages_options_and_what_is_unknown() -> None:
    found = of_conda_file(
        """
        name: mine
        channels: [conda-forge]
        dependencies:
        - python=3.10
        - pip=24
        - cudatoolkit=11.8
        - odd-thing=1
        - pip:
          - lightgbm>=4
          - --extra-index-url https://packages.example
        """
    )
    assert found.python == "3.10"
    assert found.packages == ("lightgbm>=4",)
    assert found.options == ("--extra-index-url https://packages.example",)
    assert found.unknown == ("odd-thing",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dependencies: {a: b}", "no list `dependencies`"),
        ("- a", "no list `dependencies`"),
        ("dependencies: [", "not YAML"),
        ("dependencies: ['numpy pandas==']", "cannot be understood"),
        ("dependencies: [{pip: ['numpy=1.2']}]", r"'numpy=1\.2' cannot be understood"),
    ],
)
def test_a_conda_file_that_cannot_be_used_is_refused(text: str, message: str) -> None:
    with pytest.raises(RequirementsError, match=message):
        of_conda_file(text)


def test_remarks_and_options_of_a_requirements_file_are_no_packages() -> None:
    found = of_lines(["# all", "numpy>=1 # fast", "", "-r other.txt", "--pre", "./local.whl", "pkg @ https://x/y.whl"])
    assert found.packages == ("numpy>=1", "./local.whl", "pkg @ https://x/y.whl")
    assert (found.options, found.included) == (("--pre",), ("other.txt",))
    assert [one.name for one in found.parsed()] == ["numpy", "pkg"]


def test_requirements_for_other_machines_are_left_out() -> None:
    assert of_lines(["numpy; sys_platform == 'plan9'"]).parsed() == []


def test_the_digest_depends_on_the_content_and_not_on_the_order() -> None:
    assert of_lines(["a", "b"]).digest == of_lines(["b", "a"]).digest
    assert of_lines(["a", "b"]).digest != of_lines(["a", "b==1"]).digest
    assert of_lines(["a"]).digest != of_lines(["a"], "3.10").digest


@pytest.mark.parametrize(
    ("said", "python"),
    [
        ("python=3.8.13", "3.8"),
        ("python 3.9", "3.9"),
        ("python>=3.6,<3.9", "3.8"),
        ("python<=3.10", "3.10"),
        ("python>=3.8", None),
        ("python", None),
    ],
)
def test_the_wanted_python_is_the_highest_that_a_conda_file_allows(said: str, python: str | None) -> None:
    assert of_conda_file(f"dependencies: ['{said}']").python == python


def test_files_that_a_conda_file_includes_are_told_apart_from_options() -> None:
    found = of_conda_file("dependencies: [{pip: [-r base.txt, --pre, git+https://x.org/a.git@v1, ./own, a.whl]}]")
    assert (found.included, found.options) == (("base.txt",), ("--pre",))
    assert found.packages == ("git+https://x.org/a.git@v1", "./own", "a.whl")


@pytest.mark.parametrize("pip", ["[azure ml]", "numpy", "[numpy=1]", "{a: 1}"])
def test_a_pip_list_that_pip_would_not_understand_is_refused(pip: str) -> None:
    with pytest.raises(RequirementsError):
        of_conda_file(f"dependencies: [{{pip: {pip}}}]")
