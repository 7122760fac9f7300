"""People who keep the catalogue, and the shortest way from a text to an edition."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from appeals.actions.catalogue import ask_to_publish, keep_entry, own_draft, publish
from appeals.actions.roles import ROLES
from appeals.catalogue import CATALOGUE
from appeals.catalogue.editions import REASONS, fingerprint, shown
from appeals.models import CatalogueChange, CatalogueEdition
from portal.models import Customer
from tests.appeals.builders import create_customer

USE_EN = "Across all lenders you use {util_pct}% of your limits. Our line is {limit_pct}%."
USE_ZH = "您在各机构的额度合计已使用{util_pct}%，我们的标准为{limit_pct}%。"
NEW_WORDS: dict[str, Any] = {"explanation": {"en": USE_EN, "zh-hans": USE_ZH}}


def create_staff(name: str, role: str) -> Customer:
    """A member of staff with the rights of one role, and no other."""
    person = create_customer(name, is_staff=True)
    rights = Q(pk__in=[])
    for app, _model, codename in ROLES[role]:
        rights |= Q(content_type__app_label=app, codename=codename)
    group, _ = Group.objects.get_or_create(name=role)
    group.permissions.set(Permission.objects.filter(rights))
    person.groups.add(group)
    return person


def create_editor(name: str = "Edith Rowe") -> Customer:
    return create_staff(name, "Catalogue editors")


def keep(editor: Customer, key: str, kind: str = REASONS, **values: Any) -> CatalogueChange:
    """Keep new values of an entry in the editor's draft."""
    draft = own_draft(editor)
    old = shown(CATALOGUE.current, draft.changes if draft else {}, kind, key)
    return keep_entry(
        by=editor, kind=kind, key=key, values={**old, **values}, seen=fingerprint(old)
    )


def ask(editor: Customer, change: CatalogueChange, note: str = "Plainer words.") -> CatalogueChange:
    ask_to_publish(change=change, by=editor, note=note)
    change.refresh_from_db()
    return change


def publish_words(
    editor: Customer, second: Customer, key: str = "BUR-UTIL-HIGH", **values: Any
) -> CatalogueEdition:
    """One writes, the other publishes; other processes have not looked yet."""
    change = ask(editor, keep(editor, key, **(values or NEW_WORDS)))
    return publish(change=change, by=second, seen=fingerprint(change.changes))
