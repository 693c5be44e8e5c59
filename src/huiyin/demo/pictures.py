"""Pictures for a rehearsal's matters, drawn here: a street as a requester photographs it, the same after work was
done, and a page as a scanner sees it. Pure, and the same for the same number.
"""

import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw

SIZE = (640, 480)
VARIANTS = 6
"""So many different pictures of each sort; more would only cost time."""
SKIES = ("#c9dcea", "#b7cfe3", "#dfe5e8", "#8fa6bd", "#e9d9c2", "#d4e4d8")


@lru_cache(maxsize=64)
def picture(sort: str, number: int) -> bytes:
    """A JPEG of that sort: `street`, `mended` or `page`."""
    rng = random.Random(f"{sort} {number % VARIANTS}")  # noqa: S311 - a rehearsal, not a secret
    image = Image.new("RGB", SIZE, "#f7f6f2" if sort == "page" else rng.choice(SKIES))
    draw = ImageDraw.Draw(image)
    if sort == "page":
        _page(draw, rng)
    else:
        _street(draw, rng, broken=sort == "street")
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()


def _page(draw: ImageDraw.ImageDraw, rng: random.Random) -> None:
    """Handwriting from afar: lines of strokes that nobody can read."""
    draw.rectangle((40, 24, 600, 470), fill="#fdfcf8", outline="#c9c4b8")
    for y in range(60, 450, 26):
        x, end = 70 + (y == 60) * 200, 570 if rng.random() < 0.85 else rng.randint(200, 500)
        while x < end:
            draw.line((x, y + rng.randint(-3, 3), x + rng.randint(5, 12), y + rng.randint(-3, 3)), "#39424e", 2)
            draw.line((x + 5, y - 7, x + rng.randint(2, 8), y + 7), "#39424e", 1)
            x += 20


def _street(draw: ImageDraw.ImageDraw, rng: random.Random, *, broken: bool) -> None:
    """Houses, a road, a lamp; broken: a hole full of water and the lamp out."""
    x = 0
    while x < SIZE[0]:
        wide, top = rng.randint(70, 130), rng.randint(90, 190)
        draw.rectangle((x, top, x + wide, 300), fill=rng.choice(("#b9a893", "#a8b0b5", "#c4b59f", "#9aa3a0")))
        for left in range(x + 12, x + wide - 18, 28):
            for y in range(top + 14, 280, 34):
                draw.rectangle((left, y, left + 14, y + 18), fill=rng.choice(("#5d6b78", "#75828c", "#e4d8a8")))
        x += wide + 6
    draw.rectangle((0, 300, *SIZE), fill="#767a7c")
    for left in range(20, 640, 110):
        draw.rectangle((left, 380, left + 60, 388), fill="#d9d6c8")
    post = rng.randint(60, 560)
    draw.rectangle((post, 130, post + 6, 320), fill="#3d4449")
    draw.ellipse((post - 10, 112, post + 18, 138), fill="#4a4f52" if broken else "#f4e6a0")
    if broken:
        left, y = rng.randint(120, 380), rng.randint(330, 410)
        draw.ellipse((left, y, left + 180, y + 56), fill="#3f3b36")
        draw.ellipse((left + 16, y + 12, left + 150, y + 46), fill="#6d8391")
