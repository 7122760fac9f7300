"""Who calls the API: a service with a bearer token, of which we know only the hash."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from appeals.models import Scope, ServiceToken

# Fine enough to see a forgotten token, coarse enough not to write a row on every call.
USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True)
class Service:
    """The caller, in the place of a user."""

    token: ServiceToken
    is_authenticated: bool = True
    is_active: bool = True

    @property
    def pk(self) -> int:
        return self.token.pk


class ServiceTokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Service, ServiceToken] | None:
        scheme, _, value = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = self._find(value.strip())
        if token is None or not token.is_live(timezone.now()):
            raise AuthenticationFailed("This token is unknown, revoked or past its end.")
        self._remember_use(token)
        return Service(token), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="recourse"'

    @staticmethod
    def _find(value: str) -> ServiceToken | None:
        brand, _, rest = value.partition("_")
        prefix = rest.partition("_")[0]
        if brand != "rcs" or not prefix.isascii() or not prefix.isalnum():
            return None
        token = ServiceToken.objects.filter(prefix=prefix).first()
        if token and hmac.compare_digest(token.secret_sha256, ServiceToken.hash(value)):
            return token
        return None

    @staticmethod
    def _remember_use(token: ServiceToken) -> None:
        now = timezone.now()
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USED_EVERY)
        ServiceToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def token_of(request: Request) -> ServiceToken:
    """The token behind a request that was let in."""
    assert isinstance(request.auth, ServiceToken)
    return request.auth


class ServiceTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = ServiceTokenAuthentication
    name = "serviceToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "Made in the admin."}


class _HasScope(BasePermission):
    scope: Scope

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, ServiceToken) and self.scope in request.auth.scopes


class MayWriteDecisions(_HasScope):
    scope = Scope.WRITE_DECISIONS
    message = "This token may not send line decisions."


class MayWritePayments(_HasScope):
    scope = Scope.WRITE_PAYMENTS
    message = "This token may not send payments."


class MayWriteFacts(_HasScope):
    scope = Scope.WRITE_FACTS
    message = "This token may not send facts."


class MayWriteGroups(_HasScope):
    scope = Scope.WRITE_GROUPS
    message = "This token may not send counts of groups."


class MayReadCustomers(_HasScope):
    scope = Scope.READ_CUSTOMERS
    message = "This token may not read customers' records."
