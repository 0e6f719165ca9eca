"""Text messages (短信): to the file outbox, or to a gateway that takes JSON over HTTP."""

from http import HTTPStatus

import httpx
from django.conf import settings

from lianxin.foundation.accounts.models import Account
from lianxin.foundation.notifications.channels import outbox
from lianxin.foundation.notifications.channels.words import Outgoing, Undeliverable

_SECONDS = 10


class Sms:
    """`SMS_URL` empty: file outbox. Else each text is posted there as `{"key", "phone", "text"}` with a bearer key.

    A gateway of another form gets a small bridge in front of it; phones and texts never go to a log.
    """

    name = "sms"
    label = "短信"

    def address_of(self, account: Account) -> str | None:
        """Return the account's phone."""
        return account.phone

    def send(self, message: Outgoing) -> None:
        """Hand the text over; 4xx answers are final, except 408 and 429."""
        if not settings.SMS_URL:
            outbox.write(self.name, message)
            return
        text = f"{message.title} {message.body}".strip()
        answer = httpx.post(
            settings.SMS_URL,
            json={"key": message.key, "phone": message.address, "text": text},
            headers={"Authorization": f"Bearer {settings.SMS_KEY}"},
            timeout=_SECONDS,
        )
        passing = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS}
        if answer.is_client_error and answer.status_code not in passing:
            raise Undeliverable(f"The gateway refused it: {answer.status_code}.")
        answer.raise_for_status()
