"""Requirements in files, with what they include."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.trials.environments.requirements import RequirementsError, read_requirements


def test_a_requirements_file_brings_what_it_includes(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    (tmp_path / "requirements.txt").write_text("numpy\n-r more/base.txt\n--extra-index-url https://x.org/simple\n")
    (tmp_path / "more" / "base.txt").write_text("--requirement deep.txt\nscipy\n")
    (tmp_path / "more" / "deep.txt").write_text("pandas\n")
    found = read_requirements(tmp_path / "requirements.txt")
    assert found.packages == ("numpy", "scipy", "pandas")
    assert (found.options, found.included) == (("--extra-index-url https://x.org/simple",), ())


def test_a_conda_file_brings_what_its_pip_list_includes_and_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "conda.yml").write_text("dependencies: [python=3.10, numpy, {pip: ['-r base.txt']}]")
    (tmp_path / "base.txt").write_text("scipy\n")
    found = read_requirements(tmp_path / "conda.yml")
    assert (found.python, found.packages, found.conda) == ("3.10", ("numpy", "scipy"), None)


def test_a_conda_file_that_includes_nothing_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "conda.yml").write_text("dependencies: [numpy]")
    assert read_requirements(tmp_path / "conda.yml").conda == "dependencies: [numpy]"


def test_a_file_that_includes_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("-r a.txt\n")
    with pytest.raises(RequirementsError, match="includes itself"):
        read_requirements(tmp_path / "a.txt")
