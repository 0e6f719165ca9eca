"""The blocks of the big screen; to add one: a module here, a line below, a template in `templates/screen/widgets`."""

from . import cases, charts, field, figures, land, things  # noqa: F401
