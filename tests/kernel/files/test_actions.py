"""Uploads in pieces, attaching, and what is thrown away."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoCaptureOnCommitCallbacks

from kernel.files import samples
from lianxin.kernel.errors import Invalid, NotFound, Refused
from lianxin.kernel.files import disk, queries
from lianxin.kernel.files.actions import attach, begin, discard, expire, receive, store
from lianxin.kernel.files.models import FileStatus, StoredFile

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
PHOTO = samples.jpeg(64, 48)

pytestmark = pytest.mark.django_db


def kept(file: StoredFile) -> bytes:
    with queries.open_file(file) as content:
        return content.read()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 300)), max_size=12))
def test_pieces_in_any_order_never_spoil_a_file(pieces: list[tuple[int, int]]) -> None:
    data = b"#!AMR\n" + bytes(n % 251 for n in range(500))
    file = begin(kind="voice", size=len(data), at=NOW)
    there = 0
    for offset, length in pieces:
        piece = data[offset : offset + length]
        if there < offset and there < len(data):  # a whole file takes no notice of more
            with pytest.raises(Refused, match=f"第 {there} 字节"):
                receive(file.key, offset=offset, data=piece, at=NOW)
        else:
            there = max(there, receive(file.key, offset=offset, data=piece, at=NOW).received)
    file = receive(file.key, offset=there, data=data[there:], at=NOW)

    assert file.status == FileStatus.READY
    assert kept(file) == data


def test_an_upload_goes_on_after_the_server_died_amid_a_piece() -> None:
    file = begin(kind="photo", size=len(PHOTO), at=NOW)
    receive(file.key, offset=0, data=PHOTO[:500], at=NOW)
    # The piece was on disk, the row not yet written: the bytes beyond are not believed.
    disk.write_piece(disk.incoming(file.key), 500, b"garbage" * 200)

    file = receive(file.key, offset=500, data=PHOTO[500:], at=NOW)

    assert file.status == FileStatus.READY
    assert not disk.incoming(file.key).exists()


def test_an_upload_is_finished_after_the_server_died_before_its_end() -> None:
    file = begin(kind="photo", size=len(PHOTO), at=NOW)
    disk.write_piece(disk.incoming(file.key), 0, PHOTO)
    StoredFile.objects.filter(pk=file.pk).update(received=len(PHOTO))

    assert receive(file.key, offset=len(PHOTO), data=b"", at=NOW).status == FileStatus.READY


def test_a_lost_disk_is_told_and_the_upload_begins_again() -> None:
    file = begin(kind="photo", size=len(PHOTO), at=NOW)
    receive(file.key, offset=0, data=PHOTO[:500], at=NOW)
    disk.remove(disk.incoming(file.key))

    with pytest.raises(Refused, match="第 0 字节"):
        receive(file.key, offset=500, data=PHOTO[500:], at=NOW)
    assert receive(file.key, offset=0, data=PHOTO, at=NOW).status == FileStatus.READY


def test_the_last_piece_sent_twice_changes_nothing() -> None:
    file = store(PHOTO, kind="photo", at=NOW)

    again = receive(file.key, offset=100, data=PHOTO[100:], at=NOW)

    assert again.status == FileStatus.READY
    assert again.sha256 == file.sha256


def test_a_refused_file_stays_refused_and_leaves_no_bytes(files_root: Path) -> None:
    file = begin(kind="photo", size=9, at=NOW)
    for _again in range(2):
        with pytest.raises(Invalid, match="不是照片"):
            receive(file.key, offset=0, data=b"<html> :)", at=NOW)

    file.refresh_from_db()
    assert file.status == FileStatus.REFUSED
    assert [path for path in files_root.rglob("*") if path.is_file()] == []
    with pytest.raises(NotFound):
        queries.open_file(file)


def test_more_than_announced_is_refused() -> None:
    file = begin(kind="photo", size=10, at=NOW)

    with pytest.raises(Invalid, match="10 字节"):
        receive(file.key, offset=0, data=b"x" * 11, at=NOW)


def test_an_announcement_sent_twice_makes_one_upload() -> None:
    key = uuid.uuid4()
    first = begin(kind="photo", size=10, key=key, by_id=5, at=NOW)

    assert begin(kind="photo", size=10, key=key, by_id=5, at=NOW).pk == first.pk
    with pytest.raises(Refused, match="另一个文件"):
        begin(kind="photo", size=10, key=key, by_id=6, at=NOW)


def test_unknown_uploads_and_words_are_told() -> None:
    with pytest.raises(NotFound, match="过期"):
        receive(uuid.uuid4(), offset=0, data=b"x", at=NOW)
    with pytest.raises(Invalid, match="照片、视频或录音"):
        begin(kind="exe", size=1, at=NOW)
    with pytest.raises(Invalid, match="标签"):
        begin(kind="photo", size=1, label="<b>", at=NOW)


def photos(count: int, **fields: str) -> list[StoredFile]:
    return [store(PHOTO, kind="photo", at=NOW, **fields) for _ in range(count)]  # type: ignore[arg-type]


def test_files_are_attached_in_order_and_once() -> None:
    first = photos(2, label="before")
    keys = [file.key for file in reversed(first)]

    attach(keys, kind="case", subject_id=17, at=NOW)
    attach(keys, kind="case", subject_id=17, at=NOW)
    later = photos(1)
    attach([later[0].key], kind="case", subject_id=17, label="after", at=NOW)

    files = queries.files_of("case", 17)
    assert [(file.key, file.position) for file in files] == [(keys[0], 1), (keys[1], 2), (later[0].key, 3)]
    assert queries.labels_of("case", 17) == {"before", "after"}
    assert queries.labels_of("case", 18) == set()
    assert queries.files_of_many("case", [17, 18]).count() == 3


def test_what_cannot_be_attached_is_told_and_nothing_changes() -> None:
    file = photos(1)[0]
    open_upload = begin(kind="photo", size=10, at=NOW)
    attach([file.key], kind="case", subject_id=1, at=NOW)
    mine = store(PHOTO, kind="photo", by_id=5, at=NOW)

    for keys, words in (
        ([file.key], "别处"),
        ([open_upload.key], "没有传完"),
        ([uuid.uuid4()], "找不到"),
        ([mine.key], "找不到"),
        ([uuid.uuid4() for _ in range(10)], "最多 9 个"),
    ):
        with pytest.raises(Invalid, match=words):
            attach(keys, kind="case", subject_id=2, by_id=6, at=NOW)
    assert not queries.files_of("case", 2).exists()
    assert attach([mine.key], kind="case", subject_id=2, by_id=5, at=NOW)[0].position == 1


def test_a_loose_file_may_be_discarded_by_its_sender_only(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, files_root: Path
) -> None:
    loose, attached = photos(2)
    attach([attached.key], kind="case", subject_id=1, at=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        discard(loose.key, by_id=9)
        assert StoredFile.objects.filter(pk=loose.pk).exists()
        discard(loose.key)
        discard(loose.key)
    with pytest.raises(Refused, match="已经提交"):
        discard(attached.key)

    assert not disk.stored(loose.key, "jpg").exists()
    assert not disk.thumb(loose.key).exists()
    assert kept(attached)


def test_what_was_left_expires(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks, files_root: Path
) -> None:
    ready, attached = photos(2)
    attach([attached.key], kind="case", subject_id=1, at=NOW)
    half = begin(kind="photo", size=1000, at=NOW)
    receive(half.key, offset=0, data=PHOTO[:100], at=NOW)
    fresh = begin(kind="photo", size=1000, at=NOW + timedelta(days=2))
    receive(fresh.key, offset=0, data=PHOTO[:100], at=NOW + timedelta(days=2))
    disk.write_piece(disk.incoming(uuid.uuid4()), 0, b"rest of a crash")

    def run(days: int) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return expire(at=NOW + timedelta(days=days))

    assert run(2) == 1
    assert {path.stem for path in (files_root / "incoming").iterdir()} == {fresh.key.hex}
    assert StoredFile.objects.filter(pk=ready.pk).exists()
    assert run(8) == 2
    assert list(StoredFile.objects.all()) == [attached]
    assert sorted(path.name for path in files_root.rglob("*") if path.is_file()) == [
        f"{attached.key.hex}.jpg",
        f"{attached.key.hex}.thumb.webp",
    ]


def test_files_lie_privately_and_under_the_root(files_root: Path) -> None:
    file = photos(1)[0]
    path = disk.stored(file.key, "jpg")

    assert path.is_relative_to(files_root)
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.parent.parent == files_root


@pytest.mark.django_db(transaction=True)
def test_two_senders_of_the_same_pieces_make_one_whole_file() -> None:
    file = begin(kind="photo", size=len(PHOTO), at=NOW)
    faults: list[Exception] = []

    def send() -> None:
        try:
            for offset in range(0, len(PHOTO), 100):
                receive(file.key, offset=offset, data=PHOTO[offset : offset + 100], at=NOW)
        except Exception as fault:  # noqa: BLE001 - told to the test
            faults.append(fault)
        finally:
            connection.close()

    senders = [Thread(target=send) for _ in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()

    file.refresh_from_db()
    assert faults == []
    assert file.status == FileStatus.READY
    assert kept(file)
