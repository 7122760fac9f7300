"""Plain builders of people, and ways in through the real doors."""

import itertools
import re
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from portal.models import Customer, SignInCode
from portal.tasks import issue_sign_in_code

_numbers = itertools.count(1)

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PASSWORD = "a long and quiet river"


def create_customer(name: str = "Alice Moore", **overrides: Any) -> Customer:
    number = next(_numbers)
    first = name.split(" ")[0].lower()
    fields: dict[str, Any] = {
        "reference": f"C-{first}-{number}",
        "name": name,
        "email": f"{first}.{number}@example.org",
        "phone": f"+1202555{number % 10_000:04d}",
        "time_zone": "America/New_York",
    }
    return Customer.objects.create_user(**{**fields, **overrides})


def create_staff(name: str = "Rosa Vega", *, has_app: bool = True, **overrides: Any) -> Customer:
    person = create_customer(name, is_staff=True, password=PASSWORD, phone=None, **overrides)
    if has_app:
        TOTP.activate(person, SECRET)
    return person


def code_now(secret: str = SECRET, *, steps: int = 0) -> str:
    counter = int(timezone.now().timestamp()) // 30 + steps
    return str(format_hotp_value(hotp_value(secret, counter)))


def ask(client: Client, address: str | None, *, wanted: str = "", **extra: Any) -> Any:
    """Ask for a code, and let the worker do its part."""
    fields = {"address": address or "", "next": wanted}
    answer = client.post(reverse("account_login"), fields, **extra)
    work_off()
    return answer


def work_off() -> None:
    """What the worker of the urgent queue does when its bell rings."""
    for asked in SignInCode.objects.filter(issued_at=None):
        issue_sign_in_code(asked.pk)


def sent_code(person: Customer) -> str:
    """The code in the newest message to a person."""
    message = Notification.objects.filter(recipient=person, type="sign_in_code").latest("pk")
    assert re.fullmatch(r"\d{8}", message.secret)
    return str(message.secret)


def give(client: Client, code: str, **extra: Any) -> Any:
    return client.post(reverse("sign-in-code"), {"code": code}, **extra)


def wrong(code: str, number: int = 1) -> str:
    """Another code than this one."""
    return f"{(int(code) + number) % 10**8:08d}"


def come_in(client: Client, person: Customer, **extra: Any) -> Any:
    """Sign a customer in through the door."""
    ask(client, person.email or person.phone, **extra)
    return give(client, sent_code(person), **extra)


def come_in_as_staff(client: Client, person: Customer, **extra: Any) -> Any:
    """Sign a member of staff in through theirs, with the code of their app."""
    give_password(client, person.email, **extra)
    return client.post(reverse("mfa_authenticate"), {"code": code_now()}, **extra)


def give_password(client: Client, login: str | None, password: str = PASSWORD, **extra: Any) -> Any:
    fields = {"login": login or "", "password": password}
    return client.post(reverse("portal:staff-sign-in"), fields, **extra)


def found(pattern: str, page: Any) -> str:
    """The first group of a pattern in a page."""
    text = page if isinstance(page, str) else page.content.decode()
    match = re.search(pattern, text)
    assert match, pattern
    return match[1]


def app_secret(client: Client) -> str:
    """The key that the page for setting up an app shows."""
    return found(r'class="code"[^>]*>([A-Z2-7]+)<', client.get(reverse("mfa_activate_totp")))


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session
