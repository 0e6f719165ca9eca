"""Who has a case open now: no record of work, only a hint to colleagues, gone half a minute later."""

from django.db import models

from lianxin.foundation.accounts.models import Account
from lianxin.work.cases.models import Case


class Presence(models.Model):
    """One account has one case open on its screen."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        db_table = "presence"
        constraints = [models.UniqueConstraint(fields=["case", "account"], name="presence_once")]
