"""PostgreSQL's own programs for dumping and restoring, of the version the wheel brings."""

import os
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from lianxin.operations.supervisor.postgres import programs_for

from .manifest import BackupError

_NAMES = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
_NAMES |= {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT"}


def run(program: str, *arguments: str, url: str, log: Path | None = None) -> None:
    """Run a program against the database of `url`; the password goes by the environment, which others cannot read."""
    told = conninfo_to_dict(url)
    environment = os.environ | {_NAMES[name]: str(value) for name, value in told.items() if name in _NAMES}
    command = [str(programs_for(None) / program), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if log:
        log.write_text(done.stderr, encoding="utf-8")
    if done.returncode:
        raise BackupError(f"{program} 没有成功：{done.stderr.strip()[-800:]}")
