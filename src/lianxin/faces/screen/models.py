"""What is kept of the big screen: how a post has arranged it, and which walls may show it without signing in."""

from django.db import models

from lianxin.foundation.accounts.models import Account, Post


class Layout(models.Model):
    """How a post wants its big screen: pages of blocks. Without one, the house's own stands."""

    id = models.BigAutoField(primary_key=True)
    post = models.OneToOneField(Post, on_delete=models.CASCADE, related_name="+")
    pages = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "screen_layout"


class Wall(models.Model):
    """A screen on a wall: it shows a code, somebody types that code at a desk, and it sees what that post may see."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    name = models.CharField(max_length=40, default="", blank=True)
    secret_hash = models.BinaryField(max_length=32, unique=True)
    code = models.CharField(max_length=6, default="", blank=True)  # until somebody has typed it
    code_until = models.DateTimeField()
    created_at = models.DateTimeField()
    post = models.ForeignKey(Post, null=True, on_delete=models.CASCADE, related_name="+")
    paired_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    paired_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "screen_wall"
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~models.Q(code=""), name="screen_wall_code_once"),
            models.CheckConstraint(
                condition=models.Q(paired_at=None) | models.Q(post__isnull=False, paired_by__isnull=False),
                name="screen_wall_is_somebodys",
            ),
        ]
