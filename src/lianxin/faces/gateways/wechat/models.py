"""What WeChat lent us, sealed, until when; one row a name, which is also the lock of its fetching."""

from django.db import models

from lianxin.kernel.crypto.fields import EncryptedTextField


class Lent(models.Model):
    """An access token or a ticket."""

    name = models.CharField(max_length=20, primary_key=True)
    value = EncryptedTextField(default="")
    expires_at = models.DateTimeField(null=True)
    # After a refusal that asking again would only make worse: not before then.
    wait_until = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=120, default="", blank=True)

    objects: models.Manager["Lent"] = models.Manager()

    class Meta:
        db_table = "wechat_lent"

    def __str__(self) -> str:
        return self.name
