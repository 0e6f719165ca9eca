"""Back from three days in the hills: one phone brings 500 reports with two photos each in one go, as the app does.

The client keeps to what the app does: twenty records' photos two at a time in pieces of 768 kB, then these records in
a batch, and so on; what it does is counted. Two web workers and PostgreSQL with durable commits take it.
"""

import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from PIL import Image, ImageFilter

from bench.counties import county
from bench.figures import Figure, Size, say, told
from bench.servers import Template, cloned, server
from bench.serving import prepare, web
from bench.sync import child, seed
from bench.usage import usage

RECORDS, PHOTOS = 500, 2
STRETCH, LANES, PIECE = 20, 2, 768 * 1024  # as the app's store/sending.ts, store/uploads.ts and store/queue.ts
SIDES = (1600, 1200)  # pixels of a photo

Json = dict[str, Any]


@dataclass
class Phone:
    """A client that counts what it asks."""

    site: str
    session: Json
    requests: int = 0
    sent: int = 0  # bytes of bodies
    _token: str = ""
    _client: httpx.Client = field(default_factory=httpx.Client)

    def begin(self) -> None:
        """Connect and learn the token."""
        cookies = {self.session["cookie"]: self.session["key"]}
        self._client = httpx.Client(base_url=self.site, timeout=300, cookies=cookies)
        self._token = self.ask("GET", "/api/v1/me").json()["csrf_token"]

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> httpx.Response:
        """Send one request; raise unless it is taken."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Content-Type": "application/json", "X-CSRFToken": self._token, "Referer": self.site} | named
        answer = self._client.request(method, path, content=body, headers=sent)
        answer.raise_for_status()
        self.requests += 1
        self.sent += len(body)
        return answer

    def photo(self, key: str, content: bytes) -> None:
        """Announce a photo and send it in pieces."""
        announced = {"kind": "photo", "size": len(content), "label": "before_near", "key": key}
        self.ask("POST", "/api/v1/files", json.dumps(announced).encode())
        for offset in range(0, len(content), PIECE):
            self.ask(
                "PATCH", f"/api/v1/files/{key}", content[offset : offset + PIECE],
                Content_Type="application/offset+octet-stream", Upload_Offset=str(offset),
            )  # fmt: skip

    def batch(self, records: list[Json]) -> None:
        """Send records; raise unless all are taken."""
        body = json.dumps({"device_now": datetime.now(UTC).isoformat(), "records": records}, ensure_ascii=False)
        outcomes = self.ask("POST", "/api/v1/sync", body.encode()).json()["outcomes"]
        refused = [each for each in outcomes if each["state"] != "done"]
        if refused:
            raise RuntimeError(f"{len(refused)} records were not taken: {refused[0]}")


def run(size: Size) -> list[Figure]:
    """Bring everything once; `full` five times as much."""
    count = RECORDS * (5 if size == "full" else 1)
    with ExitStack() as stack:
        template = Template("field", seed, version="1", base=county(0))
        database = stack.enter_context(cloned(stack.enter_context(server()), template))
        prepare(database)
        session = json.loads(child(database, "reports", str(count)))
        photos = [_photo(number) for number in range(8)]
        with web(database) as site:
            phone = Phone(site, session)
            phone.begin()
            before, begun = usage(database, site), time.perf_counter()
            _bring(phone, session["records"], photos)
            seconds, used = time.perf_counter() - begun, usage(database, site).since(before)
        _check(database, count)
    return [
        told("seconds", seconds, "s"),
        told("records", count, ""),
        told("photos", count * PHOTOS, ""),
        told("requests", phone.requests, ""),
        told("megabytes", phone.sent / 1e6, "MB"),
        told("web_cpu_seconds", used.web, "s"),
        told("web_cpu_per_photo", used.web / count / PHOTOS * 1000, "ms"),
        told("database_cpu_seconds", used.database, "s"),
    ]


def _bring(phone: Phone, records: list[Json], photos: list[bytes]) -> None:
    with ThreadPoolExecutor(LANES) as lanes:
        for start in range(0, len(records), STRETCH):
            stretch = records[start : start + STRETCH]
            sending = []
            for place, record in enumerate(stretch):
                keys = [str(uuid4()) for _count in range(PHOTOS)]
                record["data"]["files"] = [{"key": key, "label": "before_near"} for key in keys]
                contents = [photos[(start + place + turn) % len(photos)] for turn in range(PHOTOS)]
                sending += [lanes.submit(phone.photo, *each) for each in zip(keys, contents, strict=True)]
            for each in sending:
                each.result()
            phone.batch(stretch)
            if start % 100 == 0:
                say(f"{start + len(stretch)} records …")


def _photo(seed: int) -> bytes:
    """Return a photo with about as much in it as one of a street has."""
    grain = Image.frombytes("RGB", (400, 300), Random(seed).randbytes(400 * 300 * 3))
    picture = grain.resize(SIDES).filter(ImageFilter.GaussianBlur(1))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def _check(database: str, count: int) -> None:
    """Raise unless every report is there with its photos, once."""
    with psycopg.connect(database) as connection:
        row = connection.execute(
            "SELECT count(DISTINCT subject_id), count(*), count(*) FILTER (WHERE status = 'ready') FROM stored_file"
            " WHERE subject_kind = 'case'"
        ).fetchone()
    if row != (count, count * PHOTOS, count * PHOTOS):
        raise RuntimeError(f"{count} reports with {count * PHOTOS} photos were sent; stored are {row}.")
