"""Photographs in every accepted format and orientation, and what decoding, resizing and normalising must give."""

import hashlib

import numpy as np
import torch
from PIL import Image, ImageOps
from torchvision.transforms.v2 import functional as V

import formula
import output

ORIENTATION_TAG = 0x0112
# The stored picture that EXIF orientation k turns upright is the upright one under this transposition.
INVERSE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)


def rgb_pixels(image: Image.Image) -> np.ndarray:
    """Oriented RGB pixels [height, width, 3]; transparency is dropped, not blended."""
    return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def expectation(pixels: np.ndarray) -> dict:
    """Size, SHA-256 of the RGB bytes and every `stride`-th byte (for a readable failure)."""
    flat = pixels.ravel()
    stride = output.stride_for(flat.size, 64)
    return {
        "width": pixels.shape[1],
        "height": pixels.shape[0],
        "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
        "stride": stride,
        "samples": flat[::stride].tolist(),
    }


def big_endian_exif(orientation: int) -> bytes:
    """An EXIF block with the Motorola byte order and the orientation as its only entry."""
    entry = ORIENTATION_TAG.to_bytes(2, "big") + b"\0\x03\0\0\0\x01" + orientation.to_bytes(2, "big") + b"\0\0"
    return b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"


def exif(orientation: int) -> Image.Exif:
    block = Image.Exif()
    block[ORIENTATION_TAG] = orientation
    return block


def lossless() -> dict:
    """Files whose decoded pixels are exact in every decoder."""
    image = Image.fromarray(formula.photograph(41, 29))
    palette = image.quantize(colors=32, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    grey = image.convert("L")
    alpha = image.convert("RGBA")
    alpha.putalpha(grey)
    deep = Image.fromarray((np.arange(41 * 29, dtype=np.uint16).reshape(29, 41) * 53).astype(np.uint16))
    files = {
        "rgb.png": (image, {}),
        "rgb.webp": (image, {"lossless": True}),
        "rgb.bmp": (image, {}),
        "rgb.tiff": (image, {"compression": "tiff_lzw"}),
        "grey.png": (grey, {}),
        "alpha.png": (alpha, {}),
        "palette.png": (palette, {}),
        "palette.gif": (palette, {}),
        "interlaced.gif": (palette, {"interlace": 1}),
        "exif6.png": (image, {"exif": exif(6)}),
        "exif8.webp": (image, {"lossless": True, "exif": exif(8)}),
        "orientation3.tiff": (image, {"compression": "tiff_deflate", "tiffinfo": {ORIENTATION_TAG: 3}}),
    }
    golden = {}
    for name, (picture, options) in files.items():
        picture.save(output.PHOTOS / name, **options)
        with Image.open(output.PHOTOS / name) as opened:
            golden[name] = expectation(rgb_pixels(opened))
    # 16 bits: the high byte is kept, as the `image` crate and libpng do within one level (Pillow clips instead).
    deep.save(output.PHOTOS / "grey16.png")
    high = np.round(np.asarray(deep, dtype=np.float64) / 257.0).astype(np.uint8)
    golden["grey16.png"] = expectation(np.stack([high] * 3, axis=-1))
    # An animation counts as its first frame.
    palette.save(output.PHOTOS / "animated.gif", save_all=True, append_images=[palette.transpose(INVERSE[3])])
    golden["animated.gif"] = golden["palette.gif"]
    return golden


def orientations() -> dict:
    """JPEGs with orientation 1 to 8 that all show `upright.png`.

    The picture is made of flat 16x16 blocks, so each block of coefficients has only its DC term and any decoder gives
    the colour within a few levels. With chroma subsampling decoders may blend the two pixels next to a block's edge, so
    the interiors of the blocks are compared. No two transpositions of the picture look alike.
    """
    blocks = np.array([
        [[230, 40, 40], [240, 240, 240], [30, 60, 200]],
        [[20, 20, 20], [40, 190, 60], [240, 240, 240]],
    ], dtype=np.uint8)
    upright = Image.fromarray(blocks.repeat(16, axis=0).repeat(16, axis=1))
    upright.save(output.PHOTOS / "upright.png")
    inner = [np.isin(np.arange(side) % 16, range(2, 14)) for side in (upright.height, upright.width)]
    interior = np.ix_(*inner)
    golden = {"upright": "upright.png", "largest_difference": {}}
    variants = [(f"orientation{k}.jpg", k, exif(k), {"subsampling": 0}) for k in INVERSE]
    variants.append(("orientation6_big_endian.jpg", 6, big_endian_exif(6), {"subsampling": 0}))
    variants.append(("orientation5_subsampled.jpg", 5, exif(5), {"subsampling": 2}))
    variants.append(("orientation7_progressive.jpg", 7, exif(7), {"subsampling": 0, "progressive": True}))
    for name, orientation, block, options in variants:
        stored = upright if INVERSE[orientation] is None else upright.transpose(INVERSE[orientation])
        stored.save(output.PHOTOS / name, exif=block, quality=95, **options)
        with Image.open(output.PHOTOS / name) as opened:
            difference = np.abs(rgb_pixels(opened).astype(int) - np.asarray(upright).astype(int))
        golden["largest_difference"][name] = int(difference[interior].max())
    grey = upright.convert("L")
    grey.save(output.PHOTOS / "grey.jpg", quality=95)
    upright.convert("CMYK").save(output.PHOTOS / "cmyk.jpg", quality=95)
    for name in ("grey.jpg", "cmyk.jpg"):
        with Image.open(output.PHOTOS / name) as opened:
            golden[name] = expectation(rgb_pixels(opened))
    return golden


def resizes() -> list:
    """Antialiased bilinear resizes by Pillow; torchvision's largest difference from it is kept for comparison."""
    golden = []
    for (width, height), side in [
        ((97, 61), 32), ((640, 480), 224), ((20, 30), 64), ((300, 50), 64), ((64, 64), 64), ((1, 1), 16), ((7, 5), 8),
    ]:
        source = f"resize_{width}x{height}.png"
        target = f"resize_{width}x{height}_to_{side}.png"
        image = Image.fromarray(formula.photograph(width, height))
        image.save(output.PHOTOS / source, optimize=True)
        resized = image.resize((side, side), Image.Resampling.BILINEAR)
        resized.save(output.PHOTOS / target, optimize=True)
        tensor = torch.from_numpy(np.asarray(image).copy()).permute(2, 0, 1)
        other = V.resize(tensor, [side, side], interpolation=V.InterpolationMode.BILINEAR, antialias=True)
        difference = other.permute(1, 2, 0).numpy().astype(int) - np.asarray(resized).astype(int)
        golden.append({"source": source, "resized": target, "torchvision_difference": int(np.abs(difference).max())})
    return golden


def normalisation() -> dict:
    """Resized and normalised values in CHW order, as torchvision computes them from Pillow's resize."""
    image = Image.fromarray(formula.photograph(97, 61)).resize((32, 32), Image.Resampling.BILINEAR)
    tensor = V.to_dtype(V.pil_to_tensor(image), torch.float32, scale=True)
    values = V.normalize(tensor, MEAN, STD)
    return {
        "source": "resize_97x61.png",
        "size": 32,
        "channel_mean": MEAN,
        "channel_std": STD,
        **output.thinned(values, 512),
    }


def all_preprocessing() -> None:
    output.PHOTOS.mkdir(exist_ok=True)
    output.write("preprocessing", {
        "lossless": lossless(),
        "orientations": orientations(),
        "resizes": resizes(),
        "normalisation": normalisation(),
    })
