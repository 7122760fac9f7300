"""The portal's settings with the benchmark's own providers in place of all others."""

from portal.lib.env import env_json
from portal.settings import *  # noqa: F403 - all of them, that is the point

PROVIDERS = env_json("BENCH_PROVIDERS", default=[])
