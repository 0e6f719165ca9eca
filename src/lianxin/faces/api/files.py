"""Photos, videos and recordings: sent in pieces that may be repeated, read by who may see what they show."""

from typing import Annotated, Literal
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from lianxin.faces.acts import limits, showing  # noqa: F401 - registers who sees which files
from lianxin.faces.acts.kinds import BIGGEST_ID
from lianxin.faces.acts.seeing import INNER_LABELS, is_inside, may_see_file
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound
from lianxin.kernel.files import actions, queries
from lianxin.kernel.files.models import StoredFile
from lianxin.work.cases.models import Case

from .calling import Call, Failure, answer, dressed, is_unchanged, unchanged
from .routes import Route, route
from .shapes import FileOut, file_out

router = Router(tags=["照片、视频"])
_OFFSET = {"Upload-Offset": "From which byte this piece begins."}
Label = Annotated[str, Field(pattern="^[a-z_]{0,20}$", title="照片说明标签，如 before_near、after_far")]


class UploadIn(BaseModel):
    """An upload that is announced; `key` may be made by the client, so that announcing again changes nothing."""

    model_config = ConfigDict(extra="forbid")
    kind: Annotated[Literal["photo", "video", "voice"], Field(title="类型")]
    size: Annotated[int, Field(ge=1, le=BIGGEST_ID, title="字节数")]
    label: Label = ""
    key: UUID | None = None


@route(router, "POST", "/files", "开始上传", out=FileOut, status=201, rules=Route(body=UploadIn))
def begin(call: Call, data: UploadIn) -> HttpResponse:
    """Announce an upload; then send its bytes by PATCH."""
    limits.count_upload(call.actor, call.address, at=call.at)
    file = actions.begin(
        kind=data.kind, size=data.size, label=data.label, by_id=call.actor.account_id, key=data.key, at=call.at
    )
    return answer(file_out(file), status=201, Location=f"/api/v1/files/{file.key}", Upload_Offset=str(file.received))


@route(router, "HEAD", "/files/{key}", "已收到多少", out=None)
def progress(call: Call, key: str) -> HttpResponse:
    """Tell in Upload-Offset how many bytes have come, to go on from there after a break."""
    file = _own(call, key)
    return dressed(HttpResponse(), Upload_Offset=str(file.received), Upload_Length=str(file.size))


@route(router, "PATCH", "/files/{key}", "传一段", out=FileOut, rules=Route(headers=_OFFSET))
def receive(call: Call, key: str) -> HttpResponse:
    """Take the bytes that begin at Upload-Offset (application/offset+octet-stream, at most 2 MB a piece)."""
    file = _own(call, key)
    if call.request.content_type not in {"application/offset+octet-stream", "application/octet-stream"}:
        raise Failure(415, _("请用 application/offset+octet-stream 发送文件内容。"), code="unsupported_media_type")
    done = actions.receive(file.key, offset=_offset(call), data=call.raw(), at=call.at)
    return answer(file_out(done), Upload_Offset=str(done.received))


def _offset(call: Call) -> int:
    given = call.request.headers.get("Upload-Offset", "0")
    if not (given.isascii() and given.isdecimal() and len(given) <= 15):
        raise Invalid({"Upload-Offset": _("请写明这一段从第几字节开始。")})
    return int(given)


def _key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Failure(404) from None


def _own(call: Call, key: str) -> StoredFile:
    """Return an upload of the caller's; of one that nobody signed in began, the key itself is the proof."""
    file = queries.find(_key(key))
    if file.subject_id is not None or file.created_by_id not in {None, call.actor.account_id}:
        raise NotFound(_("没有这个上传，可能已经过期。请重新选择文件。"))
    return file


class LabelIn(BaseModel):
    """What a photo shows."""

    model_config = ConfigDict(extra="forbid")
    files: Annotated[list[UUID], Field(min_length=1, max_length=9, title="照片、视频")]
    label: Annotated[Label | None, Field(title="说明标签")] = None


class FilesOut(BaseModel):
    """The files of a case in their order."""

    items: list[FileOut]


@route(router, "POST", "/cases/{number}/files", "给案件加照片", out=FilesOut, rules=Route(body=LabelIn))
def attach(call: Call, number: str, data: LabelIn) -> HttpResponse:
    """Attach uploaded files to a case as evidence (staff); reporters add theirs by the act `add`."""
    case = _case(call, number)
    if not is_inside(call.actor, case):
        raise NotAllowed("inside", _("请用“补充”来加照片。"))
    actions.attach(
        data.files, kind="case", subject_id=case.pk, label=data.label, by_id=call.actor.account_id, at=call.at
    )
    return _listed(call, case)


@route(router, "GET", "/cases/{number}/files", "案件的照片", out=FilesOut, name="of_case")
def of_case(call: Call, number: str) -> HttpResponse:
    """List the files of a case that the caller may see."""
    return _listed(call, _case(call, number))


def _case(call: Call, number: str) -> Case:
    case = Case.objects.visible_to(call.actor).filter(number=number).first()
    if case is None:
        raise NotFound(_("没有这个案件，或不在您的辖区。"))
    return case


def _listed(call: Call, case: Case) -> HttpResponse:
    inside = is_inside(call.actor, case)
    files = [file for file in queries.files_of("case", case.pk) if inside or file.label not in INNER_LABELS]
    return answer(FilesOut(items=[file_out(file) for file in files]))


@route(router, "GET", "/files/{key}", "下载", media="application/octet-stream")
def content(call: Call, key: str) -> HttpResponse:
    """Give the bytes of a file to who may see the case it belongs to."""
    return _bytes(call, key, is_thumb=False)


@route(router, "GET", "/files/{key}/thumb", "缩略图", media="image/webp")
def thumb(call: Call, key: str) -> HttpResponse:
    """Give the small picture of a photo."""
    return _bytes(call, key, is_thumb=True)


def _bytes(call: Call, key: str, *, is_thumb: bool) -> HttpResponse:
    file = _readable(call, key)
    etag = f"{file.sha256[:32]}{'-t' if is_thumb else ''}"
    if is_unchanged(call, etag):
        return unchanged(etag)
    # The browser must show it as what we found it to be, in no page of ours.
    response = FileResponse(
        queries.open_file(file, is_thumb=is_thumb), content_type="image/webp" if is_thumb else file.mime
    )
    name = content_disposition_header(as_attachment=False, filename=f"{file.key}") or "inline"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return dressed(response, etag=etag, Content_Disposition=name)  # type: ignore[arg-type]


def _readable(call: Call, key: str) -> StoredFile:
    file = queries.find(_key(key))
    if file.subject_id is None:
        return _own(call, key)
    if not may_see_file(call.actor, file):
        raise NotFound(_("没有这个文件，可能已经过期。"))
    return file
