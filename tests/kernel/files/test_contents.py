"""What we take, what we refuse, and what is left in what we keep."""

import struct
import zlib
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image
from pytest_django import Settings

from kernel.files import samples
from lianxin.kernel.errors import Invalid
from lianxin.kernel.files import images, queries
from lianxin.kernel.files.actions import begin, store
from lianxin.kernel.files.models import StoredFile

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)


def kept(file: StoredFile) -> bytes:
    with queries.open_file(file) as content:
        return content.read()


def test_a_photo_keeps_its_picture_and_loses_everything_else() -> None:
    file = store(samples.jpeg(taken="2026:11:20 09:30:00"), kind="photo", at=NOW)

    data = kept(file)
    image = Image.open(BytesIO(data))
    assert (file.mime, image.format, image.size) == ("image/jpeg", "JPEG", (640, 480))
    assert (file.width, file.height, file.size) == (640, 480, len(data))
    assert not dict(image.getexif())
    assert b"Secret" not in data
    assert "comment" not in image.info
    assert file.taken_at == datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    with queries.open_file(file, is_thumb=True) as content:
        thumb = Image.open(content)
        assert (thumb.format, thumb.size) == ("WEBP", (320, 240))
        assert not dict(thumb.getexif())


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_is_turned_upright(orientation: int) -> None:
    data = samples.jpeg(400, 200, orientation=orientation)
    file = store(data, kind="photo", at=NOW)

    image = Image.open(BytesIO(kept(file)))
    corners = {
        1: (20, 20),
        2: (380, 20),
        3: (380, 180),
        4: (20, 180),
        5: (20, 20),
        6: (180, 20),
        7: (180, 380),
        8: (20, 380),
    }
    assert image.size == ((400, 200) if orientation < 5 else (200, 400))
    red, green, _blue = image.getpixel(corners[orientation])  # type: ignore[misc]
    assert red > 200
    assert green < 60


@pytest.mark.parametrize("taken", ["1999:01:01 00:00:00", "2030:01:01 00:00:00", "gestern", ""])
def test_a_camera_with_a_wrong_clock_is_not_believed(taken: str) -> None:
    assert store(samples.jpeg(taken=taken), kind="photo", at=NOW).taken_at is None


def test_large_photos_are_made_smaller() -> None:
    file = store(samples.jpeg(4000, 3000), kind="photo", at=NOW)

    assert (file.width, file.height) == (3200, 2400)


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB"), ("JPEG", "CMYK"), ("JPEG", "L")]
)
def test_other_formats_and_modes_become_plain_photos(form: str, mode: str) -> None:
    file = store(samples.picture(form, mode), kind="photo", at=NOW)

    assert Image.open(BytesIO(kept(file))).mode == "RGB"


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "空"),
        (b"<html><script>alert(1)</script></html>", "不是照片"),
        (b"GIF89a" + bytes(100), "不是照片"),
        (b"%PDF-1.7" + bytes(100), "不是照片"),
        (b"MZ" + bytes(300), "不是照片"),
        (bytes(500), "不是照片"),
        (b"\xff\xd8\xff\xe0<script>alert(1)</script>" + bytes(100), "打不开"),
        (samples.jpeg()[:3000], "打不开"),
        (samples.picture("PNG")[:50], "打不开"),
        (png_that_claims(9000, 9000), "像素太多（8100 万）"),
        (png_that_claims(40_000, 40_000), "像素太多"),
        (png_that_claims(100, 100), "打不开"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(100), "HEIC"),
    ],
)
def test_hostile_and_broken_photos_are_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        store(data, kind="photo", at=NOW)

    assert not StoredFile.objects.filter(status="ready").exists()


def test_what_hides_behind_a_photo_is_left_out() -> None:
    file = store(samples.jpeg() + b"<script>PK\x03\x04hidden</script>", kind="photo", at=NOW)

    assert b"hidden" not in kept(file)


