from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from lianxin.kernel.crypto import keys, sealing
from lianxin.kernel.crypto.fields import EncryptedTextField
from lianxin.kernel.crypto.rotation import reseal

PHONE = "13812345678"


class SealedNote(models.Model):
    phone = EncryptedTextField(null=True, context="tests.note.phone", hashed_in="phone_hash", hash_context="here")
    phone_hash = models.BinaryField(null=True)
    objects: ClassVar[models.Manager["SealedNote"]] = models.Manager()

    class Meta:
        app_label = "tests_crypto"


@pytest.fixture(params=["aes", "sm4"])
def key_file(request: pytest.FixtureRequest, tmp_path: Path, settings: Settings) -> Path:
    """Each test runs with both suites."""
    path = tmp_path / "keys.json"
    keys.generate(path, request.param)
    settings.KEYS_FILE = path
    return path


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_what_is_sealed_opens_again(key_file: Path, plain: str) -> None:
    plain = plain.encode("utf-8", "ignore").decode()

    assert sealing.open_sealed(sealing.seal(plain, "here"), "here") == plain


def test_equal_texts_look_different(key_file: Path) -> None:
    one, other = sealing.seal(PHONE, "here"), sealing.seal(PHONE, "here")

    assert one != other
    assert PHONE.encode() not in one
    assert one.startswith(b"k1:")


def test_a_sealed_value_opens_in_its_place_only(key_file: Path) -> None:
    with pytest.raises(sealing.Tampered):
        sealing.open_sealed(sealing.seal(PHONE, "accounts.phone"), "cases.phone")


def test_any_changed_byte_is_noticed(key_file: Path) -> None:
    sealed = sealing.seal(PHONE, "here")

    for place in range(len(sealed)):
        broken = bytes([*sealed[:place], sealed[place] ^ 1, *sealed[place + 1 :]])
        with pytest.raises(sealing.Tampered):
            sealing.open_sealed(broken, "here")
    for short in (b"", b"k1:", sealed[:-1], sealed[:20]):
        with pytest.raises(sealing.Tampered):
            sealing.open_sealed(short, "here")


def test_the_blind_index_finds_equal_values(key_file: Path) -> None:
    index = sealing.blind_index(PHONE, "accounts.phone")

    assert index == sealing.blind_index(" 138 1234 5678", "accounts.phone")
    assert sealing.blind_index("11010519491231002x", "id") == sealing.blind_index("11010519491231002X", "id")
    assert index.hash != sealing.blind_index("13812345679", "accounts.phone").hash
    assert index.hash != sealing.blind_index(PHONE, "people.phone").hash
    assert index.key_id == "k1"
    assert len(index.hash) == 32


def test_after_a_rotation_old_values_open_and_are_found(key_file: Path) -> None:
    sealed, index = sealing.seal(PHONE, "here"), sealing.blind_index(PHONE, "here")
    derived = sealing.secret("numbers")

    keys.add(key_file, "sm4")

    assert sealing.seal(PHONE, "here").startswith(b"k2:")
    assert sealing.open_sealed(sealed, "here") == PHONE
    assert index.hash in sealing.blind_indexes(PHONE, "here")
    assert sealing.blind_index(PHONE, "here").key_id == "k2"
    assert sealing.secret("numbers") == derived


def test_secrets_differ_by_purpose(key_file: Path) -> None:
    assert len(sealing.secret("numbers")) == 32
    assert sealing.secret("numbers") != sealing.secret("cursors")


def test_a_missing_file_stops_a_real_installation(tmp_path: Path, settings: Settings) -> None:
    settings.KEYS_FILE = tmp_path / "gone.json"
    settings.KEYS_ARE_MADE = False

    with pytest.raises(ImproperlyConfigured, match="backup"):
        sealing.seal(PHONE, "here")


def test_a_missing_file_is_made_for_demo_and_tests(tmp_path: Path, settings: Settings) -> None:
    settings.KEYS_FILE = tmp_path / "new.json"
    settings.KEYS_ARE_MADE = True

    assert sealing.open_sealed(sealing.seal(PHONE, "here"), "here") == PHONE


def test_sm3_and_sm4_are_the_national_ones() -> None:
    digest = hashes.Hash(hashes.SM3())
    digest.update(b"abc")
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    block = Cipher(algorithms.SM4(key), modes.ECB()).encryptor()  # noqa: S305 - one block, as the standard's example

    assert digest.finalize().hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert block.update(key).hex() == "681edf34d206965e86b3e94f536e4246"


def test_the_field_is_sealed_in_the_database(key_file: Path, made: Callable[[type[models.Model]], None]) -> None:
    made(SealedNote)
    note = SealedNote.objects.create(phone=PHONE)
    SealedNote.objects.bulk_create([SealedNote(phone=None), SealedNote(phone="13900000000")])
    SealedNote.objects.filter(pk=note.pk).update(phone="13700000000")

    assert list(SealedNote.objects.order_by("pk").values_list("phone", flat=True)) == [
        "13700000000",
        None,
        "13900000000",
    ]
    assert SealedNote.objects.filter(phone__isnull=False).count() == 2
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT phone FROM {SealedNote._meta.db_table} WHERE id = %s", [note.pk])
        raw = bytes(cursor.fetchone()[0])
    assert raw.startswith(b"k1:")
    assert b"137" not in raw
    assert b64encode(b"13700000000") not in raw


def test_comparing_a_sealed_field_is_a_bug(key_file: Path) -> None:
    with pytest.raises(Exception, match="exact"):
        list(SealedNote.objects.filter(phone=PHONE))


def test_resealing_moves_all_rows_to_the_active_key(key_file: Path, made: Callable[[type[models.Model]], None]) -> None:
    made(SealedNote)
    phones = [f"138{n:08d}" for n in range(23)]
    hashes = [sealing.blind_index(phone, "here").hash for phone in phones]
    SealedNote.objects.bulk_create(
        [SealedNote(phone=phone, phone_hash=hashed) for phone, hashed in zip(phones, hashes, strict=True)]
    )
    SealedNote.objects.create(phone=None)
    keys.add(key_file)

    assert reseal(SealedNote, "phone", batch=5) == 23
    assert reseal(SealedNote, "phone") == 0
    assert SealedNote.objects.filter(phone__sealed_with="k2").count() == 23
    found = SealedNote.objects.get(phone_hash__in=sealing.blind_indexes("13800000007", "here"))
    assert found.phone == "13800000007"
