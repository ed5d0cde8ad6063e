"""moto, which answers for AWS behind `responses` and lets every other host through."""

from __future__ import annotations

from tests.neighbours.conftest import Run

SUITE = """
import boto3
import pytest
import requests
from client import SHOP, get, logs_in
from moto import mock_aws

from pytest_lookloox import LookLoox


@pytest.fixture(autouse=True)
def credentials(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")


def bucket_names():
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="orders")
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


def test_opened_before_and_after_in_one_test():
    with mock_aws():
        assert bucket_names() == ["orders"]
        with LookLoox() as provider:
            assert logs_in(provider)
            assert bucket_names() == ["orders"]
            with mock_aws():
                assert logs_in(provider)
                assert bucket_names() == ["orders"]
            assert logs_in(provider)
        assert bucket_names() == ["orders"]
    with LookLoox() as provider, mock_aws():
        assert logs_in(provider)
        assert bucket_names() == ["orders"]


def test_fixture(lookloox):
    with mock_aws():
        assert bucket_names() == ["orders"]
        assert logs_in(lookloox)
    assert logs_in(lookloox)


@mock_aws
def test_decorated(lookloox):
    assert bucket_names() == ["orders"]
    assert logs_in(lookloox)


@pytest.fixture
def aws():
    with mock_aws():
        yield


def test_fixture_before(aws, lookloox):
    assert bucket_names() == ["orders"]
    assert logs_in(lookloox)


def test_fixture_inside(lookloox, aws):
    assert bucket_names() == ["orders"]
    assert logs_in(lookloox)


def test_buckets_by_requests(aws, lookloox):
    bucket_names()
    assert "orders" in get("https://s3.amazonaws.com/").text


def test_its_blanket_permission_is_none(aws, lookloox):
    with pytest.raises(requests.ConnectionError, match="was refused"):
        get(SHOP)


def test_stopped_out_of_order():
    aws = mock_aws()
    provider = LookLoox()
    aws.start()
    provider.start()
    aws.stop()
    assert logs_in(provider)
    provider.stop()
"""


def test_both_answer_in_one_test(run: Run) -> None:
    # moto and botocore warn of their own affairs.
    run(SUITE, "-Wdefault").assert_outcomes(passed=8)
