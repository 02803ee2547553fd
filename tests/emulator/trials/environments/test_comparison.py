from __future__ import annotations

from emulator.trials.environments.comparison import compare
from emulator.trials.environments.installed import Installed
from emulator.trials.environments.requirements import of_lines

HERE = Installed("3.11.7", {"numpy": "2.0.0", "scikit-learn": "1.5.2", "mlflow": "2.17.0"})


def test_what_is_installed_in_the_wanted_version_is_not_told() -> None:
    found = compare(of_lines(["scikit_learn~=1.5.0", "numpy>=1"], "3.11"), HERE, [], is_wide=False)
    assert (found.missing, found.unused, found.differing, found.python) == ((), (), (), None)


def test_missing_and_differing_packages_and_another_python_are_told() -> None:
    found = compare(of_lines(["pandas==2.*", "numpy<2"], "3.10"), HERE, [], is_wide=False)
    assert found.missing == ("pandas==2.*",)
    assert found.differing == (("numpy<2", "2.0.0"),)
    assert found.python == ("3.10", "3.11")


def test_of_an_environment_with_more_than_a_job_needs_only_imports_are_missing() -> None:
    found = compare(of_lines(["pandas", "scikit-image", "tensorboard"]), HERE, ["pandas.io", "skimage"], is_wide=True)
    assert found.missing == ("pandas", "scikit-image")
    assert found.unused == ("tensorboard",)


def test_packages_of_the_services_runtime_are_missing_only_when_imported() -> None:
    wanted = of_lines(["azureml-defaults", "azureml-mlflow"])
    assert compare(wanted, HERE, ["mlflow"], is_wide=False).missing == ()
    assert compare(wanted, HERE, ["azureml.core.run"], is_wide=False).missing == ("azureml-defaults",)


def test_a_package_that_brings_the_same_stands_in() -> None:
    assert compare(of_lines(["mlflow-skinny"]), HERE, ["mlflow"], is_wide=True).missing == ()
