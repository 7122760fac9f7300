"""How far the texts of old messages are dropped."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class RetentionMark(models.Model):
    """The last notification whose text was dropped, so that no day begins from the first one."""

    name = models.CharField(max_length=20, primary_key=True)
    last_id = models.BigIntegerField(default=0)
    # Old ones that were not settled when their turn came.
    left_behind = ArrayField(models.BigIntegerField(), default=list)

    def __str__(self) -> str:
        return f"{self.name}: {self.last_id}"
