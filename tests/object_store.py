"""A real S3 server on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import fsspec
import pytest
from moto.server import ThreadedMotoServer


@contextmanager
def s3_server(bucket: str) -> Iterator[str]:
    """The address of a server that has one empty bucket; the environment leads its clients there."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with pytest.MonkeyPatch.context() as environment:
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
        }.items():
            environment.setenv(name, value)
        fsspec.filesystem("s3", skip_instance_cache=True).mkdir(bucket)
        fsspec.filesystem("s3").clear_instance_cache()
        try:
            yield f"http://{host}:{port}"
        finally:
            fsspec.filesystem("s3").clear_instance_cache()
            server.stop()
