"""An amount as a person types it."""

import re
import unicodedata
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision, get_currency_symbol
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from appeals.models import LineDecision
from portal.lib.money import NotMoney, format_amount

PLAIN = re.compile(r"\d+(\.\d*)?|\d{1,3}(,\d{3})+(\.\d*)?")
SIGNS = ("US$", "RMB", "元", "圆", "¥", "$", "£", "€")
MOST_DECIMALS = 2  # what the database keeps


def read_amount(text: str, currency: str) -> Decimal:
    """`3,000` or `$3 000.50`, full-width too, as a number; NotMoney when it may mean another."""
    plain = unicodedata.normalize("NFKC", text).upper()
    for sign in (currency, *SIGNS, get_currency_symbol(currency, "en_US").upper()):
        plain = plain.replace(sign, "")
    plain = re.sub(r"[\s'’]", "", plain)
    if not PLAIN.fullmatch(plain):
        raise NotMoney(f"{text!r} is not an amount")
    return Decimal(plain.replace(",", ""))


class AmountField(forms.CharField):
    """A limit above the one a decision left and below the one it took."""

    def __init__(self, *, decision: LineDecision, **options: Any) -> None:
        self.decision = decision
        attrs = {"class": "amount-input", "inputmode": "decimal", "autocomplete": "off"}
        super().__init__(max_length=40, widget=forms.TextInput(attrs=attrs), **options)

    def shown(self, amount: Decimal) -> str:
        return format_amount(amount, self.decision.currency, get_language() or "en")

    def clean(self, value: Any) -> Decimal | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = read_amount(text, self.decision.currency)
        except NotMoney:
            raise ValidationError(_("Write the amount in digits, such as 3000 or 3,000.")) from None
        self._check_decimals(amount)
        self._check_range(amount)
        return amount

    def _check_decimals(self, amount: Decimal) -> None:
        allowed = min(get_currency_precision(self.decision.currency), MOST_DECIMALS)
        if amount != round(amount, allowed):
            raise ValidationError(
                _("This money has no smaller parts. Write a whole number.")
                if allowed == 0
                else _("Write at most two digits after the point.")
            )

    def _check_range(self, amount: Decimal) -> None:
        old, new = self.decision.old_limit, self.decision.new_limit
        if amount <= new:
            message = _("Your limit is already %(limit)s. Ask for a higher amount.")
            raise ValidationError(message, params={"limit": self.shown(new)})
        if amount == old:
            raise ValidationError(
                _("That is your whole old limit. To ask for it, choose the first answer above.")
            )
        if amount > old:
            message = _("Your limit was %(limit)s before. Ask for a lower amount.")
            raise ValidationError(message, params={"limit": self.shown(old)})


def typed_amount(amount: Decimal) -> str:
    """A saved amount as the person would type it."""
    return f"{amount:,.2f}".removesuffix(".00")
