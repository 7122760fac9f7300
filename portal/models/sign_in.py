"""What sign-in must remember in the database, so that neither a cache nor a race opens the door."""

from django.db import models

from portal.models.people import Customer


class SignInCode(models.Model):
    """A code somebody asked for; it exists for unknown addresses too, and opens nothing there."""

    CHANNELS = [("sms", "SMS"), ("email", "E-mail")]

    channel = models.CharField(max_length=5, choices=CHANNELS)
    # As it was typed, until a worker has made the code; then nobody needs it any more.
    address = models.CharField(max_length=254, blank=True)
    asked_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    # Nobody when the address is unknown, shared, or that of a person who may not come in.
    person = models.ForeignKey(Customer, models.CASCADE, null=True, blank=True, related_name="+")
    code_hash = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=models.Q(issued_at__isnull=True),
                name="sign_in_codes_to_issue",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.asked_at:%Y-%m-%d %H:%M:%S}"


class SignInTry(models.Model):
    """One thing that counts against a limit: a wrong code, a wrong password, a code sent."""

    kind = models.CharField(max_length=12)
    # A keyed hash: the table tells nobody who tried.
    key = models.CharField(max_length=32, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["kind", "key", "-at"], name="sign_in_tries_in_a_bucket")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M:%S}"
