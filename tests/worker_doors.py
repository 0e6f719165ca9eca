"""The doors of the grid worker's app: its page is the same for everybody; what it shows comes by the API."""

from door import Door

WORKER: dict[tuple[str, str], Door] = {
    ("GET", "worker/"): Door(),
    ("GET", "worker/sw.js"): Door(),
    ("GET", "worker/manifest.webmanifest"): Door(),
    # Tells everybody how their own sign-in stands, strangers that they are out.
    ("GET", "worker/session"): Door(),
    ("GET", "worker/<path:path>"): Door(values={"path": "sync"}),
}
