"""Sealed files in a bucket of S3 or of anything that speaks its protocol.

The only module that knows boto3; credentials come as it finds them (AWS_ACCESS_KEY_ID, a role).
"""

import contextlib
import tempfile
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import IO, Any

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from portal.storage.errors import StorageAway

MEGABYTE = 1024 * 1024
IN_MEMORY_BYTES = MEGABYTE
CONNECT_SECONDS = 3
ANSWER_SECONDS = 20
TRIES = 3
GONE = {"404", "NoSuchKey", "NotFound"}
# One part at a time: memory for two parts, however large the file.
TRANSFER = TransferConfig(
    multipart_threshold=8 * MEGABYTE, multipart_chunksize=8 * MEGABYTE, use_threads=False
)


@contextlib.contextmanager
def _plainly(name: str) -> Iterator[None]:
    """Say in the words of a file system what the server said, or that it said nothing."""
    try:
        yield
    except Boto3Error as error:
        raise StorageAway(f"the storage did not take a file: {type(error).__name__}") from error
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in GONE:
            raise FileNotFoundError(name) from error
        raise StorageAway(f"the storage refused: {code}") from error
    except BotoCoreError as error:
        raise StorageAway(f"the storage did not answer: {type(error).__name__}") from error


class BucketShelf:
    """Bytes under names; an object appears whole and durable, or not at all: S3 sees to it."""

    def __init__(self, bucket: str, prefix: str, *, endpoint: str, region: str) -> None:
        self.bucket = bucket
        self.prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._endpoint = endpoint or None
        self._region = region or None

    @cached_property
    def _client(self) -> Any:
        """One for all threads, which a client allows; a session does not, so it is not shared."""
        return boto3.session.Session().client(
            "s3",
            endpoint_url=self._endpoint,
            region_name=self._region,
            config=Config(
                connect_timeout=CONNECT_SECONDS,
                read_timeout=ANSWER_SECONDS,
                retries={"mode": "standard", "total_max_attempts": TRIES},
                # Others than Amazon do not know its newer checksums; our own are stronger.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def _at(self, name: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + name}

    def put(self, name: str, content: IO[bytes]) -> None:
        """Store a new file; FileExistsError if there is one of this name."""
        if self.exists(name):
            raise FileExistsError(name)
        self.replace(name, content)

    def replace(self, name: str, content: IO[bytes]) -> None:
        """Let these bytes take the place of a file's, all at once."""
        kind = {"ContentType": "application/octet-stream"}
        with _plainly(name):
            self._client.upload_fileobj(
                content, self.bucket, self.prefix + name, ExtraArgs=kind, Config=TRANSFER
            )

    def get(self, name: str) -> IO[bytes]:
        """A copy of the sealed bytes; it can be read from any position and as often as need be."""
        copy: Any = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - handed on
        try:
            with _plainly(name):
                self._client.download_fileobj(
                    self.bucket, self.prefix + name, copy, Config=TRANSFER
                )
        except BaseException:
            copy.close()
            raise
        copy.seek(0)
        return copy  # type: ignore[no-any-return]

    def beginning(self, name: str, count: int) -> bytes:
        if not self.size(name):
            return b""  # of nothing, S3 gives no part
        with _plainly(name):
            answer = self._client.get_object(**self._at(name), Range=f"bytes=0-{count - 1}")
            content: bytes = answer["Body"].read()
            return content

    def delete(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError), _plainly(name):
            self._client.delete_object(**self._at(name))

    def exists(self, name: str) -> bool:
        try:
            self._head(name)
        except FileNotFoundError:
            return False
        return True

    def _head(self, name: str) -> dict[str, Any]:
        with _plainly(name):
            answer: dict[str, Any] = self._client.head_object(**self._at(name))
            return answer

    def size(self, name: str) -> int:
        return int(self._head(name)["ContentLength"])

    def modified(self, name: str) -> datetime:
        modified: datetime = self._head(name)["LastModified"]
        return modified

    def listed(self, folder: str) -> tuple[list[str], list[str]]:
        """Folders and files in a folder; FileNotFoundError if nothing lies there."""
        start = self.prefix + (f"{folder.strip('/')}/" if folder.strip("/") else "")
        folders: list[str] = []
        files: list[str] = []
        with _plainly(folder):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=start, Delimiter="/"
            )
            for page in pages:
                inside = [each["Prefix"] for each in page.get("CommonPrefixes", [])]
                folders += [each[len(start) :].rstrip("/") for each in inside]
                files += [each["Key"][len(start) :] for each in page.get("Contents", [])]
        if not folders and not files and folder:
            raise FileNotFoundError(folder)
        return folders, [name for name in files if name]

    def drop_drafts(self, folder: str, *, before: datetime) -> None:
        """Nothing: a half upload is no object (let the bucket's rules end unfinished ones)."""
