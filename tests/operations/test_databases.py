"""Each test process works on a clone of the migrated template."""

import pytest
from django.conf import settings
from django.db import connection


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table}")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_test_runs_on_a_migrated_clone_in_the_builtin_locale():
    with connection.cursor() as cursor:
        name = connection.settings_dict["NAME"]
        cursor.execute(
            "select datlocprovider, datlocale, current_setting('jit') from pg_database where datname = %s", [name]
        )
        assert cursor.fetchone() == ("b", "C.UTF-8", "off")
    assert _count("django_migrations") > 0
    assert name in settings.DATABASE_URL


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["first", "second"])
def test_what_a_test_commits_is_gone_for_the_next_even_where_django_manages_no_table(time):
    assert (_count("outbox"), _count("feed_head")) == (0, 1)

    with connection.cursor() as cursor:
        cursor.execute("insert into outbox (entry_id, at) values (1, now())")
        cursor.execute("delete from feed_head")
