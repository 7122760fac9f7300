"""Keys for machines come and go here."""

from datetime import datetime

from django.utils import timezone

from appeals.models import Scope, ServiceToken
from portal.models import Customer


def create_token(
    *, name: str, scopes: list[Scope], by: Customer | None, expires_at: datetime | None = None
) -> tuple[ServiceToken, str]:
    """A new token and its secret; the secret exists only in this answer."""
    secret, prefix, hashed = ServiceToken.new_secret()
    token = ServiceToken.objects.create(
        name=name,
        prefix=prefix,
        secret_sha256=hashed,
        scopes=[scope.value for scope in scopes],
        created_at=timezone.now(),
        created_by=by,
        expires_at=expires_at,
    )
    return token, secret


def revoke_token(*, token: ServiceToken) -> None:
    """From now on the token opens nothing; revoking twice keeps the first time."""
    ServiceToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )
    token.refresh_from_db()
