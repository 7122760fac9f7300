"""The prepared texts that are there before anybody wrote one; what people changed stays.

Migrations call this with the models as they were then, so it reads nothing but their fields.
"""

from pathlib import Path
from typing import Any

import yaml

from appeals import catalogue

SOURCE = Path(catalogue.__file__).with_name("reply_texts.yaml")


def make_texts(apps: Any) -> None:
    """Make the texts that are not there."""
    texts = apps.get_model("appeals", "ReplyText").objects
    for entry in first_texts():
        texts.get_or_create(
            key=entry["key"],
            defaults={
                "purpose": entry["purpose"],
                "title_en": entry["title"]["en"],
                "title_zh": entry["title"]["zh"],
                "text_en": entry["text"]["en"],
                "text_zh": entry["text"]["zh"],
                "reason_code": entry.get("reason_code", ""),
                "fits": entry.get("fits", ""),
            },
        )


def first_texts() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(SOURCE.read_bytes())["texts"]
    return entries
