"""Who logs in, the posts (岗位) they hold, the duty rota (值班表), sessions, tokens and short elevations."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from lianxin.foundation.areas.models import Area
from lianxin.foundation.organizations.models import Unit
from lianxin.kernel.crypto.fields import EncryptedTextField

from .rules import PHONE_CONTEXT


class AccountManager(BaseUserManager["Account"]):
    """Accounts by their login name."""


class Account(AbstractBaseUser):
    """One person's account, staff or resident; what it may do comes from its posts alone."""

    class Kind(models.TextChoices):
        STAFF = "staff", "工作人员"
        RESIDENT = "resident", "居民"

    id = models.BigAutoField(primary_key=True)
    username = models.CharField(max_length=60, unique=True, null=True)  # residents have none
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60, default="", blank=True)
    phone = EncryptedTextField(null=True, hashed_in="phone_hash", hash_context=PHONE_CONTEXT)
    phone_hash = models.BinaryField(max_length=40, null=True)  # keyed hash, for look-up
    preferences = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    disabled_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    password_changed_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = AccountManager()

    class Meta:
        db_table = "account"
        constraints = [
            models.UniqueConstraint(fields=["kind", "phone_hash"], name="account_phone_once"),
            models.CheckConstraint(
                condition=~models.Q(kind="staff") | models.Q(username__isnull=False), name="account_staff_has_username"
            ),
        ]


class UnknownName(models.Model):
    """Tries to sign in by a name that nobody has, counted as if somebody had; the name is kept as a hash only."""

    name_hash = models.BinaryField(max_length=32, primary_key=True)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    tried_at = models.DateTimeField()

    class Meta:
        db_table = "unknown_name"


class Role(models.Model):
    """A named set of permissions from the profile (角色). Code never asks for it by name."""

    code = models.CharField(max_length=40, primary_key=True)
    label = models.CharField(max_length=60)
    permissions = ArrayField(models.CharField(max_length=60), default=list)
    scope = models.CharField(max_length=10, choices=[("area", "辖区"), ("unit", "单位")])
    sort = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "role"


class RoleChange(models.Model):
    """Permissions to be added to a role or taken from it: asked for by one, in force when a second person agrees."""

    id = models.BigAutoField(primary_key=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="changes")
    added = ArrayField(models.CharField(max_length=60), default=list)
    removed = ArrayField(models.CharField(max_length=60), default=list)
    holders = models.PositiveIntegerField()  # how many held the role when it was asked for
    reason = models.TextField()
    asked_by = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_granted = models.BooleanField(null=True)
    remark = models.TextField(default="", blank=True)

    class Meta:
        db_table = "role_change"
        constraints = [
            models.UniqueConstraint(fields=["role"], condition=models.Q(decided_at=None), name="role_change_one_waits"),
            models.CheckConstraint(
                condition=models.Q(decided_by=None)
                | models.Q(is_granted=False)
                | ~models.Q(decided_by=models.F("asked_by")),
                name="role_change_by_two",
            ),
        ]


class Post(models.Model):
    """A role at an area or a unit, held by an account from–to."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="posts")
    area = models.ForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=60, default="", blank=True)
    substitute = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "post"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(area__isnull=False) | models.Q(unit__isnull=False), name="post_is_somewhere"
            ),
            models.UniqueConstraint(
                fields=["account", "role", "area", "unit"],
                condition=models.Q(valid_to=None),
                nulls_distinct=False,
                name="post_held_once",
            ),
        ]


class DutyShift(models.Model):
    """A line of the duty rota: who answers for an area or a unit, from–to, by day or night."""

    id = models.BigAutoField(primary_key=True)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        db_table = "duty_shift"
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_at__gt=models.F("starts_at")), name="duty_shift_has_length")
        ]
        indexes = [models.Index(fields=["ends_at", "starts_at"], name="duty_shift_time")]


class Session(models.Model):
    """A signed-in device, listed to its owner and revocable. The key is kept as a hash only."""

    id = models.BigAutoField(primary_key=True)
    key_hash = models.BinaryField(max_length=32, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sessions")
    device = models.CharField(max_length=200, default="")
    address = models.GenericIPAddressField(null=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "session"


class Token(models.Model):
    """A key for a program or a device (API), with scopes that narrow its account's permissions."""

    id = models.BigAutoField(primary_key=True)
    key_hash = models.BinaryField(max_length=32, unique=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    scopes = ArrayField(models.CharField(max_length=60), default=list)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "token"


class Elevation(models.Model):
    """Permissions for a short time with a reason (临时授权), in place of a permanent superuser.

    Asked for first; it starts when a second person grants it.
    """

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="elevations")
    permissions = ArrayField(models.CharField(max_length=60))
    reason = models.TextField()
    granted_by = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    requested_at = models.DateTimeField()
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # ended early, or refused

    class Meta:
        db_table = "elevation"


class PhoneCode(models.Model):
    """A code sent to a phone to sign in or to follow a case; kept as a hash, used once."""

    id = models.BigAutoField(primary_key=True)
    phone_hash = models.BinaryField(max_length=40)
    purpose = models.CharField(max_length=20)
    code_hash = models.BinaryField(max_length=32)
    address = models.GenericIPAddressField(null=True)  # who asked, for the limit per address
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "phone_code"
        indexes = [models.Index(fields=["phone_hash", "-created_at"], name="phone_code_latest")]
