"""A worker knows every task we wrote; one it does not know would be thrown away."""

import json
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings

PROJECT_DIR = Path(settings.BASE_DIR)
NAMED = re.compile(r"@shared_task\((?:[^)]*?)name=\"([^\"]+)\"")
# As a worker begins: nothing of ours is imported but what it looks for itself.
BEGINS = (
    "import json; from portal.celery import app; app.loader.import_default_modules();"
    "print(json.dumps(sorted(app.tasks)))"
)


def test_a_worker_knows_every_task():
    sources = [
        path.read_text()
        for app in ("portal", "appeals", "notifications")
        for path in (PROJECT_DIR / app).rglob("*.py")
    ]
    written = {name for source in sources for name in NAMED.findall(source)}
    rung = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    begun = subprocess.run(
        [sys.executable, "-c", BEGINS], cwd=PROJECT_DIR, capture_output=True, text=True, check=True
    )

    known = set(json.loads(begun.stdout.splitlines()[-1]))
    assert len(written) > len(rung) > 10
    assert written | rung <= known, (written | rung) - known
