"""Who somebody is and what they may do: asked at every page, so in few words."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import AnonymousUser, Permission
from django.db.models import QuerySet

from appeals.prepared import prepared
from portal.models import Customer


@prepared
def _person(key: int) -> QuerySet[Customer]:
    return Customer.objects.filter(pk=key)


@prepared
def _rights(key: int) -> QuerySet[Permission, tuple[str, str]]:
    """A person's own rights and those of their roles."""
    rights = Permission.objects.order_by().values_list("content_type__app_label", "codename")
    return rights.filter(user=key).union(rights.filter(group__user=key))


class PersonBackend(ModelBackend):
    """Django's own, with one question for the person and one for all their rights."""

    def get_user(self, user_id: Any) -> Customer | None:
        person = next(iter(_person(int(user_id))), None)
        return person if self.user_can_authenticate(person) else None

    def get_all_permissions(self, user_obj: Customer | AnonymousUser, obj: Any = None) -> set[str]:
        if not isinstance(user_obj, Customer) or user_obj.is_superuser or user_obj.pk is None:
            return super().get_all_permissions(user_obj, obj)
        if not user_obj.is_active or obj is not None:
            return set()
        # Where Django's own keeps them: for as long as the record of the person lives.
        kept = vars(user_obj)
        if "_perm_cache" not in kept:
            kept["_perm_cache"] = {f"{app}.{right}" for app, right in _rights(user_obj.pk)}
        found: set[str] = kept["_perm_cache"]
        return found
