"""Shared views of the one map (分享视图), and shapes drawn on it (圈选)."""

from django.db import models


class SharedView(models.Model):
    """How a map stood when somebody shared it: what to look at, never what was seen there.

    Whoever opens it sees with their own rights. Gone some months after it was made (`actions.KEPT`).
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=60, default="", blank=True)
    state = models.JSONField()
    made_by_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "map_view"
        indexes = [
            models.Index(fields=["until"], name="map_view_until"),
            models.Index(fields=["made_by_id", "-made_at"], name="map_view_maker"),
        ]


class DrawnShape(models.Model):
    """A shape somebody drew to count in, so that a list of what lies inside has an address.

    The key is made of the shape: drawn again it is the same row. It says nothing of who drew it; whoever opens its
    lists sees with their own rights. Gone some days after it was drawn last (`drawn.KEPT`).
    """

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=12, unique=True)
    outline = models.JSONField()
    until = models.DateTimeField()

    class Meta:
        db_table = "map_drawn"
        indexes = [models.Index(fields=["until"], name="map_drawn_until")]
