"""Pillow: a large photograph's file, turned upright and resized to the network's square."""

import io
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageOps

VERSION = f"Pillow {PIL.__version__}"


class Photograph:
    def __init__(self, case):
        self.file = (Path(case["data"]) / "photo.jpg").read_bytes()
        self.size = (case["size"], case["size"])

    def run(self):
        photo = ImageOps.exif_transpose(Image.open(io.BytesIO(self.file)))
        return photo.convert("RGB").resize(self.size, Image.Resampling.BILINEAR)

    def answer(self):
        return np.asarray(self.run(), dtype=np.float32).ravel()


def prepare(case, threads):
    return Photograph(case)


def write_photograph(path, width, height):
    """A photograph as phones store it: 4:2:0, quality 90, to be turned by 90 degrees; smooth shapes, edges, and grain."""
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    random = np.random.default_rng(1)
    pixels = np.empty((height, width, 3), np.uint8)
    for channel, base in enumerate((190, 140, 115)):
        values = base + 25 * np.sin(x / 211 + channel) * np.cos(y / 173) + 8 * np.sin(x / 17 + y / 23)
        values -= 60 * (np.hypot(x % 640 - 320, y % 640 - 320) < 90)
        values += random.normal(0, 4, (height, width)).astype(np.float32)
        pixels[..., channel] = values.clip(0, 255)
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(pixels).save(path, quality=90, subsampling="4:2:0", exif=exif)


if __name__ == "__main__":
    import sys

    write_photograph(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
