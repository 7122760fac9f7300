"""Where files are kept, as one address: file:///srv/papers or s3://bucket/folder?endpoint=...

Read by the settings, so nothing here may need them.
"""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

S3_OPTIONS = {"endpoint", "region"}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def address_of(setting: str) -> str:
    """The address a setting means: it may also be the path of a folder."""
    return f"file://{quote(setting)}" if setting and "://" not in setting else setting


def below(address: str, folder: str) -> str:
    """The address of a folder inside another one."""
    parts = urlsplit(address)
    return parts._replace(path=f"{parts.path.rstrip('/')}/{folder}").geturl()


def folder_of(address: str) -> Path:
    return Path(unquote(urlsplit(address).path))


def is_bucket(address: str) -> bool:
    return urlsplit(address).scheme == "s3"


def faults_of(address: str) -> list[str]:
    """What is wrong with an address, each as the end of a sentence that begins with its name."""
    parts = urlsplit(address)
    if parts.scheme == "s3":
        return _bucket_faults(address)
    if parts.scheme != "file" or parts.netloc or not folder_of(address).is_absolute():
        return ["must be an absolute path, file:///path or s3://bucket"]
    return []


def _bucket_faults(address: str) -> list[str]:
    parts = urlsplit(address)
    options = dict(parse_qsl(parts.query))
    faults = []
    if not parts.netloc or "@" in parts.netloc:
        faults.append("must name a bucket and nothing else: s3://bucket")
    if options.keys() - S3_OPTIONS:
        faults.append(f"has options beside {' and '.join(sorted(S3_OPTIONS))}")
    endpoint = urlsplit(options.get("endpoint", "https://"))
    if endpoint.scheme != "https" and endpoint.hostname not in LOOPBACK:
        faults.append("has an endpoint that is not https://")
    return faults


def sealed(address: str, shelf: str, *, apart: tuple[str, ...] = ()) -> dict[str, Any]:
    """An entry of STORAGES; `apart` are folders inside it that belong to other storages."""
    return {
        "BACKEND": "portal.storage.sealed.SealedStorage",
        "OPTIONS": {"address": address, "shelf": shelf, "apart": apart},
    }
