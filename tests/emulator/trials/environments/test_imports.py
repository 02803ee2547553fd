"""What the code of a job imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.trials.environments.imports import imports_of


def test_imports_are_found_everywhere_but_behind_a_caught_import_error(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "main.py").write_text(
        "import numpy as np, os\n"
        "from sklearn import svm\n"
        "def f():\n    import pandas.io\n"
        "try:\n    import wandb\nexcept ImportError:\n    wandb = None\n"
        "try:\n    import torch\nexcept ValueError:\n    pass\n"
    )
    (tmp_path / "sub" / "more.py").write_text("from . import sibling\nfrom azureml.core import Run\n")
    (tmp_path / "broken.py").write_text("import (")
    assert imports_of(tmp_path) == {
        "numpy", "os", "sklearn", "sklearn.svm", "pandas.io", "torch", "azureml.core", "azureml.core.Run",
    }  # fmt: skip


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """Two scripts, of which one imports modules of its own folder."""
    (tmp_path / "pkg").mkdir()
    files = {
        "main.py": "import numpy\nimport helper\nfrom pkg import parts\n",
        "helper.py": "import pandas\n",
        "pkg/__init__.py": "",
        "pkg/parts.py": "from . import more\n",
        "pkg/more.py": "import scipy.stats\n",
        "other.py": "import torch\n",
        "run.sh": "python other.py\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("command", "third_party"),
    [
        ("python main.py --lr ${{search_space.lr}}", {"numpy", "pandas", "scipy.stats"}),
        ("python -u 'other.py'; echo done", {"torch"}),
        ("python -m pkg.parts", {"scipy.stats"}),
        ("bash run.sh && python main.py", {"numpy", "pandas", "scipy.stats", "torch"}),
        ("my-tool train", {"numpy", "pandas", "scipy.stats", "torch"}),
        ("python ../elsewhere.py", {"numpy", "pandas", "scipy.stats", "torch"}),
    ],
)
def test_only_what_the_command_starts_counts_where_it_can_be_told(
    code: Path, command: str, third_party: set[str]
) -> None:
    own = {"helper", "pkg", "pkg.parts"}
    assert imports_of(code, command) - own == third_party
