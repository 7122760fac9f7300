"""What a policy that hit many customers is, in words for them."""

import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

LONGEST_PART = 1500
# The parts of a page, in the order in which a customer reads them.
PARTS = ("what", "where", "whom", "why", "stays", "look")


class ClassWide(models.TextChoices):
    """United States: whether it hit all or substantially all of a class of accounts."""

    UNJUDGED = "", _("Not judged yet")
    YES = "yes", _("Class-wide: hit all or nearly all of a class of accounts")
    NO = "no", _("Not class-wide: each cut is adverse action")


@pghistory.track()
class PolicyPage(models.Model):
    """The page of one policy; its `reference` is the one decisions name as theirs."""

    reference = models.CharField(
        _("policy"),
        max_length=100,
        unique=True,
        help_text=_("As the engine names it in its decisions."),
    )
    title_en = models.CharField(_("title in English"), max_length=120)
    title_zh = models.CharField(_("title in Chinese"), max_length=120)
    starts_on = models.DateField(_("in force from"))
    what_en = models.TextField(_("what changed"), max_length=LONGEST_PART)
    what_zh = models.TextField(_("what changed"), max_length=LONGEST_PART)
    where_en = models.TextField(_("where"), max_length=LONGEST_PART)
    where_zh = models.TextField(_("where"), max_length=LONGEST_PART)
    whom_en = models.TextField(_("for whom"), max_length=LONGEST_PART)
    whom_zh = models.TextField(_("for whom"), max_length=LONGEST_PART)
    why_en = models.TextField(_("why"), max_length=LONGEST_PART)
    why_zh = models.TextField(_("why"), max_length=LONGEST_PART)
    stays_en = models.TextField(_("what stays"), max_length=LONGEST_PART)
    stays_zh = models.TextField(_("what stays"), max_length=LONGEST_PART)
    look_en = models.TextField(_("how to ask for an individual look"), max_length=LONGEST_PART)
    look_zh = models.TextField(_("how to ask for an individual look"), max_length=LONGEST_PART)
    # 12 CFR 1002.2(c)(1)(ii): what hits substantially all of a class is no adverse action.
    us_class_wide = models.CharField(
        _("United States"), max_length=3, choices=ClassWide.choices, blank=True, default=""
    )
    us_because = models.TextField(_("why so"), max_length=LONGEST_PART, blank=True)
    # Directive (EU) 2023/2225 art. 6: residence may count only for objective reasons.
    eu_reasons = models.TextField(
        _("European Union: objective reasons for residence"), max_length=LONGEST_PART, blank=True
    )
    is_shown = models.BooleanField(
        _("shown to customers"),
        default=False,
        help_text=_("The notice page of each customer it hit then leads to it."),
    )

    class Meta:
        verbose_name = _("page of a policy")
        verbose_name_plural = _("pages of policies")
        ordering = ["-starts_on", "reference"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(us_class_wide="") | ~models.Q(us_because=""),
                name="class_wide_says_why",
                violation_error_message=_("Say why it is class-wide, or why it is not."),
            )
        ]
        triggers = [pgtrigger.Protect(name="policy_page_stays", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.reference} · {self.title}"

    @property
    def title(self) -> str:
        return self.in_words("title")

    def in_words(self, part: str) -> str:
        """A part in the reader's language."""
        language = "zh" if (get_language() or "").startswith("zh") else "en"
        return str(getattr(self, f"{part}_{language}"))
