"""`lianxin worker`: run queued and periodic jobs."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector

PATIENCE = 10.0  # seconds a job may still take when the worker is asked to stop; then it is run again by another


class Command(BaseCommand):
    """Run jobs until SIGTERM, on a connection of its own (LISTEN needs one that no pooler shares)."""

    help = "Run queued and periodic jobs. Runs until SIGTERM."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take how many jobs may run at once: two, so that clocks go on ticking while a big table is brought in."""
        parser.add_argument("--concurrency", type=int, default=2)

    def handle(self, *_: Any, concurrency: int, **__: Any) -> None:
        """Run until asked to stop."""
        connector = app.connector
        if not isinstance(connector, DjangoConnector):
            raise TypeError("Jobs are kept in Django's database.")
        with app.replace_connector(connector.get_worker_connector()) as running:
            running.run_worker(concurrency=concurrency, shutdown_graceful_timeout=PATIENCE, delete_jobs="successful")
