"""Photos by API: in pieces, after breaks, refused in words, and read only by who sees the case."""

import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from lianxin.kernel.files.models import StoredFile

PIECE = "application/offset+octet-stream"


def picture(size: tuple[int, int] = (400, 300)) -> bytes:
    """Return a photo that says where it was taken."""
    content = io.BytesIO()
    photo = Image.effect_noise(size, 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    photo.save(content, "JPEG", exif=exif)
    return content.getvalue()


def send(who: Any, data: bytes, *, kind: str = "photo", label: str = "", pieces: int = 2) -> str:
    """Upload in pieces and return the key."""
    begun = who.post("/files", {"kind": kind, "size": len(data), "label": label})
    assert begun.status_code == 201, begun.json()
    key = str(begun.json()["key"])
    step = -(-len(data) // pieces)
    for offset in range(0, len(data), step):
        answer = who.raw("PATCH", f"/files/{key}", data[offset : offset + step], PIECE, upload_offset=str(offset))
        assert answer.status_code == 200, answer.json()
    return key


def test_a_photo_comes_in_pieces_with_the_report(
    cast: Any, stranger: Any, seat: Any, caller: Callable[[str], Any]
) -> None:
    key = send(stranger, picture(), label="before_near")
    told = stranger.report(files=[key]).json()
    number = told["number"]

    listed = seat.get(f"/cases/{number}/files").json()["items"]
    assert [(file["key"], file["label"], file["status"]) for file in listed] == [(key, "before_near", "ready")]
    photo, small = seat.get(f"/files/{key}"), seat.get(f"/files/{key}/thumb")
    assert (photo["Content-Type"], small["Content-Type"]) == ("image/jpeg", "image/webp")
    assert b"SECRET CAMERA" not in photo.getvalue()
    assert small.getvalue()
    assert photo["X-Content-Type-Options"] == "nosniff"
    assert seat.get(f"/files/{key}", if_none_match=photo["ETag"]).status_code == 304
    by_key = type(stranger)(bearer=told["key"])
    assert by_key.get(f"/files/{key}").getvalue()
    assert [file["key"] for file in by_key.get(f"/reports/{number}").json()["files"]] == [key]
    for other in (stranger, caller("grid_worker_next_door"), caller("handler")):
        assert other.get(f"/files/{key}").status_code == 404
        assert other.get(f"/files/{key}/thumb").status_code == 404


def test_an_upload_goes_on_where_it_broke_off(cast: Any, resident: Any) -> None:
    data = picture()
    key = resident.post("/files", {"kind": "photo", "size": len(data)}).json()["key"]
    resident.raw("PATCH", f"/files/{key}", data[:500], PIECE, upload_offset="0")

    there = resident.raw("HEAD", f"/files/{key}")
    gap = resident.raw("PATCH", f"/files/{key}", data[900:], PIECE, upload_offset="900")
    repeated = resident.raw("PATCH", f"/files/{key}", data[:500], PIECE, upload_offset="0")
    rest = resident.raw("PATCH", f"/files/{key}", data[500:], PIECE, upload_offset="500")

    assert (there["Upload-Offset"], there["Upload-Length"]) == ("500", str(len(data)))
    assert (gap.status_code, gap.json()["code"]) == (409, "upload_offset")
    assert gap.json()["detail"] == "上传不连续，请从第 500 字节继续。"
    assert repeated.json()["received"] == 500
    assert rest.json()["status"] == "ready"


def test_an_upload_announced_twice_is_one(cast: Any, resident: Any, stranger: Any) -> None:
    told = {"kind": "photo", "size": 100, "key": str(uuid4())}

    first, again = resident.post("/files", told), resident.post("/files", told)
    theirs = stranger.post("/files", told)

    assert first.json() == again.json()
    assert (theirs.status_code, theirs.json()["code"]) == (409, "upload_key")
    assert StoredFile.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "field", "words"),
    [
        ({"kind": "photo", "size": 0}, "size", "不能小于 1"),
        ({"kind": "photo", "size": -5}, "size", "不能小于 1"),
        ({"kind": "photo", "size": 10**30}, "size", "不能大于"),
        ({"kind": "photo", "size": 28 * 1024 * 1024}, "file", "照片太大（28 MB）。请压到 20 MB 以内。"),
        ({"kind": "program", "size": 10}, "kind", "没有这个选项。"),
        ({"kind": "photo", "size": "big"}, "size", "这里要填整数。"),
        ({"kind": "photo", "size": 10, "label": "../../x"}, "label", "有不能识别的字符"),
        ({"kind": "photo", "size": 10, "key": "x"}, "key", "编号格式不正确"),
    ],
)
def test_what_we_do_not_take_is_told_before_it_is_sent(
    cast: Any, stranger: Any, told: dict[str, Any], field: str, words: str
) -> None:
    answer = stranger.post("/files", told)

    assert answer.status_code == 422
    assert words in answer.json()["errors"][field]
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    "data", [b"<html><script>alert(1)</script></html>", b"MZ\x90\x00" + bytes(500), b"\xff\xd8\xff\xe0" + bytes(300)]
)
def test_what_only_calls_itself_a_photo_is_refused(cast: Any, stranger: Any, data: bytes) -> None:
    key = stranger.post("/files", {"kind": "photo", "size": len(data)}).json()["key"]

    answer = stranger.raw("PATCH", f"/files/{key}", data, PIECE, upload_offset="0")

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["file"]
    assert stranger.get(f"/files/{key}").status_code == 404
    assert stranger.report(files=[key]).status_code == 422


def test_pieces_of_any_shape_are_answered(cast: Any, stranger: Any) -> None:
    key = stranger.post("/files", {"kind": "photo", "size": 100}).json()["key"]

    def piece(body: bytes, kind: str = PIECE, offset: str = "0") -> int:
        return int(stranger.raw("PATCH", f"/files/{key}", body, kind, upload_offset=offset).status_code)

    assert piece(b"a", "application/json") == 415
    assert piece(b"a" * 101) == 422
    assert piece(b"a" * 3_000_000) == 413
    assert piece(b"a", offset="-1") == piece(b"a", offset="x") == piece(b"a", offset="9" * 30) == 422
    assert stranger.raw("PATCH", f"/files/{uuid4()}", b"a", PIECE).status_code == 404
    assert stranger.raw("PATCH", "/files/x", b"a", PIECE).status_code == 404


def test_evidence_lets_a_case_be_handled_and_papers_stay_inside(
    handled: str, resident: Any, caller: Callable[[str], Any]
) -> None:
    handler = caller("handler")
    photo, paper = send(handler, picture(), label="after_near"), send(handler, picture())

    answer = handler.post(f"/cases/{handled}/files", {"files": [photo]})
    papers = handler.post(f"/cases/{handled}/files", {"files": [paper], "label": "document"})

    assert answer.json()["items"][0]["label"] == "after_near"
    assert [file["label"] for file in papers.json()["items"]] == ["after_near", "document"]
    assert [file["key"] for file in resident.get(f"/cases/{handled}/files").json()["items"]] == [photo]
    assert resident.get(f"/files/{paper}").status_code == 404
    assert resident.post(f"/cases/{handled}/files", {"files": [photo]}).status_code == 403


def test_nobody_takes_anothers_upload(cast: Any, number: str, resident: Any, seat: Any) -> None:
    key = send(resident, picture())

    assert seat.get(f"/files/{key}").status_code == 404
    assert seat.post(f"/cases/{number}/files", {"files": [key]}).status_code == 422
    assert resident.post(f"/cases/{number}/add", {"note": "照片", "files": [key]}).status_code == 200
