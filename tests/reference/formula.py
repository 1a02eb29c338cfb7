"""Deterministic numbers that Python and Rust can both make: weights, inputs and photographs without a download.

The Rust side is `genoderm_model::efficientnet::parity_weights`. Everything is computed in float64 and rounded once.
"""

import math

import numpy as np

_MASK = (1 << 64) - 1
_GOLDEN_RATIO = 0x9E3779B97F4A7C15


def fnv1a64(name: str) -> int:
    """FNV-1a with 64 bits over the UTF-8 bytes of `name`."""
    digest = 0xCBF29CE484222325
    for byte in name.encode("utf-8"):
        digest = ((digest ^ byte) * 0x100000001B3) & _MASK
    return digest


def uniform(name: str, count: int) -> np.ndarray:
    """`count` values in [-1, 1) that depend on `name` and the index only; each is exact in float32.

    The generator is splitmix64, seeded with the hash of the name and read at position index + 1.
    """
    with np.errstate(over="ignore"):
        z = np.uint64(fnv1a64(name)) + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_GOLDEN_RATIO)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / 2.0**24 * 2.0 - 1.0


def weight(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Weight of a convolution or of a linear layer: variance 1 / fan_in."""
    fan_in = math.prod(shape[1:])
    return (uniform(name, math.prod(shape)) * math.sqrt(3.0 / fan_in)).reshape(shape).astype(np.float32)


def bias(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Bias of any layer, batch normalisation included."""
    return (uniform(name, math.prod(shape)) * 0.1).reshape(shape).astype(np.float32)


def norm_weight(name: str, shape: tuple[int, ...]) -> np.ndarray:
    """Scale of a batch normalisation."""
    return (1.0 + 0.2 * uniform(name, math.prod(shape))).reshape(shape).astype(np.float32)


def running_mean(name: str, channels: int, variance: float) -> np.ndarray:
    """Running mean of a batch normalisation whose layer has the scalar variance `variance`."""
    return (0.1 * uniform(name, channels) * math.sqrt(variance)).astype(np.float32)


def running_var(name: str, channels: int, variance: float) -> np.ndarray:
    """Running variance of a batch normalisation whose layer has the scalar variance `variance`."""
    return (variance * (1.0 + 0.2 * uniform(name, channels))).astype(np.float32)


def network_input(size: int) -> np.ndarray:
    """A normalised picture [1, 3, size, size]: noise (name "input", CHW order) plus two smooth waves."""
    noise = uniform("input", 3 * size * size).reshape(3, size, size)
    x = ((np.arange(size) + 0.5) / size)[None, None, :]
    y = ((np.arange(size) + 0.5) / size)[None, :, None]
    channel = np.arange(3)[:, None, None]
    waves = np.sin(2.0 * np.pi * (3.0 * x + 2.0 * y)) + np.cos(2.0 * np.pi * y * (channel + 1.0))
    return (noise + waves).astype(np.float32)[None]


def photograph(width: int, height: int) -> np.ndarray:
    """RGB pixels [height, width, 3] with ramps, wrap-around edges, a checkerboard and a patch of noise."""
    x = np.arange(width, dtype=np.int64)[None, :]
    y = np.arange(height, dtype=np.int64)[:, None]
    red = (x * 5 + y * 2) % 256
    green = (((x // 4) + (y // 4)) % 2) * 200 + 20 + 0 * x
    blue = (x * y // 8) % 256
    pixels = np.stack(np.broadcast_arrays(red, green, blue), axis=-1).astype(np.uint8)
    h, w = min(height // 4, 32), min(width // 4, 32)
    noise = (uniform("photograph", h * w * 3) + 1.0) * 127.999
    pixels = pixels.copy()
    pixels[:h, :w] = noise.astype(np.uint8).reshape(h, w, 3)
    return pixels
