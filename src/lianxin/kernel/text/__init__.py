"""Chinese text: cleaning, searching, comparing, masking, and finding what should not be public."""

from lianxin.kernel.text.cleaning import clean
from lianxin.kernel.text.masking import mask_id, mask_name, mask_phone
from lianxin.kernel.text.personal import Finding, is_identity_number, looks_personal
from lianxin.kernel.text.pinyin import initials, spelling
from lianxin.kernel.text.search import beginning, search_query, search_vector
from lianxin.kernel.text.words import bigrams, likeness

__all__ = [
    "Finding",
    "beginning",
    "bigrams",
    "clean",
    "initials",
    "is_identity_number",
    "likeness",
    "looks_personal",
    "mask_id",
    "mask_name",
    "mask_phone",
    "search_query",
    "search_vector",
    "spelling",
]
