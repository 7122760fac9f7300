"""What staff call the origins of reasons, whose keys stand in the catalogue."""

from django.utils.translation import gettext_lazy as _

ORIGIN_NAMES = {
    "data": _("A recorded fact"),
    "model": _("A score or an automated rule"),
    "behaviour": _("How the account was used"),
    "policy": _("A rule for a group"),
    "region": _("A rule for a place"),
    "product": _("The product's terms"),
    "fraud": _("Security"),
    "legal": _("The law"),
    "customer": _("The customer asked"),
}
