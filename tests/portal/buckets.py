"""A bucket for kept files, in a real server of the S3 protocol, and a server that is away."""

import socket
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pytest_django import Settings

from tests.portal.kept import use

# What they do on newer Pythons is theirs to mend.
SAID_BY_OTHERS = pytest.mark.filterwarnings(
    "ignore::DeprecationWarning:(moto|botocore|werkzeug|dateutil).*"
)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(endpoint: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    client = boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1")
    client.create_bucket(Bucket="papers")
    use(settings, f"s3://papers/kept?endpoint={endpoint}&region=us-east-1")
    settings.STORAGES["exports"]["OPTIONS"]["address"] = (
        f"s3://papers/kept/exports?endpoint={endpoint}&region=us-east-1"
    )
    yield client
    for each in client.list_objects_v2(Bucket="papers").get("Contents", []):
        client.delete_object(Bucket="papers", Key=each["Key"])
    client.delete_bucket(Bucket="papers")


@pytest.fixture
def away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A storage whose server is not there."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with socket.socket() as taken:  # bound, and nobody listens
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        use(settings, f"s3://papers?endpoint=http://127.0.0.1:{port}&region=us-east-1")
        yield
