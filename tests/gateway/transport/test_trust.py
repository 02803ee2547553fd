"""Where a token may go."""

from __future__ import annotations

import pytest

from gateway.transport.trust import STORAGE_AUDIENCE, TrustedHosts, UntrustedHost

ARM = "https://management.azure.com"
LOCAL = "https://127.0.0.1:8443"


@pytest.fixture
def trusted() -> TrustedHosts:
    made = TrustedHosts()
    for url in (ARM, LOCAL, "http://127.0.0.1:8480", "http://10.0.0.1"):
        made.add(url)
    return made


@pytest.mark.parametrize(
    ("url", "audience"),
    [
        (f"{ARM}/subscriptions", ARM),
        ("https://westeurope.api.azureml.ms/history", ARM),
        ("http://127.0.0.1:8480/x", ARM),
        ("https://acc.blob.core.windows.net/box", STORAGE_AUDIENCE),
        ("https://acc.blob.core.chinacloudapi.cn/box", STORAGE_AUDIENCE),
        (f"{LOCAL}/emu.blob.core.windows.net/box", STORAGE_AUDIENCE),
    ],
)
def test_a_token_goes_to_its_own_hosts(trusted: TrustedHosts, url: str, audience: str) -> None:
    trusted.check(url, audience)


@pytest.mark.parametrize(
    ("url", "audience", "message"),
    [
        ("https://evil.example", ARM, "no token is sent to evil.example: configured are"),
        ("https://management.azure.com.evil.example", ARM, "no token is sent"),
        ("https://management.azure.com@evil.example", ARM, "no token is sent"),
        ("https://management.azure.com:444", ARM, "no token is sent"),
        ("https://evil-api.azureml.ms.example", ARM, "no token is sent"),
        ("http://10.0.0.1/x", ARM, "plain http to 10.0.0.1"),
        ("http://management.azure.com/x", ARM, "plain http"),
        ("https://acc.blob.core.windows.net/box", ARM, "no token is sent"),
        (f"{ARM}/x", STORAGE_AUDIENCE, "no token is sent"),
        ("https://evilblob.core.windows.net/box", STORAGE_AUDIENCE, "no token is sent"),
        ("http://acc.blob.core.windows.net/box", STORAGE_AUDIENCE, "plain http"),
    ],
)
def test_a_token_goes_nowhere_else(trusted: TrustedHosts, url: str, audience: str, message: str) -> None:
    with pytest.raises(UntrustedHost, match=message):
        trusted.check(url, audience)


def test_the_storage_of_a_cloud_that_describes_itself_is_trusted(trusted: TrustedHosts) -> None:
    url = "https://acc.blob.storage.private.example/box"
    with pytest.raises(UntrustedHost):
        trusted.check(url, STORAGE_AUDIENCE)
    trusted.add("https://arm.private.example", "storage.private.example")
    trusted.check(url, STORAGE_AUDIENCE)
