"""Engines of the tests' own, in a directory of their own, chosen before Django is loaded.

RECOURSE_TEST_LOCAL names a directory to keep them in, and up, between runs (with --reuse-db).
"""

import os
import tempfile
from pathlib import Path

import pytest

from portal import embedded
from portal.lib.translations import compile_catalogues

PROJECT_DIR = Path(__file__).resolve().parent.parent
PREFIX = f"recourse-tests-{os.geteuid()}-"
KEPT = os.environ.get("RECOURSE_TEST_LOCAL", "")
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
NOT_FOR_TESTS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "PUBLIC_URL", "ALLOWED_HOSTS")


def use_own_directory() -> None:
    """Choose the directory, once for all processes of a run, before settings are read."""
    if IS_WORKER:
        return
    local = Path(KEPT) if KEPT else Path(tempfile.gettempdir()) / f"{PREFIX}{os.getpid()}"
    # The engines' user must be able to walk in when root runs the tests.
    local.mkdir(mode=0o711, parents=True, exist_ok=True)
    (local / "staticfiles").mkdir(exist_ok=True)
    os.environ["RECOURSE_LOCAL"] = str(local)
    os.environ["ENVIRONMENT"] = "test"
    # Not in pyproject.toml: pytest-django would load the settings before this module.
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    for name in NOT_FOR_TESTS:
        os.environ.pop(name, None)


def pytest_sessionstart(session: pytest.Session) -> None:
    if IS_WORKER or session.config.option.collectonly:
        return
    for folder in ("locale", "locale_unfold"):
        compile_catalogues(PROJECT_DIR / folder)
    _sweep_after_killed_runs()
    embedded.start(durable=False)


def pytest_unconfigure() -> None:
    if IS_WORKER or KEPT:
        return
    embedded.remove()


def _sweep_after_killed_runs() -> None:
    """Stop and remove what a run left behind that was killed before it could."""
    ours = os.environ["RECOURSE_LOCAL"]
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if (
            not Path(f"/proc/{folder.name.removeprefix(PREFIX)}").exists()
            and Path("/proc").exists()
        ):
            os.environ["RECOURSE_LOCAL"] = str(folder)
            embedded.remove()
    os.environ["RECOURSE_LOCAL"] = ours
