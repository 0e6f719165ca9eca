"""Each test process works on a clone of the migrated template."""

import pytest
from django.conf import settings
from django.db import connection


@pytest.mark.django_db
def test_a_test_runs_on_a_migrated_clone_in_the_builtin_locale():
    with connection.cursor() as cursor:
        cursor.execute(
            "select datlocprovider, datlocale, current_setting('jit') from pg_database where datname = %s",
            [connection.settings_dict["NAME"]],
        )
        assert cursor.fetchone() == ("b", "C.UTF-8", "off")
        cursor.execute("select count(*) from django_migrations")
        assert cursor.fetchone()[0] > 0
    assert connection.settings_dict["NAME"] in settings.DATABASE_URL
