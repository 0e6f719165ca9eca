"""What is done on the pages of people and places: registered, confirmed, amended, moved, tagged, merged, ended."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lianxin.registry.care.models import CareTag
from lianxin.registry.people.models import Contact, Household, Merge, Person, Residence
from lianxin.registry.places.models import Building, Dwelling, Establishment, Estate
from lianxin.registry.sources.models import Revision

from .conftest import ID_NUMBER, PHONE, Home, SignIn, text_of

pytestmark = pytest.mark.django_db
BASE = "/console/base"
FREE = "B3-1-201"


def person_at(home: Home, act: str = "") -> str:
    return f"{BASE}/people/{home.old.key}/{act}"


def fresh(home: Home) -> Person:
    return Person.objects.get(pk=home.old.pk)


def test_a_family_is_registered_at_its_dwelling(sign_in: SignIn, home: Home) -> None:
    worker = sign_in("grid_worker")
    path = f"{BASE}/people/add?dwelling={FREE}"
    address = Dwelling.objects.get(code=FREE).address
    form = worker.get(path)
    assert address in text_of(form)
    told = {
        "dwelling": address, "residence": "lives", "name": "李 强", "id_kind": "citizen", "is_party_member": "yes",
        "id_number": "110105199003070038", "phone": "138 5551 2346", "relation": "head", "key": str(uuid4()),
    }  # fmt: skip

    wrong = worker.post(path, told)
    right = worker.post(path, told | {"id_number": "11010519900307003X"})

    assert wrong.status_code == 422
    assert "李 强" in text_of(wrong)  # what was typed stays
    if right.status_code == 422:
        told |= {"id_number": "", "sex": "m", "birth_date": "1990-03-07"}
        right = worker.post(path, told)
    assert right.status_code == 302, text_of(right)
    made = Person.objects.get(name="李强")
    assert (made.phone, made.sex, made.is_party_member) == ("13855512346", "m", True)
    assert made.home is not None
    assert made.home.code == FREE
    assert Household.objects.get(dwelling=made.home).head == made


def test_sent_twice_it_is_one_person(sign_in: SignIn, home: Home) -> None:
    worker, key = sign_in("grid_worker"), str(uuid4())
    told = {"dwelling": FREE, "residence": "lives", "name": "宝宝", "id_kind": "none", "key": key}

    for _time in range(2):
        assert worker.post(f"{BASE}/people/add?dwelling={FREE}", told).status_code == 302

    assert Person.objects.filter(name="宝宝").count() == 1


def test_a_field_is_checked_when_one_leaves_it(sign_in: SignIn, home: Home) -> None:
    said = text_of(
        sign_in("grid_worker").post(
            f"{BASE}/people/check",
            {"name": "李强", "id_number": "110105199003070030", "phone": "1385"},
            headers={"HX-Request": "true", "HX-Trigger-Name": "phone"},
        )
    )

    assert 'class="fault"' in said
    assert 'name="phone"' in said
    assert 'name="id_number"' not in said


def test_one_press_confirms_everything(sign_in: SignIn, home: Home) -> None:
    Person.objects.filter(pk=home.old.pk).update(confirmed_at=None)

    response = sign_in("grid_worker").post(person_at(home, "confirm"))

    assert response.status_code == 302
    assert fresh(home).confirmed_at is not None
    assert "核实" in text_of(sign_in("grid_worker").get(person_at(home)))


def test_only_what_is_written_is_changed(sign_in: SignIn, home: Home) -> None:
    worker = sign_in("grid_worker")
    told: dict[str, Any] = {"id_kind": "citizen", "sex": "f", "is_party_member": "", "seen": home.old.version}

    response = worker.post(person_at(home, "amend"), told | {"phone": "13900001111"})

    assert response.status_code == 302
    now = fresh(home)
    assert (now.phone, now.id_number, now.name) == ("13900001111", ID_NUMBER, home.old.name)
    late = worker.post(person_at(home, "amend"), told | {"phone": "13900002222"})
    assert late.status_code == 422
    assert "刚被别人改过" in text_of(late)
    cleared = worker.post(person_at(home, "amend"), told | {"no_phone": "on", "seen": now.version})
    assert cleared.status_code == 302
    assert fresh(home).phone is None


def test_a_person_moves_and_the_old_home_ends(sign_in: SignIn, home: Home) -> None:
    response = sign_in("grid_worker").post(
        person_at(home, "move"), {"dwelling": "和平小区3幢2单元301", "kind": "lives", "seen": home.old.version}
    )

    assert response.status_code == 302, text_of(response)
    assert fresh(home).home == Dwelling.objects.get(code="B3-2-301")
    before = Residence.objects.get(person=home.old, dwelling=home.dwelling)
    assert before.valid_to is not None
    said = text_of(sign_in("grid_worker").get(f"{BASE}/dwellings/{home.dwelling.code}/"))
    assert str(home.old.key) not in said.split("家庭户")[0]
    day = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    assert str(home.old.key) in text_of(sign_in("grid_worker").get(f"{BASE}/dwellings/{home.dwelling.code}/?on={day}"))


def test_leaving_a_dwelling_is_asked_first(sign_in: SignIn, home: Home) -> None:
    worker = sign_in("grid_worker")
    stay = Residence.objects.get(person=home.old, kind="lives")

    asked = worker.get(person_at(home, f"leave/{stay.pk}"), headers={"HX-Request": "true"})
    done = worker.post(person_at(home, f"leave/{stay.pk}"))

    assert "这条关系到今天为止" in text_of(asked)
    assert done.status_code == 302
    assert fresh(home).home is None


def test_contacts_come_and_go(sign_in: SignIn, home: Home) -> None:
    worker = sign_in("grid_worker")

    added = worker.post(person_at(home, "contacts/add"), {"name": "王建国", "phone": "13712345678", "relation": "儿子"})
    page = text_of(worker.get(person_at(home)))
    contact = Contact.objects.get()
    removed = worker.post(person_at(home, f"contacts/{contact.pk}/remove"))

    assert (added.status_code, removed.status_code) == (302, 302)
    assert "137****5678" in page
    assert "王建国" not in page
    assert not Contact.objects.exists()


def test_care_is_set_renewed_visited_and_ended(sign_in: SignIn, home: Home) -> None:
    clerk = sign_in("community_clerk")

    wrong = clerk.post(person_at(home, "care/add"), {"need": "hardship", "evidence": "有病 13800001111"})
    made = clerk.post(person_at(home, "care/add"), {"need": "hardship", "evidence": "入户走访，靠低保生活"})
    tag = CareTag.objects.get(need="hardship")
    renewed = clerk.post(f"{BASE}/care/{tag.key}/renew", {"evidence": "入户看过，仍靠低保", "seen": tag.version})
    seen = CareTag.objects.get(pk=tag.pk)
    visited = clerk.post(f"{BASE}/care/{tag.key}/visited")
    ended = clerk.post(f"{BASE}/care/{tag.key}/end", {"reason": "找到工作", "seen": seen.version + 1})

    assert wrong.status_code == 422
    assert [made.status_code, renewed.status_code, visited.status_code, ended.status_code] == [302] * 4
    assert CareTag.objects.get(pk=tag.pk).ended_at is not None


def test_the_grid_worker_sees_care_and_does_not_set_it(sign_in: SignIn, home: Home) -> None:
    worker = sign_in("grid_worker")

    assert "独居老人需照应" in text_of(worker.get(person_at(home)))
    assert worker.get(person_at(home, "care/add")).status_code == 403
    assert worker.post(f"{BASE}/care/{home.tag.key}/visited").status_code == 302
    assert "到了走访的日子" in text_of(worker.get(f"{BASE}/care/"))


def test_two_records_are_compared_merged_and_parted(sign_in: SignIn, home: Home) -> None:
    clerk = sign_in("community_clerk")
    path = person_at(home, f"merge/{home.child.key}")

    shown = text_of(clerk.get(path))
    merged = clerk.post(path, {"keep": str(home.old.key), "reason": "核对过身份证"})
    page = text_of(clerk.get(person_at(home)))
    parted = clerk.post(f"{BASE}/merges/{Merge.objects.get().pk}/undo", {"reason": "看过出生证，是两个人"})

    assert "不同" in shown
    assert ID_NUMBER not in shown
    assert merged.status_code == 302
    assert "合并来的" in page
    assert parted.status_code == 302
    assert Person.objects.get(pk=home.child.pk).ended_at is None


def test_two_people_told_apart_are_not_proposed_again(sign_in: SignIn, home: Home) -> None:
    clerk = sign_in("community_clerk")
    Person.objects.filter(pk=home.child.pk).update(name=home.old.name, birth_date=home.old.birth_date)
    assert "可能是同一个人" in text_of(clerk.get(person_at(home)))

    clerk.post(person_at(home, f"apart/{home.child.key}"))

    assert "可能是同一个人" not in text_of(clerk.get(person_at(home)))


def test_a_household_gets_a_new_head_and_loses_a_member(sign_in: SignIn, home: Home) -> None:
    worker, path = sign_in("grid_worker"), f"{BASE}/households/{home.household.key}/"
    grown = Person.objects.get(pk=home.child.pk)

    changed = worker.post(f"{path}head", {"head": str(grown.key), "seen": home.household.version})
    left = worker.post(person_at(home, "leave-household"))
    joined = worker.post(person_at(home, "join"), {"relation": "grandparent"})

    assert [changed.status_code, left.status_code, joined.status_code] == [302] * 3
    assert Household.objects.get(pk=home.household.pk).head_id == grown.pk


def test_who_died_is_taken_off_the_books_and_stays_readable(sign_in: SignIn, home: Home) -> None:
    worker = sign_in("grid_worker")

    done = worker.post(person_at(home, "end"), {"end": "died", "reason": "家属告知", "seen": home.old.version})
    page = text_of(worker.get(person_at(home)))

    assert done.status_code == 302
    assert "已去世" in page
    assert person_at(home, "amend") not in page
    assert "王**" not in text_of(worker.get(f"{BASE}/people/?sex=f&band=70"))


def test_an_estate_grows_by_a_building_with_its_dwellings(sign_in: SignIn, home: Home) -> None:
    worker = sign_in("grid_worker")

    made = worker.post(
        f"{BASE}/estates/E1/buildings/add",
        {"name": "5幢", "kind": "residential", "floors": "6", "entrances": "1、2", "rooms": "2", "basements": "0"},
    )

    assert made.status_code == 302, text_of(made)
    building = Building.objects.get(estate=home.estate, number=5)
    assert building.dwellings.count() == 24
    assert "24 套" in text_of(worker.get(f"{BASE}/buildings/{building.code}/"))


def test_an_estate_is_registered_and_amended(sign_in: SignIn, home: Home) -> None:
    worker = sign_in("grid_worker")
    made = worker.post(f"{BASE}/estates/add", {"name": "新河湾", "kind": "estate", "area": "34088100100101"})
    assert made.status_code == 302, text_of(made)
    estate = Estate.objects.get(name="新河湾")

    amended = worker.post(
        f"{BASE}/estates/{estate.code}/amend",
        {
            "name": "新河湾花园",
            "kind": "estate",
            "area": "34088100100101",
            "built_year": "2012",
            "seen": estate.version,
        },
    )
    told = worker.post(
        f"{BASE}/estates/{estate.code}/committee",
        {"committee": "preparatory", "seen": Estate.objects.get(pk=estate.pk).version},
    )

    assert (amended.status_code, told.status_code) == (302, 302), text_of(amended)
    now = Estate.objects.get(pk=estate.pk)
    assert (now.name, now.built_year, now.committee) == ("新河湾花园", 2012, "preparatory")


def test_another_grids_ground_is_not_built_upon(sign_in: SignIn, home: Home) -> None:
    told = {"name": "越界", "kind": "estate", "area": "34088100100101"}

    assert sign_in("grid_worker_next_door").post(f"{BASE}/estates/add", told).status_code == 403


def test_a_dwelling_is_confirmed_or_amended(sign_in: SignIn, home: Home) -> None:
    worker, path = sign_in("grid_worker"), f"{BASE}/dwellings/{home.dwelling.code}/"
    Dwelling.objects.filter(pk=home.dwelling.pk).update(confirmed_at=None)

    confirmed = worker.post(f"{path}confirm")
    found = Dwelling.objects.get(pk=home.dwelling.pk)
    amended = worker.post(
        f"{path}amend",
        {"entrance": "1", "number": "101", "floor": "1", "use": "let", "square_metres": "89.5", "seen": found.version},
    )

    assert (confirmed.status_code, amended.status_code) == (302, 302), text_of(amended)
    assert found.confirmed_at is not None
    assert Dwelling.objects.get(pk=home.dwelling.pk).use == "let"
    assert Revision.objects.filter(subject="dwelling", subject_id=home.dwelling.pk).count() >= 2


def test_a_shop_is_registered_with_a_checked_credit_code(sign_in: SignIn, home: Home) -> None:
    worker, path = sign_in("grid_worker"), f"{BASE}/establishments/add"
    told = {"name": "老王面馆", "kind": "shop", "area": "34088100100101", "contact_phone": PHONE}

    wrong = worker.post(path, told | {"credit_code": "911100001011005739"})
    nowhere = worker.post(path, {"name": "无处", "kind": "shop"})
    right = worker.post(path, told | {"credit_code": "91350100M000100Y43"})

    assert wrong.status_code == 422
    assert "信用代码不正确" in text_of(wrong)
    assert "请写明在哪个网格" in text_of(nowhere)
    assert right.status_code == 302, text_of(right)
    made = Establishment.objects.get(name="老王面馆")
    page = text_of(worker.get(f"{BASE}/establishments/{made.code}/"))
    assert PHONE not in page
    assert "138****2345" in page


def test_a_shops_phone_goes_when_it_is_to(sign_in: SignIn, home: Home) -> None:
    worker, path = sign_in("grid_worker"), f"{BASE}/establishments/S1/amend"
    told = {"name": "和平超市", "kind": "shop", "area": "34088100100101"}

    def sent(**more: Any) -> str | None:
        held = Establishment.objects.get(pk=home.shop.pk)
        assert worker.post(path, told | {"seen": held.version} | more).status_code == 302
        return Establishment.objects.get(pk=home.shop.pk).contact_phone

    assert sent(contact_phone=PHONE) == PHONE
    assert sent() == PHONE  # left empty, it stays
    assert sent(no_phone="on") is None


def test_neighbours_of_a_building_become_its_heads_and_leave(sign_in: SignIn, home: Home) -> None:
    worker, building = sign_in("grid_worker"), home.dwelling.building
    path = f"{BASE}/buildings/{building.code}/heads"

    def sent(**told: Any) -> Any:
        return worker.post(path, {"seen": Building.objects.get(pk=building.pk).version} | told)

    assert "没有登记这位居民" in text_of(sent(name="没有这个人"))
    assert sent(name=home.old.name).status_code == 302
    held = Building.objects.get(pk=building.pk)
    assert held.unit_head_ids == [home.old.pk]
    assert home.old.name not in text_of(worker.get(path))  # masked
    assert sent(seen=held.version - 1, keep=[str(home.old.pk)]).status_code == 422  # somebody was quicker
    assert sign_in("grid_worker_next_door").post(path, {"seen": held.version}).status_code in {403, 404}
    assert sent().status_code == 302
    assert Building.objects.get(pk=building.pk).unit_head_ids == []


def test_a_shop_is_amended_confirmed_and_ended(sign_in: SignIn, home: Home) -> None:
    worker, path = sign_in("grid_worker"), f"{BASE}/establishments/S1/"
    told = {"name": "和平超市", "kind": "shop", "area": "34088100100101", "seen": home.shop.version}

    amended = worker.post(f"{path}amend", told)
    confirmed = worker.post(f"{path}confirm")
    ended = worker.post(f"{path}end", {"note": "关门"})

    assert [amended.status_code, confirmed.status_code, ended.status_code] == [302] * 3, text_of(amended)
    assert Establishment.objects.get(pk=home.shop.pk).valid_to is not None


def test_a_place_ends_only_when_nobody_is_in_it(sign_in: SignIn, home: Home) -> None:
    worker = sign_in("grid_worker")

    lived_in = worker.post(f"{BASE}/dwellings/{home.dwelling.code}/end", {"note": "拆除"})
    empty = worker.post(f"{BASE}/dwellings/{FREE}/end", {"note": "登记错了"})
    estate = worker.post(f"{BASE}/estates/E1/end", {"note": "拆除"})
    building = worker.post(f"{BASE}/buildings/B3/end", {"note": "拆除"})

    assert (lived_in.status_code, estate.status_code, building.status_code) == (422, 422, 422)
    assert empty.status_code == 302
    assert Dwelling.objects.get(code=FREE).valid_to is not None
    assert "登记小区" in text_of(worker.get(f"{BASE}/estates/"))
