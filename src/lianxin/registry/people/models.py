"""People (人员): who lives where, with whom, from when to when; and every look at what is sealed."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.scoping import within
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.registry.places.models import Dwelling


class PersonQuerySet(models.QuerySet["Person"]):
    """Filters that chain, scope first."""

    def visible_to(self, actor: Actor) -> Self:
        """People where the actor may view people, masked. Nobody sees their own file this way: see `own_file`."""
        scope = actor.scope("people.view")
        return self if scope.everywhere else self.filter(within(scope))

    def now(self) -> Self:
        """People who are on the books: not merged away, not erased."""
        return self.filter(ended_at=None)


class Person(models.Model):
    """A resident. Numbers are sealed, looked up by keyed hash, and shown masked until a look gives a reason."""

    class Sex(models.TextChoices):
        MALE = "m", "男"
        FEMALE = "f", "女"
        UNKNOWN = "", "未知"

    class IdKind(models.TextChoices):
        CITIZEN = "citizen", "居民身份证"
        HONGKONG = "hmt", "港澳台居民居住证"
        FOREIGN = "foreign", "外国人永久居留身份证"
        PASSPORT = "passport", "护照"
        NONE = "none", "没有证件"

    class End(models.TextChoices):
        MERGED = "merged", "已并入他人"
        ERASED = "erased", "已删除"
        DIED = "died", "已去世"
        LEFT = "left", "已迁出"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)  # for addresses of pages and interfaces; says nothing about the person
    version = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=60)
    initials = models.CharField(max_length=60, default="", blank=True)
    spelling = models.CharField(max_length=160, default="", blank=True)
    sex = models.CharField(max_length=1, choices=Sex.choices, default=Sex.UNKNOWN, blank=True)
    birth_date = models.DateField(null=True)
    id_kind = models.CharField(max_length=10, choices=IdKind.choices, default=IdKind.CITIZEN)
    id_number = EncryptedTextField(null=True, hashed_in="id_hash", hash_context="people.person.id_number")
    id_hash = models.BinaryField(max_length=40, null=True)
    phone = EncryptedTextField(null=True, hashed_in="phone_hash", hash_context="people.person.phone")
    phone_hash = models.BinaryField(max_length=40, null=True)
    is_party_member = models.BooleanField(null=True)

    # Where the person lives now, copied from the running residence so that rights and lists need no join.
    home = models.ForeignKey(Dwelling, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    area_id = models.BigIntegerField(null=True)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)

    account_id = models.BigIntegerField(null=True)  # the resident's own account, once proved
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end = models.CharField(max_length=8, choices=End.choices, default="", blank=True)
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")

    objects = PersonQuerySet.as_manager()

    class Meta:
        db_table = "person"
        constraints = [
            models.UniqueConstraint(
                fields=["id_hash"], condition=Q(ended_at=None) & Q(id_hash__isnull=False), name="person_id_once"
            ),
            models.UniqueConstraint(
                fields=["account_id"],
                condition=Q(ended_at=None) & Q(account_id__isnull=False),
                name="person_account_once",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, end="") | (Q(ended_at__isnull=False) & ~Q(end="")),
                name="person_end_says_why",
            ),
        ]
        indexes = [
            models.Index(fields=["phone_hash"], name="person_phone", condition=Q(ended_at=None)),
            # Plain, for prefixes and their order both: the database sorts by code point (locale C.UTF-8).
            models.Index(fields=["name", "id"], name="person_name"),
            models.Index(fields=["initials", "id"], name="person_initials"),
            models.Index(fields=["spelling", "id"], name="person_spelling"),
            # Likely pairs: the same name and day of birth.
            models.Index(fields=["birth_date", "name"], name="person_born", condition=Q(ended_at=None)),
            # Who may be on the books twice at all: where both have a sound number of one kind, they are two.
            models.Index(
                fields=["id"],
                name="person_unsure",
                condition=Q(ended_at=None) & (Q(id_hash=None) | ~Q(id_kind="citizen")),
            ),
            models.Index(fields=["grid_id", "id"], name="person_grid", condition=Q(ended_at=None)),
            models.Index(fields=["community_id", "id"], name="person_community", condition=Q(ended_at=None)),
            models.Index(fields=["street_id", "id"], name="person_street", condition=Q(ended_at=None)),
            models.Index(fields=["home"], name="person_home", condition=Q(home__isnull=False)),
        ]


class Household(models.Model):
    """People who live together as one (户): a family or a collective household at a dwelling."""

    class Kind(models.TextChoices):
        FAMILY = "family", "家庭户"
        COLLECTIVE = "collective", "集体户"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.FAMILY)
    dwelling = models.ForeignKey(Dwelling, null=True, on_delete=models.PROTECT, related_name="households")
    head = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    area_id = models.BigIntegerField(null=True)
    street_id = models.BigIntegerField(null=True)
    community_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)
    version = models.PositiveIntegerField(default=1)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "household"
        indexes = [
            models.Index(fields=["grid_id", "id"], name="household_grid", condition=Q(valid_to=None)),
            models.Index(fields=["community_id", "id"], name="household_community", condition=Q(valid_to=None)),
        ]


class Membership(models.Model):
    """A person in a household, with the relation to its head (与户主关系)."""

    class Relation(models.TextChoices):
        HEAD = "head", "户主"
        SPOUSE = "spouse", "配偶"
        CHILD = "child", "子女"
        PARENT = "parent", "父母"
        GRANDCHILD = "grandchild", "孙子女"
        GRANDPARENT = "grandparent", "祖父母"
        SIBLING = "sibling", "兄弟姐妹"
        OTHER = "other", "其他"

    id = models.BigAutoField(primary_key=True)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    relation = models.CharField(max_length=12, choices=Relation.choices, default=Relation.OTHER)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "membership"
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(valid_to=None), name="membership_one_household")
        ]


class Residence(models.Model):
    """A person and a dwelling (人房关系): owner, tenant, lives there, registered there; with valid time."""

    class Kind(models.TextChoices):
        OWNER = "owner", "产权人"
        TENANT = "tenant", "承租人"
        LIVES = "lives", "实际居住"
        REGISTERED = "registered", "户籍登记"

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="residences")
    dwelling = models.ForeignKey(Dwelling, on_delete=models.PROTECT, related_name="residences")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        db_table = "residence"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "dwelling", "kind"], condition=Q(valid_to=None), name="residence_once"
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(valid_to=None, kind="lives"), name="residence_lives_at_one_place"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=models.F("valid_from")),
                name="residence_ends_after_it_begins",
            ),
        ]


class Contact(models.Model):
    """Whom to call for a person (联系人), in this order; a guardian (监护人) answers for them."""

    id = models.BigAutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contacts")
    other = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=60, default="", blank=True)
    phone = EncryptedTextField(null=True)
    relation = models.CharField(max_length=20)
    is_guardian = models.BooleanField(default=False)
    place = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "contact"
        constraints = [
            models.CheckConstraint(condition=Q(other__isnull=False) | ~Q(name=""), name="contact_names_somebody")
        ]


class Look(models.Model):
    """A look at sealed fields (查看留痕): who, whose, which, why, until when. The person can see it."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    actor_label = models.CharField(max_length=120)
    post_label = models.CharField(max_length=120, default="", blank=True)
    session_key = models.CharField(max_length=64, default="", blank=True)
    fields = ArrayField(models.CharField(max_length=60))
    reason = models.CharField(max_length=30)  # a code of the list of reasons
    note = models.CharField(max_length=200, default="", blank=True)
    case_number = models.CharField(max_length=24, default="", blank=True)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        db_table = "look"
        indexes = [
            models.Index(fields=["person_id", "-at"], name="look_person"),
            models.Index(fields=["account_id", "-at"], name="look_account"),
        ]


