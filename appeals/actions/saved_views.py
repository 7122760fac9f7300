"""A list of appeals with its filters, kept under a name."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from appeals.access import is_supervisor, works_on_appeals
from appeals.errors import BadInput, NotAllowed
from appeals.filters import Filters
from appeals.models import SavedView
from portal.models import Customer

# As much as the row holds, and as many as fit above a list.
LONGEST_NAME = 60
LONGEST_QUERY = 500
MOST_VIEWS = 30


def save_view(*, by: Customer, name: str, filters: Filters, is_shared: bool = False) -> SavedView:
    """Keep these filters, and nothing that was searched for, under a name of one's own."""
    _check_may_keep(by)
    _check_may_share(by, is_shared=is_shared)
    query = filters.without_search.query
    if len(query) > LONGEST_QUERY:
        raise BadInput(_("These filters are too long to be kept."))
    if SavedView.objects.filter(owner=by).count() >= MOST_VIEWS:
        raise BadInput(_("You have %(most)d views. Delete one first.") % {"most": MOST_VIEWS})
    view = SavedView(owner=by, name=_checked(name), query=query, is_shared=is_shared)
    _write(view)
    return view


def change_view(*, view: SavedView, by: Customer, name: str, is_shared: bool) -> SavedView:
    """Give a view another name; only a supervisor shows it to others or takes it away from them."""
    _check_may_keep(by)
    if is_shared != view.is_shared:
        _check_may_share(by, is_shared=True)
    view.name, view.is_shared = _checked(name), is_shared
    _write(view)
    return view


def delete_view(*, view: SavedView, by: Customer) -> None:
    """Forget the view; the appeals in it are not touched."""
    _check_may_keep(by)
    SavedView.objects.filter(pk=view.pk).delete()


def _check_may_keep(by: Customer) -> None:
    """Auditors look through everybody's lists and keep none."""
    if not works_on_appeals(by):
        raise NotAllowed(_("Only people who work on appeals can keep views."))


def _check_may_share(by: Customer, *, is_shared: bool) -> None:
    if is_shared and not is_supervisor(by):
        raise NotAllowed(_("Only a supervisor can show a view to everybody."))


def _checked(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise BadInput(_("Give the view a name."), field="name")
    if len(name) > LONGEST_NAME:
        raise BadInput(
            _("A name has at most %(most)d characters.") % {"most": LONGEST_NAME}, field="name"
        )
    return name


def _write(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:
        raise BadInput(_("There is a view of this name already."), field="name") from None
