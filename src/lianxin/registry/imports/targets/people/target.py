"""The target of people: its columns, and one pass over a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.crypto.sealing import blinder, sealer
from lianxin.registry.imports.drafts import Draft, Verdict
from lianxin.registry.imports.problems import ASK, SKIP, Problem, Remedy
from lianxin.registry.imports.targets.placing import Placer
from lianxin.registry.imports.targets.protocol import Frame, Session, Undone
from lianxin.registry.imports.targets.spots import Where, holds
from lianxin.registry.people import rules
from lianxin.registry.people.models import Membership, Residence
from lianxin.registry.sources.models import Source

from . import finding, undoing, writing
from .fields import ENTERED, FIELDS
from .finding import Found
from .owning import Owning

_Kind = Residence.Kind


class PeopleTarget:
    """Residents, who lives where and with whom."""

    code, icon, permission, key_field, is_geo, is_woven = "people", "users", "people.import", "id_number", False, False
    label = _("人口")
    line = _("人员、户和住处：人口表、花名册、租住登记")
    touches = {
        "person": _("新增人员"), "dwelling": _("新增房屋"), "building": _("新增楼栋"), "estate": _("新增小区"),
        "home": _("改住处"), "living": _("加人房关系"), "relation": _("改与户主关系"),
        "conflict": _("与归口单位不一致，列入冲突待裁定"),
        "name": _("改姓名"), "sex": _("改性别"), "birth_date": _("改出生日期"), "phone": _("改电话"),
        "is_party_member": _("改党员身份"), "id_number": _("补证件号码"),
    }  # fmt: skip
    fields = FIELDS

    def begin(self, frame: Frame) -> Session:
        """Begin a pass."""
        return People(frame)

    def undo(self, frame: Frame, source: Source) -> Undone:
        """Take a delivery back."""
        return undoing.undo(frame, source)


@dataclass(slots=True)
class Entry:
    """What a row comes to: who it is about, where, and what would be written."""

    where: Where
    hash: bytes | None = None
    phone_hash: bytes | None = None
    person: Found | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    conflicts: list[str] = field(default_factory=list)
    kinds: tuple[str, ...] = (_Kind.LIVES.value,)
    is_moving: bool = False
    new_kinds: list[str] = field(default_factory=list)
    relation: str = ""
    group: str = ""


_ENTERED_BY = {
    _Kind.LIVES.value: (_Kind.LIVES.value,), _Kind.TENANT.value: (_Kind.TENANT.value, _Kind.LIVES.value),
    _Kind.OWNER.value: (_Kind.OWNER.value,), _Kind.REGISTERED.value: (_Kind.REGISTERED.value,),
}  # fmt: skip


class People:
    """One pass."""

    def __init__(self, frame: Frame) -> None:
        self.frame, self.placer, self.owning = frame, Placer(frame), Owning(frame)
        self._hashes = blinder(rules.ID_CONTEXT), blinder(rules.PHONE_CONTEXT)
        self.households: dict[tuple[int, str], int] = {}

    def prepare(self, drafts: Sequence[Draft]) -> None:
        """Hash, seal and spell beside the database."""
        by_number, by_phone = blinder(rules.ID_CONTEXT), blinder(rules.PHONE_CONTEXT)
        seal_number, seal_phone = sealer(rules.ID_CONTEXT), sealer(rules.PHONE_CONTEXT)
        for draft in drafts:
            values = draft.values
            identity, phone = values.get("id_number"), values.get("phone")
            draft.ready = (
                by_number(identity.number) if identity else None, by_phone(phone) if phone else None,
                seal_number(identity.number) if identity else None, seal_phone(phone) if phone else None,
            )  # fmt: skip
            writing.sounds_of(values.get("name", ""))

    def check(self, drafts: Sequence[Draft]) -> None:
        self.placer.forget()
        self.placer.find(drafts, mapping_has_place=True)
        sound = []
        self._hashes = blinder(rules.ID_CONTEXT), blinder(rules.PHONE_CONTEXT)
        for draft in drafts:
            draft.data = Entry(draft.data)
            self._agree(draft)
            self._name(draft)
            self._inside(draft)
            if not draft.is_wrong:
                sound.append(draft)
        finding.find(sound)
        for draft in sound:
            self._compare(draft)
        self.owning.sort([draft for draft in sound if draft.data.changes])
        for draft in sound:
            self._judge(draft)

    def _agree(self, draft: Draft) -> None:
        """Let birth date and sex follow from the number, or tell that they contradict it."""
        values, identity = draft.values, draft.values.get("id_number")
        if identity is None:
            return
        for name, told in (("birth_date", identity.birth_date), ("sex", identity.sex)):
            written = values.get(name)
            if written and told and written != told:
                label = _("出生日期") if name == "birth_date" else _("性别")
                shown = told.isoformat() if name == "birth_date" else {"m": "男", "f": "女"}[told]
                sentence = _("{label}和证件号码说的不一样，证件上是 {shown}。").format(label=label, shown=shown)
                draft.blame(Problem(name, "against", sentence, (Remedy(_("按证件改"), {name: shown}),)))
            elif told:
                values[name] = told

    def _name(self, draft: Draft) -> None:
        """Give the row the token that two rows about one person share."""
        values, entry = draft.values, draft.data
        identity = values.get("id_number")
        if identity is not None:
            entry.hash = draft.ready[0] if draft.ready else self._hashes[0](identity.number)
            draft.token = entry.hash[:16]
        elif "name" in values:
            where = entry.where
            spot = (id(where.building), where.entrance, where.room, where.hot)
            told = f"{values['name']}|{values.get('birth_date')}|{spot if where.dwelling is None else where.room}"
            place = f"{where.building.name if where.building else ''}|{where.estate.name if where.estate else ''}"
            draft.token = blake2b(f"{told}|{place}|{where.entrance}".encode(), digest_size=16).digest()
        if phone := values.get("phone"):
            entry.phone_hash = draft.ready[1] if draft.ready else self._hashes[1](phone)
        entry.kinds = _ENTERED_BY[values.get("living", _Kind.LIVES.value)]
        is_head = values.get("head") and values.get("head") == values.get("name")
        entry.relation = Membership.Relation.HEAD.value if is_head else values.get("relation", "")
        entry.group = values.get("household") or values.get("head") or ""

    def _inside(self, draft: Draft) -> None:
        where: Where = draft.data.where
        if draft.is_wrong:
            return
        if where.hot[2] is None and not self.placer.scope.everywhere:
            sentence = _("不知道住在哪里：没有小区、楼栋，也没有社区、网格。")
            draft.blame(Problem("address", "missing", sentence, (SKIP,)))
        elif not holds(self.placer.scope, where.hot):
            draft.blame(Problem("address", "outside", _("这一行不在您负责的区域，请交给当地导入。"), (SKIP,)))

    def _compare(self, draft: Draft) -> None:
        entry: Entry = draft.data
        person = entry.person
        if person is None:
            return
        values = draft.values
        if person.hot[2] is not None and not holds(self.placer.scope, person.hot):
            sentence = _("这个证件号码登记在别的区域。人已搬来的，请当地先迁出，或请数据专员导入。")
            draft.blame(Problem("id_number", "outside", sentence, (SKIP,)))
            return
        self._same_name(draft, person)
        new = {name: values[name] for name in ENTERED if name in values and name != "phone"}
        entry.changes = {name: value for name, value in new.items() if value != getattr(person, name)}
        if entry.phone_hash is not None and entry.phone_hash != person.phone_hash:
            entry.changes["phone"] = values["phone"]
        if entry.hash is not None and person.id_hash is None:
            entry.changes["id_number"] = values["id_number"]
        dwelling = entry.where.dwelling
        if dwelling is None:
            return
        lives = _Kind.LIVES.value in entry.kinds
        entry.is_moving = lives and person.home_id != dwelling.id
        entry.new_kinds = [kind for kind in entry.kinds if (dwelling.id, kind) not in person.residences]

    def _same_name(self, draft: Draft, person: Found) -> None:
        """Ask when a number is registered under another name."""
        answer = draft.answers.get("name")
        name = draft.values.get("name")
        if name == person.name or answer == "new":
            return
        if answer == "held":
            draft.values.pop("name", None)
            return
        sentence = _("这个证件号码登记的姓名是“{name}”，和表里不一样。").format(name=person.name)
        remedies = (
            Remedy(_("用登记的姓名"), answer={"name": "held"}),
            Remedy(_("改成表里的姓名"), answer={"name": "new"}),
            SKIP,
        )
        draft.blame(Problem("name", "differs", sentence, remedies, ASK))

    def _judge(self, draft: Draft) -> None:
        entry: Entry = draft.data
        places = self.placer.touches(entry.where)
        if entry.person is None:
            draft.verdict, draft.touches = Verdict.NEW, ["person", *places]
            return
        touched = [*entry.changes, *places]
        if entry.is_moving:
            touched.append("home")
        elif entry.new_kinds:
            touched.append("living")
        if self._relation_differs(entry, entry.person):
            touched.append("relation")
        if entry.conflicts:
            touched.append("conflict")
        draft.touches, draft.verdict = touched, Verdict.CHANGE if touched else Verdict.SAME

    def _relation_differs(self, entry: Entry, person: Found) -> bool:
        if not entry.relation or entry.is_moving or entry.where.dwelling is None:
            return False
        return _Kind.LIVES.value in entry.kinds and person.relation != entry.relation

    def apply(self, drafts: Sequence[Draft], source: Source) -> None:
        self.placer.make([draft.data.where for draft in drafts], source)
        writing.write(self.frame, source, drafts, self.households, self.owning)


def is_known(mapping: Mapping[str, int]) -> bool:
    """Tell whether a table says how its people belong together."""
    return bool({"relation", "head", "household"} & set(mapping))
