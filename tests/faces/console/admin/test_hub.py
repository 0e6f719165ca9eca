"""管理: each card for those who may go there, with what needs a look."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lianxin.foundation.accounts.models import Elevation

pytestmark = pytest.mark.django_db


def test_each_sees_its_own_cards_and_worries(sign_in: Any, desk: Any) -> None:
    Elevation.objects.create(
        account_id=desk.cast.seat.account_id,
        permissions=["audit.read"],
        reason="查",
        minutes=30,
        requested_at=datetime.now(UTC),
    )

    admin = sign_in("admin").get("/console/admin/").content.decode()
    auditor = sign_in("auditor").get("/console/admin/").content.decode()

    assert "1 件临时授权等批准" in admin
    assert "派遣学习" in admin
    assert "审计" in auditor
    assert "人员" not in auditor
    assert sign_in("handler").get("/console/admin/").status_code == 403
