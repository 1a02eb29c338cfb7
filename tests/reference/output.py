"""Writing goldens: one JSON file each, arrays thinned at a fixed stride."""

import json
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).parent
GOLDENS = HERE / "goldens"
PHOTOS = HERE / "photos"


def number(value: float) -> float:
    """The value with 9 significant digits: more than float32 holds."""
    return float(f"{float(value):.9g}")


def numbers(values) -> list[float]:
    return [number(value) for value in np.asarray(values, dtype=np.float64).ravel()]


def stride_for(count: int, samples: int) -> int:
    """The largest prime stride that leaves at least `samples` samples; a prime falls in step with no row length."""
    stride = max(count // samples, 1)
    while stride > 2 and any(stride % divisor == 0 for divisor in range(2, int(stride**0.5) + 1)):
        stride -= 1
    return stride


def thinned(array, samples: int) -> dict:
    """Shape, mean, Euclidean norm and every `stride`-th value, beginning with value 0, in row-major order."""
    flat = np.asarray(array, dtype=np.float64).ravel()
    stride = stride_for(flat.size, samples)
    return {
        "shape": list(np.shape(array)),
        "mean": number(flat.mean()),
        "l2": number(np.sqrt((flat**2).sum())),
        "stride": stride,
        "samples": numbers(flat[::stride]),
    }


def write(name: str, golden) -> None:
    """Writes goldens/`name`.json, one line per key of the top level."""
    GOLDENS.mkdir(exist_ok=True)
    rows = [f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in golden.items()]
    path = GOLDENS / f"{name}.json"
    path.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
    print(f"{path.name}: {path.stat().st_size / 1024:.1f} KiB")
