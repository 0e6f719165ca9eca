"""Small drawn photos of a street for a made-up county: before and after, near and far. Seeded."""

from collections.abc import Sequence
from io import BytesIO
from random import Random

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 480, 360
_HORIZON = 190
_SKIES = ("#c9dff0", "#dbe7ee", "#b8cfe2", "#f1e3cf", "#8fa3b8")
_WALLS = ("#e8d9c3", "#d8cdbd", "#c7d3cf", "#e4c9b8", "#d9d4e0")
_ROOFS = ("#8a4b3a", "#5d6b75", "#7b6a58", "#a0604a")
_LITTER = ("#7a5230", "#c0392b", "#2e6f40", "#e8e8e8", "#34495e", "#d4a017")


def draw(rng: Random, label: str, *, size: tuple[int, int] = (WIDTH, HEIGHT)) -> bytes:
    """Return a JPEG of a street; with litter where the label says before."""
    image = Image.new("RGB", (WIDTH, HEIGHT), rng.choice(_SKIES))
    pen = ImageDraw.Draw(image)
    is_near = label.endswith("near")
    if label in {"record", "receipt"}:
        _paper(pen, rng)
    else:
        _houses(pen, rng, scale=1.6 if is_near else 1.0)
        _street(pen, rng)
        if label.startswith("before"):
            _litter(pen, rng, count=14 if is_near else 6, size=26 if is_near else 11)
    buffer = BytesIO()
    image.resize(size).save(buffer, "JPEG", quality=82)
    return buffer.getvalue()


def _houses(pen: ImageDraw.ImageDraw, rng: Random, *, scale: float) -> None:
    left = -rng.randrange(60)
    while left < WIDTH:
        width, height = int(rng.randrange(70, 120) * scale), int(rng.randrange(60, 130) * scale)
        top = _HORIZON - height
        pen.rectangle((left, top, left + width, _HORIZON), fill=rng.choice(_WALLS))
        pen.polygon(((left - 6, top), (left + width // 2, top - 30), (left + width + 6, top)), fill=rng.choice(_ROOFS))
        for across in range(left + 12, left + width - 22, 30):
            for down in range(top + 14, _HORIZON - 24, 36):
                pen.rectangle((across, down, across + 14, down + 20), fill="#6f8796")
        left += width + rng.randrange(4, 26)


def _street(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    pen.rectangle((0, _HORIZON, WIDTH, HEIGHT), fill="#b9b4aa")
    middle = WIDTH // 2 + rng.randrange(-60, 60)
    pen.polygon(
        ((middle - 30, _HORIZON), (middle + 30, _HORIZON), (middle + 260, HEIGHT), (middle - 260, HEIGHT)),
        fill="#77787a",
    )
    for place in range(4):
        top = _HORIZON + 14 + place * 42
        pen.polygon(
            (
                (middle - 2 - place, top),
                (middle + 2 + place, top),
                (middle + 4 + place, top + 22),
                (middle - 4 - place, top + 22),
            ),
            fill="#f2f2ee",
        )
    trunk = rng.randrange(20, WIDTH - 20)
    pen.rectangle((trunk - 5, 120, trunk + 5, _HORIZON + 40), fill="#6b4a2f")
    pen.ellipse((trunk - 42, 50, trunk + 42, 150), fill=rng.choice(("#5f8a4c", "#7d9a4a", "#4f7a55")))


def _litter(pen: ImageDraw.ImageDraw, rng: Random, *, count: int, size: int) -> None:
    for _piece in range(count):
        left, top = rng.randrange(60, WIDTH - 60), rng.randrange(_HORIZON + 40, HEIGHT - size)
        wide, high = rng.randrange(size // 2, size + 1), rng.randrange(size // 2, size + 1)
        shape = pen.ellipse if rng.random() < 0.5 else pen.rectangle
        shape((left, top, left + wide, top + high), fill=rng.choice(_LITTER), outline="#4a4a4a")


def _paper(pen: ImageDraw.ImageDraw, rng: Random) -> None:
    pen.rectangle((0, 0, WIDTH, HEIGHT), fill="#8b7a66")
    pen.rectangle((110, 20, 370, 340), fill="#fbfaf5")
    for line in range(60, 300, 18):
        pen.line((135, line, 135 + rng.randrange(140, 210), line), fill="#8a8a8a", width=2)
    pen.ellipse((270, 260, 340, 330), outline="#c0392b", width=4)


def album(seed: int, labels: Sequence[str], *, of_each: int) -> dict[str, list[bytes]]:
    """Return some pictures for each label."""
    rng = Random(f"album {seed}")
    return {label: [draw(rng, label) for _each in range(of_each)] for label in labels}
