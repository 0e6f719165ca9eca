"""What a place decides, as versioned documents; and the numbers that tell processes to reload."""

from django.db import models


class Version(models.Model):
    """A counter per kind of shared knowledge; process caches are keyed by it."""

    name = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=1)

    class Meta:
        db_table = "version"


class Document(models.Model):
    """One version of one document of configuration. The highest version is in force."""

    id = models.BigAutoField(primary_key=True)
    key = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    content = models.JSONField()
    reason = models.TextField(default="", blank=True)
    source = models.CharField(max_length=20, default="file")  # file | page
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "configuration_document"
        constraints = [models.UniqueConstraint(fields=["key", "version"], name="configuration_key_version")]
