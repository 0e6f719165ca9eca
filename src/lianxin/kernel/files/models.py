"""Photos, videos and voice messages, as rows beside their bytes on disk."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.ids import uuid7


class FileKind(models.TextChoices):
    """What a file is to its viewers."""

    PHOTO = "photo", _("照片")
    VIDEO = "video", _("视频")
    VOICE = "voice", _("录音")


class FileStatus(models.TextChoices):
    """How far a file has come; only a ready one can be opened."""

    UPLOADING = "uploading", _("上传中")
    READY = "ready", _("可用")
    REFUSED = "refused", _("已拒收")


class StoredFile(models.Model):
    """One file. It belongs to nobody until it is attached to a subject, such as case 17."""

    key = models.UUIDField(unique=True, default=uuid7)  # what clients see; also names the file on disk
    kind = models.CharField(max_length=8, choices=FileKind.choices)
    status = models.CharField(max_length=10, choices=FileStatus.choices, default=FileStatus.UPLOADING)
    refusal = models.CharField(max_length=200, blank=True)  # the sentence that told why
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    label = models.CharField(max_length=20, blank=True)  # what it shows: near, far, before, after
    position = models.PositiveSmallIntegerField(null=True)  # its place among the files of the subject, from 1
    mime = models.CharField(max_length=40, blank=True)
    size = models.BigIntegerField()  # bytes: announced while uploading, stored once ready
    received = models.BigIntegerField(default=0)  # bytes on disk while uploading
    sha256 = models.CharField(max_length=64, blank=True)  # of what is stored
    width = models.PositiveIntegerField(null=True)  # pixels
    height = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)  # how long a video or recording plays
    has_thumb = models.BooleanField(default=False)
    taken_at = models.DateTimeField(null=True)  # as the camera said, when plausible
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()  # the last piece, or the attaching
    created_by_id = models.BigIntegerField(null=True)  # an account; the kernel does not know accounts

    objects: ClassVar[models.Manager["StoredFile"]] = models.Manager()

    class Meta:
        db_table = "stored_file"
        constraints = [
            models.UniqueConstraint(fields=["subject_kind", "subject_id", "position"], name="stored_file_place"),
            models.CheckConstraint(
                condition=Q(subject_id=None, position=None, subject_kind="")
                | (Q(subject_id__isnull=False, position__gte=1) & ~Q(subject_kind="")),
                name="stored_file_whole_subject",
            ),
            models.CheckConstraint(
                condition=Q(received__gte=0) & Q(received__lte=models.F("size")) | ~Q(status="uploading"),
                name="stored_file_received_within_size",
            ),
        ]
        indexes = [
            models.Index(fields=["touched_at"], condition=Q(subject_id=None), name="stored_file_unattached"),
        ]
