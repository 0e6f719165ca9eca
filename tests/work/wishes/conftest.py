"""Tests of the mailbox begin at its desk."""

from mailbox_desk import mailbox  # noqa: F401 - a fixture
