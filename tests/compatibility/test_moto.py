"""moto, which answers for AWS behind `responses` and lets every other host through."""

from __future__ import annotations

import pytest
import requests

from pytest_lookloox import LookLoox
from tests.client import TIMEOUT, log_in

# moto and botocore warn of their own affairs.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def both_answer(provider: LookLoox) -> bool:
    import boto3  # type: ignore[import-untyped]

    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="orders")
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    return names == ["orders"] and log_in(provider) == provider.user


def test_it_is_opened_before_inside_and_as_a_decorator() -> None:
    from moto import mock_aws

    with mock_aws(), LookLoox() as provider:
        assert both_answer(provider)
        with mock_aws():
            assert both_answer(provider)
        assert mock_aws(both_answer)(provider)


def test_it_lets_no_other_host_through(lookloox: LookLoox) -> None:
    from moto import mock_aws

    with mock_aws():
        assert both_answer(lookloox)
        assert "orders" in requests.get("https://s3.amazonaws.com/", timeout=TIMEOUT).text
        with pytest.raises(requests.ConnectionError, match="was refused"):
            requests.get("https://shop.invalid/", timeout=TIMEOUT)
