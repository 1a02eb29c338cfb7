"""What OpenCV and SciPy make of a picture, put together as albumentations 0.4.6 puts it together.

That release, which the study's code used, does not install beside today's NumPy, so its steps are written out here with
the same calls. `colours` and `shaded` are pictures by formula; the Rust side is `genoderm_trainer::augment::goldens`.
"""

import cv2
import numpy as np
from scipy import ndimage

import formula
import output


def shaded(side: int) -> np.ndarray:
    """Skin colours with a gradient of light and a little noise."""
    noise = formula.uniform("shaded", side * side).reshape(side, side)
    row, column = np.mgrid[:side, :side]
    value = 60.0 + 120.0 * (row + column) / (2 * side) + 12.0 * noise
    return np.clip(value[..., None] * np.array([1.3, 0.95, 0.8]), 0.0, 255.0).astype(np.uint8)


def colours(side: int) -> np.ndarray:
    """`side * side` colours spread over all of them."""
    index = np.arange(side * side, dtype=np.int64).reshape(side, side, 1)
    return (index * np.array([67, 129, 251]) // 16 % 256).astype(np.uint8)


def scattered(name: str, side: int) -> np.ndarray:
    return (formula.uniform(name, side * side) * 45.0 + 25.0).astype(np.float32).reshape(side, side)


def remap(picture: np.ndarray, columns, rows, border: int = cv2.BORDER_REFLECT_101) -> np.ndarray:
    columns, rows = np.float32(columns), np.float32(rows)
    return cv2.remap(picture, columns, rows, interpolation=cv2.INTER_LINEAR, borderMode=border, borderValue=0)


def warp(picture: np.ndarray, matrix, border: int) -> np.ndarray:
    side = picture.shape[0]
    return cv2.warpAffine(picture, np.float64(matrix), (side, side), flags=cv2.INTER_LINEAR, borderMode=border, borderValue=0)


def brightness_contrast(picture: np.ndarray, brightness: float, contrast: float) -> np.ndarray:
    table = np.arange(256, dtype=np.float32)
    if contrast:
        table *= 1.0 + contrast
    if brightness:
        table += brightness * 255
    return cv2.LUT(picture, np.clip(table, 0, 255).astype(np.uint8))


def motion_kernel(size: int, start: tuple[int, int], end: tuple[int, int]) -> np.ndarray:
    kernel = np.zeros((size, size), dtype=np.uint8)
    cv2.line(kernel, start, end, 1, thickness=1)
    return kernel


def motion_kernels() -> dict:
    """The cells of every line in windows of 3 and 5, in the order of its ends: columns before rows, start before end."""
    golden = {}
    for size in (3, 5):
        points = [(column, row) for column in range(size) for row in range(size)]
        lines = [motion_kernel(size, start, end) for start in points for end in points]
        golden[str(size)] = [np.flatnonzero(line).tolist() for line in lines]
    return golden


def motion_blur(picture: np.ndarray, size: int, start: tuple[int, int], end: tuple[int, int]) -> np.ndarray:
    kernel = motion_kernel(size, start, end)
    return cv2.filter2D(picture, -1, kernel.astype(np.float32) / kernel.sum())


def optical(picture: np.ndarray, strength: float, shift: tuple[int, int]) -> np.ndarray:
    height, width = picture.shape[:2]
    camera = np.float32([[width, 0, width * 0.5 + shift[0]], [0, height, height * 0.5 + shift[1]], [0, 0, 1]])
    distortion = np.float32([strength, strength, 0, 0, 0])
    return remap(picture, *cv2.initUndistortRectifyMap(camera, distortion, None, None, (width, height), cv2.CV_32FC1))


def grid_places(side: int, sizes: list[float]) -> np.ndarray:
    step = side // (len(sizes) - 1)
    places = np.zeros(side, np.float32)
    previous = 0.0
    for index, size in enumerate(sizes):
        first, last = index * step, (index + 1) * step
        current = previous + step * size
        if last > side:
            last, current = side, side
        places[first:last] = np.linspace(previous, current, last - first)
        previous = current
    return places


def grid(picture: np.ndarray, widths: list[float], heights: list[float]) -> np.ndarray:
    side = picture.shape[0]
    return remap(picture, *np.meshgrid(grid_places(side, widths), grid_places(side, heights)))


def smoothed(name: str, side: int, sigma: float) -> np.ndarray:
    noise = formula.uniform(name, side * side).reshape(side, side)
    return ndimage.gaussian_filter(noise, sigma)


def elastic(picture: np.ndarray, corners, alpha: float, sigma: float) -> np.ndarray:
    side = picture.shape[0]
    middle, reach = side // 2, side // 3
    high, low = middle + reach, middle - reach
    start = np.float32([[high, high], [high, low], [low, low]])
    matrix = cv2.getAffineTransform(start, start + np.float32(corners))
    warped = warp(picture, matrix, cv2.BORDER_REFLECT_101)
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    right, down = (alpha * smoothed(name, side, sigma) for name in ("right", "down"))
    return remap(warped, column + right, row + down)


def clahe(picture: np.ndarray, clip: float, tiles: int) -> np.ndarray:
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)
    equalizer = cv2.createCLAHE(clipLimit=clip, tileGridSize=(tiles, tiles))
    lab[:, :, 0] = equalizer.apply(np.ascontiguousarray(lab[:, :, 0]))
    return cv2.cvtColor(lab, cv2.COLOR_LAB2RGB)


