"""The settings as another process would read them."""

import importlib
import sys
from typing import Any

PACKAGE = "portal.settings"


def fresh_settings() -> dict[str, Any]:
    """All settings, read anew from the environment as it is now; ours stay as they are."""
    kept = _taken_out()
    try:
        return dict(vars(importlib.import_module(PACKAGE)))
    finally:
        _taken_out()
        sys.modules.update(kept)
        sys.modules["portal"].settings = kept.get(PACKAGE)  # type: ignore[attr-defined]


def _taken_out() -> dict[str, Any]:
    names = [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]
    return {name: sys.modules.pop(name) for name in names}
