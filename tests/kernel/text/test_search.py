from collections.abc import Callable
from typing import ClassVar, cast

import pytest
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import connection, models
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.text import beginning, search_query, search_vector


class Page(models.Model):
    text = models.TextField()
    words = SearchVectorField(null=True)
    objects: ClassVar[models.Manager["Page"]] = models.Manager()

    class Meta:
        app_label = "tests_text"
        indexes = [GinIndex(fields=["words"], name="page_words")]


TEXTS = [
    "桐城市文昌街道龙眠路路灯不亮",
    "城市管理：占道经营",
    "龙眠路128号A12栋路面塌陷",
    "O'Reilly \\ 'quoted' 100%",
    "市城",
]


@pytest.fixture
def pages(made: Callable[[type[models.Model]], None]) -> None:
    made(Page)
    Page.objects.bulk_create([Page(text=text, words=search_vector(text)) for text in TEXTS])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("路灯", [0]),
        ("龙眠路", [0, 2]),
        ("桐城市", [0]),
        ("城市", [0, 1]),
        ("桐市", []),
        ("城", [0, 1, 4]),  # also at the very end of a stretch
        ("亮", [0]),
        ("龙眠路 塌陷", [2]),
        ("塌陷，龙眠", [2]),
        ("a1", [2]),
        ("Ａ１２", [2]),
        ("128", [2]),
        ("o'reilly", [3]),
        ("quoted", [3]),
        ("不在这里", []),
        ("！？", []),
        ("", []),
    ],
)
def test_search_finds_what_was_written(pages: None, asked: str, found: list[int]) -> None:
    hits = Page.objects.filter(words__has_words=asked).order_by("pk")

    assert [TEXTS.index(page.text) for page in hits] == found


def test_the_index_answers(pages: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")

    assert "page_words" in Page.objects.filter(words__has_words="路灯").explain()


def test_long_texts_stay_within_what_the_database_takes(pages: None) -> None:
    page = Page.objects.create(text="长", words=search_vector("龙眠路的灯，" * 20_000 + "x" * 100_000))

    assert Page.objects.filter(words__has_words="龙眠路", pk=page.pk).exists()


@pytest.mark.django_db
@given(st.text(max_size=60))
def test_any_text_makes_literals_that_the_database_reads(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::tsvector @@ %s::tsquery", [search_vector(text), search_query(text) or "'x'"])
        row = cursor.fetchone()

    assert row[0] is (search_query(text) != "")


@given(text=st.text(min_size=1, max_size=4), rest=st.text(max_size=3), other=st.text(max_size=5))
def test_a_beginning_is_the_range_of_all_that_begins_so(text: str, rest: str, other: str) -> None:
    # The builtin locale C.UTF-8 compares as Python does, character by character.
    bounds: dict[str, str] = dict(cast("list[tuple[str, str]]", beginning("name", text).children))
    low, high = bounds["name__gte"], bounds.get("name__lt")

    assert low <= text + rest
    if high is None:
        assert bounds["name__startswith"] == text
    else:
        assert text + rest < high
        assert (low <= other < high) == other.startswith(text)