def hue_saturation_value(picture: np.ndarray, hue: float, saturation: float, value: float) -> np.ndarray:
    levels = np.arange(256, dtype=np.int16)
    tables = [
        np.mod(levels + hue, 180).astype(np.uint8),
        np.clip(levels + saturation, 0, 255).astype(np.uint8),
        np.clip(levels + value, 0, 255).astype(np.uint8),
    ]
    planes = cv2.split(cv2.cvtColor(picture, cv2.COLOR_RGB2HSV))
    shifted = [cv2.LUT(plane, table) for plane, table in zip(planes, tables)]
    return cv2.cvtColor(cv2.merge(shifted), cv2.COLOR_HSV2RGB)


def shift_scale_rotate(picture: np.ndarray, degrees: float, scale: float, shift: tuple[float, float]) -> np.ndarray:
    side = picture.shape[0]
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), degrees, scale)
    matrix[0, 2] += shift[0] * side
    matrix[1, 2] += shift[1] * side
    return warp(picture, matrix, cv2.BORDER_CONSTANT)


def pictures() -> dict:
    photo = formula.photograph(32, 32)
    columns, rows = scattered("columns", 32), scattered("rows", 32)
    matrix = [[0.9, 0.31, -4.2], [-0.25, 1.13, 3.7]]
    widths, heights = [1.2, 0.4, 1.9, 0.7, 0.6, 1.1], [0.5, 1.5, 1.0, 1.8, 0.9, 0.3]
    lab = cv2.cvtColor(colours(40), cv2.COLOR_RGB2LAB)
    return {
        "brightness": brightness_contrast(photo, 0.137, 0.0),
        "darkness": brightness_contrast(photo, -0.181, 0.0),
        "contrast": brightness_contrast(photo, 0.0, -0.163),
        "motion_3": motion_blur(photo, 3, (0, 0), (2, 1)),
        "motion_5": motion_blur(photo, 5, (4, 0), (0, 3)),
        "median_3": cv2.medianBlur(photo, 3),
        "median_5": cv2.medianBlur(photo, 5),
        "median_7": cv2.medianBlur(photo, 7),
        "gaussian_3": cv2.GaussianBlur(photo, (3, 3), sigmaX=0),
        "gaussian_5": cv2.GaussianBlur(photo, (5, 5), sigmaX=0),
        "gaussian_9": cv2.GaussianBlur(photo, (9, 9), sigmaX=0),
        "remap_mirror": remap(photo, columns, rows),
        "remap_black": remap(photo, columns, rows, cv2.BORDER_CONSTANT),
        "warp_mirror": warp(photo, matrix, cv2.BORDER_REFLECT_101),
        "warp_black": warp(photo, matrix, cv2.BORDER_CONSTANT),
        "optical_pincushion": optical(photo, 0.8, (0, 0)),
        "optical_barrel": optical(photo, -0.7, (2, -1)),
        "grid_32": grid(photo, widths, heights),
        "grid_30": grid(formula.photograph(30, 30), widths, heights),
        "elastic": elastic(photo, [[3.5, -2.25], [-4.0, 1.5], [2.0, 4.5]], 60.0, 4.0),
        "lab": lab,
        "lab_back": cv2.cvtColor(lab, cv2.COLOR_LAB2RGB),
        "clahe_40": clahe(shaded(40), 3.3, 8),
        "clahe_37": clahe(shaded(37), 1.7, 8),
        "clahe_photograph": clahe(photo, 2.5, 4),
        "hsv_up": hue_saturation_value(photo, 7.6, 14.2, 6.7),
        "hsv_down": hue_saturation_value(photo, -9.3, -17.5, -8.1),
        "hsv_colours": hue_saturation_value(colours(40), -3.4, 5.5, -2.5),
        "shift_scale_rotate": shift_scale_rotate(photo, -11.5, 1.07, (0.06, -0.085)),
    }


def all_augmentation() -> None:
    """Pictures as hexadecimal digits of their RGB bytes, rows from the top."""
    cv2.setNumThreads(1)
    output.write("augmentation", {
        "opencv": cv2.__version__,
        "pictures": {name: picture.tobytes().hex() for name, picture in pictures().items()},
        "motion_kernels": motion_kernels(),
        "smoothed": output.numbers(smoothed("right", 24, 2.6)),
    })
