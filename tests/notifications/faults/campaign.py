"""Start a campaign to N people: python -m tests.notifications.faults.campaign N."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from notifications.campaigns.actions import (  # noqa: E402
    CampaignDraft,
    create_campaign,
    start_campaign,
)
from portal.models import Customer  # noqa: E402

WORDS = {
    "en": {"title": "About your credit line", "text": "We made a mistake and have put it right."},
    "zh-hans": {"title": "关于您的信用额度", "text": "我们弄错了，现已更正。"},
}


def main() -> None:
    count = int(sys.argv[1])
    Customer.objects.bulk_create(
        Customer(reference=f"C-{number}", name="Cai", email=f"c{number}@example.org")
        for number in range(count)
    )
    maker, starter = (
        Customer.objects.create_superuser(f"S-{name}", name=name, email=f"{name}@example.org")
        for name in ("maker", "starter")
    )
    draft = CampaignDraft(
        title="About a mistake of ours",
        audience="customers",
        type="announcement",
        parameters={},
        words=WORDS,
        canary_share=0,
    )
    start_campaign(campaign=create_campaign(draft=draft, by=maker), by=starter)


if __name__ == "__main__":
    main()
