"""What went wrong, as a face shows it: an RFC 9457 problem for programs, title and sentence for a page."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from lianxin.kernel.errors import Invalid, LianxinError, Stale

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Problem:
    """One failure in words: `errors` names fields, `changes` tells what came since the version that was seen."""

    status: int
    code: str
    title: str
    detail: str
    errors: dict[str, str] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)
    version: int | None = None
    retry_after: int | None = None  # seconds

    def document(self, *, instance: str = "", request_id: str = "") -> dict[str, Any]:
        """Return it as problem+json."""
        told: dict[str, Any] = {
            "type": f"urn:lianxin:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
            "instance": instance,
            "request_id": request_id,
        }
        if self.errors:
            told["errors"] = self.errors
        if self.version is not None:
            told |= {"changes": self.changes, "version": self.version}
        return told


def problem(status: int, detail: str = "", *, code: str = "") -> Problem:
    """Return the problem of an HTTP status."""
    name, title, usual = _STATUSES.get(status, _STATUSES[500] if status >= 500 else _STATUSES[400])
    return Problem(status, code or name, _(title), detail or _(usual))


def problem_of(error: LianxinError) -> Problem:
    """Return an expected failure as a problem."""
    plain = problem(error.status, error.sentence, code=error.code)
    return Problem(
        status=plain.status,
        code=plain.code,
        title=plain.title,
        detail=plain.detail,
        errors=dict(error.fields) if isinstance(error, Invalid) else {},
        changes=list(error.changes) if isinstance(error, Stale) else [],
        version=error.version if isinstance(error, Stale) else None,
        retry_after=getattr(error, "retry_after", None),
    )


# status → code, title, the sentence when nothing better is known
_STATUSES: dict[int, tuple[str, str, str]] = {
    400: ("bad_request", "请求读不懂", "请求的格式不正确，请核对后再送。"),
    401: ("sign_in", "请先登录", "还没有登录，或登录已过期。请登录后再试。"),
    403: ("not_allowed", "不由您来做", "您的岗位不能这样做。"),
    404: ("not_found", "没有找到", "没有这个内容，或您看不到它。"),
    405: ("method_not_allowed", "不能这样用", "这个地址不接受这种请求方式。"),
    406: ("not_acceptable", "没有这种格式", "这里只提供 JSON。"),
    409: ("refused", "现在还不能", "现在不能这样做。"),
    410: ("gone", "已经没有了", "内容已经过期。"),
    412: ("precondition_failed", "条件不符", "内容已有改动，请重新读取。"),
    413: ("too_large", "内容太大", "内容太大，请减少后再送。"),
    415: ("unsupported_media_type", "格式不支持", "请用 application/json 发送。"),
    422: ("invalid", "有几项要改", "请按提示修改后再送。"),
    428: ("precondition_required", "请带上版本", "请带上您看到的版本再送。"),
    429: ("too_many", "太频繁了", "请求太频繁，请稍后再试。"),
    500: ("fault", "我们这里出了问题", "您的内容没有保存。请稍后再试；如果一直这样，请把编号告诉管理员。"),
    503: ("unavailable", "暂时忙", "服务暂时忙，请稍后再试。"),
}
