"""Reads put together for pages, exports and the API. Each says how many statements it takes."""

from .page import CasePage, case_page, find
from .public import PublicStep, public_steps, public_view
from .queue import Filters, counts, queue, queue_counts
from .similar import Likeness, similar, similar_to
from .stuck import Dwell, StageDwell, funnel, where_stuck
from .things import component_cases, open_counts
from .trace import TraceLine, trace

__all__ = [
    "CasePage", "Dwell", "Filters", "Likeness", "PublicStep", "StageDwell", "TraceLine",
    "case_page", "component_cases", "counts", "find",
    "funnel", "open_counts", "public_steps", "public_view", "queue", "queue_counts", "similar", "similar_to",
    "trace", "where_stuck",
]  # fmt: skip