class Merge(models.Model):
    """Two records found to be one person; what moved is kept, so that it can be parted again."""

    id = models.BigAutoField(primary_key=True)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    moved = models.JSONField()  # table → ids that changed their person
    kept_before = EncryptedTextField(null=True)  # JSON of the kept record's fields that the merge filled
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "person_merge"


class Distinct(models.Model):
    """Two records found to be two people (不是同一人), not to be proposed again. `one` has the lower id."""

    id = models.BigAutoField(primary_key=True)
    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    account_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "person_distinct"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="person_distinct_once"),
            models.CheckConstraint(condition=Q(one__lt=models.F("other")), name="person_distinct_in_order"),
        ]


class Ask(models.Model):
    """What a resident asks about their own file (个人信息权利): correct, withdraw, delete; answered in time."""

    class Kind(models.TextChoices):
        CORRECT = "correct", "更正"
        WITHDRAW = "withdraw", "撤回同意"
        DELETE = "delete", "删除"
        COPY = "copy", "索取副本"

    class State(models.TextChoices):
        ASKED = "asked", "待处理"
        DONE = "done", "已办理"
        REFUSED = "refused", "未同意"

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField(unique=True)
    person_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    field = models.CharField(max_length=60, default="", blank=True)
    wish = EncryptedTextField(null=True)  # the value the person says is right
    words = models.CharField(max_length=300, default="", blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    answered_by_id = models.BigIntegerField(null=True)
    answer = models.CharField(max_length=300, default="", blank=True)
    community_id = models.BigIntegerField(null=True)
    street_id = models.BigIntegerField(null=True)
    grid_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "person_ask"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="asked"), name="person_ask_open"),
            models.Index(fields=["person_id", "-asked_at"], name="person_ask_person"),
        ]


class Consent(models.Model):
    """What a person agreed to (同意), in which words, and when they took it back."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.BigIntegerField()
    purpose = models.CharField(max_length=60)
    text_version = models.CharField(max_length=20)
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=20, default="self")  # self, guardian, paper
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "consent"
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "purpose"], condition=Q(withdrawn_at=None), name="consent_once"
            )
        ]
