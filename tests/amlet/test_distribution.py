"""What the distribution says of itself: its plugin, its packages, and a README that needs no repository."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    content: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return content


def test_links_of_the_readme_work_outside_of_the_repository() -> None:
    targets = re.findall(r"\]\(([^)]*)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert not [target for target in targets if not target.startswith("https://")]


def test_every_page_that_the_readme_names_is_in_the_source_distribution(project: dict[str, Any]) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = set(re.findall(r"`((?:docs/)?[\w./-]+\.md)`", text))
    assert "docs/architecture.md" in pages
    assert not [page for page in pages if not (ROOT / page).is_file()]
    included = project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    assert not [page for page in pages if page.split("/")[0] not in included]


def test_addresses_in_the_metadata_are_the_project_s_own(project: dict[str, Any]) -> None:
    assert not [url for url in project["project"].get("urls", {}).values() if "microsoft" in url]


def test_there_is_one_pytest_plugin_and_its_name_is_amlet(project: dict[str, Any]) -> None:
    assert list(project["project"]["entry-points"]["pytest11"]) == ["amlet"]


def test_every_package_is_in_the_wheel(project: dict[str, Any]) -> None:
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]
    assert sorted(wheel) == sorted(project["tool"]["mypy"]["packages"])
