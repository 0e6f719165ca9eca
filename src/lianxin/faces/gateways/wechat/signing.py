"""The signature of a page, as WeChat's documents give it: SHA-1 over four values in the order of their names. Pure."""

from hashlib import sha1


def signature(*, ticket: str, nonce: str, timestamp: int, url: str) -> str:
    """Return the signature of an address, whose part after # does not count."""
    plain = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url.partition('#')[0]}"
    return sha1(plain.encode(), usedforsecurity=False).hexdigest()
