from collections.abc import Callable

import pytest
from django.db import connection, models


@pytest.fixture
def made(db: None) -> Callable[[type[models.Model]], None]:
    """Make the table of a model that exists for a test only; it goes with the test's transaction."""

    def make(model: type[models.Model]) -> None:
        with connection.schema_editor() as editor:
            editor.create_model(model)

    return make
