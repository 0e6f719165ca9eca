"""Bodies of reports for the load client: the profile's example sentences, each at a point of some grid."""

import json
import sys
from collections.abc import Iterator
from random import Random

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from lianxin.foundation.areas.models import Area
from lianxin.work.dispatch.models import Example


def bodies(count: int, seed: int = 1) -> Iterator[str]:
    """Yield JSON bodies, different words and places each; same seed, same bodies."""
    rng = Random(seed)
    texts = list(Example.objects.filter(source="profile").order_by("id").values_list("text", flat=True))
    points = [area.center for area in Area.objects.filter(role="grid", valid_to=None).order_by("code") if area.center]
    for place in range(count):
        point = rng.choice(points)
        told = {
            "text": f"{rng.choice(texts)}（第{place}次留意到）",
            "point": {"lon": round(point.lon, 6), "lat": round(point.lat, 6)},
            "phone": f"199{rng.randrange(10**8):08d}",
        }
        yield json.dumps(told, ensure_ascii=False)


if __name__ == "__main__":
    for body in bodies(int(sys.argv[1])):
        print(body)
