"""`lianxin rotate_keys`: a fresh key for what is sealed, and everything sealed anew under it while people work on."""

import argparse
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from lianxin.kernel.crypto import keys, rotation
from lianxin.kernel.crypto.sealing import key_path, key_ring

_SETTLE = 2.0  # seconds in which a running process that read the old ring has surely ended its transaction
_ROUNDS = 100


class Command(BaseCommand):
    """Add a key and reseal; stopped halfway it is only called again, with `--resume`."""

    help = "换一把新密钥，并在服务运行时把已加密的内容逐批重新加密"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Take the suite of the new key, or what to do instead of adding one."""
        parser.add_argument("--cipher", choices=keys.CIPHERS, help="新密钥用的算法；默认与现在的相同")
        parser.add_argument("--resume", action="store_true", help="不加新密钥，只把还没换完的换完")
        parser.add_argument("--status", action="store_true", help="只看各列还有多少没换")

    def handle(self, *_args: Any, cipher: str | None, resume: bool, status: bool, **_options: Any) -> None:
        """Do it and tell."""
        if status:
            self._tell_state()
            return
        if not resume:
            added = keys.add(key_path(), cipher or key_ring().active.cipher)
            self.stdout.write(_("新密钥 {key} 已启用。请马上备份密钥文件 {path}。").format(key=added, path=key_path()))
            time.sleep(_SETTLE)
        for _round in range(_ROUNDS):
            changed = rotation.reseal_all(self._told)
            if not changed and not self._left():
                self.stdout.write(_("全部换完。旧密钥仍要保留：编号等由第一把密钥推算。"))
                return
            time.sleep(_SETTLE)
        raise CommandError(_("还有内容正被占用，没有换完。请稍后用 --resume 再运行。"))

    def _told(self, label: str, rows: int) -> None:
        if rows:
            self.stdout.write(f"{label}: {rows:,}")

    def _left(self) -> int:
        return sum(column.stale().count() for column in rotation.columns())

    def _tell_state(self) -> None:
        self.stdout.write(
            _("现用密钥：{key}（{cipher}）").format(key=key_ring().active.id, cipher=key_ring().active.cipher)
        )
        for column in rotation.columns():
            self.stdout.write(f"{column.label}: {column.stale().count():,}")
