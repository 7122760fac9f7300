"""A whole page of a policy, as staff type it."""

from django.urls import reverse

from appeals.models import PolicyPage

REFERENCE = "POL-2026-14"
POLICY = {"ref": REFERENCE, "title": "Exposure limits for US-NY", "region": "US-NY"}
LIST = reverse("admin:appeals_policypage_changelist")
ADD = reverse("admin:appeals_policypage_add")


def change(page):
    return reverse("admin:appeals_policypage_change", args=[page.pk])


def typed(**fields):
    words = {
        "title": ("Lower limits in New York", "纽约州额度下调"),
        "what": ("We lowered the limit of many lines.", "我们下调了许多账户的额度。"),
        "where": ("In New York.", "纽约州。"),
        "whom": ("All lines of one kind there.", "当地同一类的全部账户。"),
        "why": ("We lend less there as a whole.", "我们在当地的总放款额减少了。"),
        "stays": ("What you owe and when you pay.", "欠款和还款日不变。"),
        "look": ("Ask us to look at you alone.", "您可以请我们单独看您的情况。"),
    }
    page = {
        f"{part}_{language}": text
        for part, pair in words.items()
        for language, text in zip(("en", "zh"), pair, strict=True)
    }
    hinges = {"us_class_wide": "", "us_because": "", "eu_reasons": ""}
    return {"reference": REFERENCE, "starts_on": "2026-10-01", **page, **hinges, **fields}


def judge(class_wide):
    """What staff have judged of it for the United States."""
    because = "Counsel looked at it." if class_wide else ""
    fields = {"us_class_wide": class_wide, "us_because": because}
    return PolicyPage.objects.create(**typed(**fields))
