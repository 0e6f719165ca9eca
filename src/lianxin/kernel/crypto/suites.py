"""The two suites: AES-256-GCM with SHA-256, and the national SM4-GCM with SM3. Both authenticate."""

import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC

from lianxin.kernel.crypto.keys import Key

_NONCE = 12
_TAG = 16


class Tampered(Exception):
    """What was sealed has been changed, or was sealed for another place or under another key."""


def encrypt(key: Key, plain: bytes, context: bytes) -> bytes:
    """Return nonce, ciphertext and tag; the same plain text looks different each time."""
    nonce = os.urandom(_NONCE)
    if key.cipher == "aes":
        return nonce + AESGCM(key.encryption).encrypt(nonce, plain, context)
    cipher = Cipher(algorithms.SM4(_sm4_key(key)), modes.GCM(nonce)).encryptor()
    cipher.authenticate_additional_data(context)
    return nonce + cipher.update(plain) + cipher.finalize() + cipher.tag


def decrypt(key: Key, data: bytes, context: bytes) -> bytes:
    """Return the plain text, or raise Tampered."""
    if len(data) < _NONCE + _TAG:
        raise Tampered("Too short to have been sealed.")
    nonce, body, tag = data[:_NONCE], data[_NONCE:-_TAG], data[-_TAG:]
    try:
        if key.cipher == "aes":
            return AESGCM(key.encryption).decrypt(nonce, body + tag, context)
        cipher = Cipher(algorithms.SM4(_sm4_key(key)), modes.GCM(nonce, tag)).decryptor()
        cipher.authenticate_additional_data(context)
        return cipher.update(body) + cipher.finalize()
    except InvalidTag:
        raise Tampered("Changed, or sealed for another place or under another key.") from None


def keyed_hash(key: Key, data: bytes) -> bytes:
    """Return 32 bytes that only the holder of the key can compute."""
    if key.cipher == "aes":
        return hmac.digest(key.lookup, data, hashlib.sha256)
    state = HMAC(key.lookup, hashes.SM3())  # type: ignore[no-untyped-call, unused-ignore]
    state.update(data)
    return state.finalize()


def _sm4_key(key: Key) -> bytes:
    # SM4 takes 16 bytes; the file keeps 32 so that both suites share one form.
    return key.encryption[:16]
