"""moto, which answers for AWS behind `responses` and lets every other host through."""

from __future__ import annotations

from collections.abc import Iterator

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


@pytest.fixture
def aws() -> Iterator[None]:
    from moto import mock_aws

    with mock_aws():
        yield


def both_answer(provider: LookLoox) -> bool:
    import boto3  # type: ignore[import-untyped]

    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="orders")
    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    return names == ["orders"] and log_in(provider) == provider.user


def test_opened_before_and_after_in_one_test() -> None:
    from moto import mock_aws

    with mock_aws(), LookLoox() as provider:
        assert both_answer(provider)
        with mock_aws():
            assert both_answer(provider)
        assert both_answer(provider)
    with LookLoox() as provider:
        with mock_aws():
            assert both_answer(provider)
        assert log_in(provider) == provider.user


def test_fixture_before(aws: None, lookloox: LookLoox) -> None:
    assert both_answer(lookloox)


def test_fixture_inside(lookloox: LookLoox, aws: None) -> None:
    assert both_answer(lookloox)


def test_decorator(lookloox: LookLoox) -> None:
    from moto import mock_aws

    assert mock_aws(both_answer)(lookloox)


def test_aws_by_requests_and_no_other_host(aws: None, lookloox: LookLoox) -> None:
    assert both_answer(lookloox)
    assert "orders" in requests.get("https://s3.amazonaws.com/", timeout=TIMEOUT).text
    with pytest.raises(requests.ConnectionError, match="was refused"):
        requests.get("https://shop.invalid/", timeout=TIMEOUT)