@pytest.mark.parametrize(
    ("brand", "mime", "ending"),
    [(b"isom", "video/mp4", "mp4"), (b"qt  ", "video/quicktime", "mov"), (b"3gp5", "video/3gpp", "3gp")],
)
def test_a_film_loses_its_position_but_not_its_frames(brand: bytes, mime: str, ending: str) -> None:
    data = samples.film(brand=brand)
    file = store(data, kind="video", at=NOW)

    stored = kept(file)
    assert samples.SECRET in data
    assert samples.SECRET not in stored
    assert len(stored) == len(data)
    assert stored.index(b"frames") == data.index(b"frames")
    assert (file.mime, file.kind, file.width, file.height, file.seconds) == (mime, "video", 640, 360, 12.5)
    assert not file.has_thumb


def test_tracks_that_are_neither_picture_nor_sound_are_cut_out() -> None:
    data = samples.film(samples.track(b"vide"), samples.track(b"sbtl", samples.box(b"note", b"GPS31.0,116")))
    stored = kept(store(data, kind="video", at=NOW))

    assert b"GPS" not in stored
    assert stored.count(b"trak") == 1


def test_sound_alone_is_voice_whatever_it_calls_itself() -> None:
    for brand in (b"isom", b"M4A "):
        file = store(samples.film(samples.track(b"soun"), brand=brand), kind="voice", at=NOW)
        assert (file.kind, file.mime) == ("voice", "audio/mp4")


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (b"#!AMR\n", "audio/amr"),
        (b"ID3\x03", "audio/mpeg"),
        (b"OggS", "audio/ogg"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt ", "audio/x-wav"),
    ],
)
def test_recordings_are_kept_as_they_are(head: bytes, mime: str) -> None:
    data = head + bytes(range(256)) * 4
    file = store(data, kind="voice", at=NOW)

    assert (file.kind, file.mime, kept(file)) == ("voice", mime, data)


@pytest.mark.parametrize(
    "data",
    [
        samples.film()[:-20],
        samples.film()[:60],
        samples.box(b"ftyp", b"isom") + samples.box(b"mdat", b"x"),
        samples.box(b"ftyp", b"isom") + samples.box(b"moov"),
        samples.box(b"ftyp", b"isom") + samples.box(b"mdat", b"x") + samples.box(b"moov", b"\x00\x00\x00\x01mvhd"),
        samples.box(b"ftyp", b"isom") + samples.box(b"mdat", b"x") + struct.pack(">I4s", 2**31, b"moov"),
        samples.box(b"ftyp", b"isom") + struct.pack(">I4sQ", 1, b"mdat", 2**63) + bytes(40),
        samples.film(samples.track(b"text")),
        samples.box(b"ftyp", b"isom") + samples.box(b"free") * 20_000,
    ],
)
def test_broken_films_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(Invalid, match="打不开"):
        store(data, kind="video", at=NOW)


def test_size_limits_are_told_before_anything_is_sent(settings: Settings) -> None:
    with pytest.raises(Invalid, match="照片太大（28 MB）。请压到 20 MB 以内。"):
        begin(kind="photo", size=28 * 1024 * 1024, at=NOW)
    with pytest.raises(Invalid, match=r"视频太大（100\.1 MB）"):
        begin(kind="video", size=100 * 1024 * 1024 + 1, at=NOW)
    settings.FILES_MOST_BYTES = {"voice": 1024}
    with pytest.raises(Invalid, match="录音太大"):
        begin(kind="voice", size=2048, at=NOW)


def test_content_decides_the_kind_and_its_limit(settings: Settings) -> None:
    settings.FILES_MOST_BYTES = {"voice": 100}

    with pytest.raises(Invalid, match="录音太大"):
        store(b"#!AMR\n" + bytes(500), kind="photo", at=NOW)
    assert store(samples.jpeg(), kind="video", at=NOW).kind == "photo"


def test_the_guard_of_the_library_is_set() -> None:
    assert Image.MAX_IMAGE_PIXELS == images.MOST_PIXELS


@pytest.mark.parametrize(("codecs", "is_taken"), [((b"A_OPUS",), True), ((b"V_VP8", b"A_OPUS"), False), ((), False)])
def test_a_browsers_recording_is_taken_and_its_films_are_not(codecs: tuple[bytes, ...], is_taken: bool) -> None:
    data = b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm" + b"".join(b"\x86" + name for name in codecs)

    if is_taken:
        file = store(data + bytes(900), kind="voice", at=NOW)
        assert (file.kind, file.mime) == ("voice", "audio/webm")
    else:
        with pytest.raises(Invalid):
            store(data + bytes(900), kind="voice", at=NOW)
