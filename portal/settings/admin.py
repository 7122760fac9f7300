"""The frame of the staff's admin (django-unfold)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Recourse"),
    "SITE_HEADER": _("Recourse"),
    "SITE_URL": "/",
    "SITE_SYMBOL": "balance",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "DASHBOARD_CALLBACK": "appeals.admin.desk.dashboard",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "appeals.admin.assets.favicon"}
    ],
    "STYLES": [
        f"appeals.admin.assets.{part}"
        for part in ("base", "case", "talk", "outcome", "dashboard", "lists", "settings_pages")
    ],
    "SCRIPTS": [f"appeals.admin.assets.{part}" for part in ("frame", "keys", "claiming")],
    "SIDEBAR": {"navigation": "appeals.admin.sidebar.navigation"},
    "BORDER_RADIUS": "8px",
    # The customer pages' green, from tint to shade.
    "COLORS": {
        "primary": {
            "50": "#eef7f4",
            "100": "#d8ece5",
            "200": "#b3dacd",
            "300": "#84d5bd",
            "400": "#5cb89d",
            "500": "#3aa085",
            "600": "#0b5d4a",
            "700": "#084537",
            "800": "#07382d",
            "900": "#062d25",
            "950": "#031a15",
        },
    },
}
