"""E-mail: to the file outbox, or by SMTP."""

from django.conf import settings
from django.core.mail import EmailMessage

from lianxin.foundation.accounts.models import Account
from lianxin.foundation.notifications.channels import outbox
from lianxin.foundation.notifications.channels.words import Outgoing


class Email:
    """`EMAIL_HOST` empty: file outbox. Else Django's SMTP backend sends it with the key as Message-ID."""

    name = "email"
    label = "电子邮件"

    def address_of(self, account: Account) -> str | None:
        """Return the address the account has given in its preferences."""
        return account.preferences.get("email") or None

    def send(self, message: Outgoing) -> None:
        """Hand the letter over."""
        if not settings.EMAIL_HOST:
            outbox.write(self.name, message)
            return
        text = f"{message.body}\n\n{message.link}".strip()
        headers = {"Message-ID": f"<{message.key}@lianxin>"}
        # One line only: a break in a title would begin another header.
        title = " ".join(message.title.split())
        EmailMessage(title, text, to=[message.address], headers=headers).send()
