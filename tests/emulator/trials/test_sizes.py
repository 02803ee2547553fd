from __future__ import annotations

import pytest

from emulator.trials.sizes import Size, size_of


@pytest.mark.parametrize(
    ("name", "cores", "gpus"),
    [
        ("Standard_DS3_v2", 4, 0),
        ("STANDARD_D2_V2", 2, 0),
        ("Standard_DS11_v2", 2, 0),
        ("Standard_D8s_v5", 8, 0),
        ("Standard_E4ds_v4", 4, 0),
        ("Standard_F16s_v2", 16, 0),
        ("Standard_M416ms_v2", 416, 0),
        ("Standard_E8-4ds_v5", 4, 0),
        ("Standard_NC6", 6, 1),
        ("Standard_NC24rs_v3", 24, 4),
        ("Standard_NC4as_T4_v3", 4, 1),
        ("Standard_NC48ads_A100_v4", 48, 2),
        ("Standard_ND40rs_v2", 40, 8),
        ("Standard_ND96isr_H100_v5", 96, 8),
        ("Standard_NV36ads_A10_v5", 36, 1),
    ],
)
def test_names_of_sizes_say_cores_and_gpus(name: str, cores: int, gpus: int) -> None:
    assert size_of(name) == Size(cores, gpus)


@pytest.mark.parametrize("name", ["cpu-cluster", "", "Standard_", "local"])
def test_other_names_are_no_sizes(name: str) -> None:
    assert size_of(name) is None
