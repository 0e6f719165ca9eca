from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from django.core import signing
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from lianxin.kernel.errors import Invalid
from lianxin.kernel.paging import MOST, Page, page

NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Owner(models.Model):
    rank = models.IntegerField()
    objects: ClassVar[models.Manager["Owner"]] = models.Manager()

    class Meta:
        app_label = "tests_paging"


class Row(models.Model):
    owner = models.ForeignKey(Owner, on_delete=models.CASCADE)
    filed_at = models.DateTimeField()
    due = models.DateField(null=True)
    score = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    objects: ClassVar[models.Manager["Row"]] = models.Manager()

    class Meta:
        app_label = "tests_paging"
        indexes = [models.Index(fields=["filed_at", "id"], name="row_filed")]


ORDERS = st.lists(
    st.sampled_from(["filed_at", "-filed_at", "due", "-due", "score", "-score", "owner__rank", "-id", "id"]),
    min_size=1, max_size=4, unique_by=lambda name: name.lstrip("-"),
)  # fmt: skip


@pytest.fixture
def rows(made: Callable[[type[models.Model]], None]) -> None:
    made(Owner)
    made(Row)
    owners = Owner.objects.bulk_create([Owner(rank=rank) for rank in (3, 1, 2)])
    Row.objects.bulk_create(
        Row(
            owner=owners[n % 3],
            filed_at=NOW + timedelta(microseconds=n * 7 % 5),
            due=None if n % 4 == 0 else NOW.date() + timedelta(days=n % 3),
            score=None if n % 5 == 0 else n % 7,
        )
        for n in range(40)
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(ORDERS, st.integers(1, 45))
def test_pages_forth_and_back_show_each_row_once_in_order(rows: None, order: list[str], size: int) -> None:
    tail = [] if {"id", "-id"} & set(order) else ["-id" if order[-1].startswith("-") else "id"]
    expected = list(Row.objects.order_by(*order, *tail).values_list("pk", flat=True))

    forth: list[Page[Row]] = [page(Row.objects.all(), order=order, size=size)]
    while forth[-1].next:
        forth.append(page(Row.objects.all(), order=order, after=forth[-1].next, size=size))
    back = [forth[-1]]
    while back[-1].previous:
        back.append(page(Row.objects.all(), order=order, after=back[-1].previous, size=size))

    assert [row.pk for part in forth for row in part.items] == expected
    assert forth[0].previous is None
    behind = [row.pk for part in reversed(back) for row in part.items]
    assert behind == expected
    assert len(back) == len(forth)


def test_a_page_is_one_query_however_deep(rows: None, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    cursor = page(Row.objects.all(), order=["-filed_at", "-id"], size=15).next

    with django_assert_num_queries(1):
        page(Row.objects.all(), order=["-filed_at", "-id"], after=cursor, size=15)


def test_a_deep_page_begins_in_the_index(rows: None) -> None:
    cursor = page(Row.objects.all(), order=["filed_at"], size=30).next
    with connection.cursor() as database, connection.execute_wrapper(kept := _Kept()):
        database.execute("SET LOCAL enable_seqscan = off")
        database.execute("SET LOCAL enable_sort = off")
        page(Row.objects.all(), order=["filed_at"], after=cursor)
        sql, params = kept.last
        database.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(line for (line,) in database.fetchall())

    assert "row_filed" in plan
    assert "Index Cond: (filed_at >=" in plan


class _Kept:
    """Keeps the last statement."""

    last: tuple[str, list[Any]] = ("", [])

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            self.last = (sql, params)
        return execute(sql, params, many, context)


def test_rows_that_come_or_go_do_not_shift_pages(rows: None) -> None:
    first = page(Row.objects.all(), order=["id"], size=10)
    Row.objects.filter(pk__in=[row.pk for row in first.items[:5]]).delete()

    second = page(Row.objects.all(), order=["id"], after=first.next, size=10)

    assert second.items[0].pk == first.items[-1].pk + 1


def test_an_empty_list_has_one_empty_page(rows: None) -> None:
    assert page(Row.objects.none(), order=["id"]) == Page([], None, None)


def test_nobody_gets_more_than_the_most(rows: None) -> None:
    owner = Owner.objects.create(rank=9)
    Row.objects.bulk_create(Row(owner=owner, filed_at=NOW) for _ in range(MOST))

    assert len(page(Row.objects.all(), order=["id"], size=10_000).items) == MOST
    assert len(page(Row.objects.all(), order=["id"], size=-3).items) == 1


def test_foreign_cursors_are_refused_in_words(rows: None) -> None:
    good = page(Row.objects.all(), order=["id"], size=5).next
    assert good

    for wrong in ("", "x", "é", good[:-2], good[::-1], "A" * 5000, signing.dumps([1])):
        if wrong:
            with pytest.raises(Invalid, match="第一页"):
                page(Row.objects.all(), order=["id"], after=wrong)
    with pytest.raises(Invalid, match="第一页") as caught:
        page(Row.objects.all(), order=["-id"], after=good, field="cursor")
    assert "cursor" in caught.value.fields
    assert page(Row.objects.all(), order=["id"], after="").previous is None
