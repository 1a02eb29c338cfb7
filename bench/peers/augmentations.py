"""albumentations: the paper's list on a picture of 512 pixels, on one thread.

The list is that of `Augmentation::paper()` in the trainer, in the words of today's release (the paper used 0.4.6, which no
longer installs). Chance is another on each side, so mean and spread over many pictures are compared.
"""

import math
from pathlib import Path

import albumentations as A
import cv2
import numpy as np
from PIL import Image

VERSION = f"albumentations {A.__version__}"
COMPARED = 100


def noise(variance):
    return math.sqrt(variance) / 255


def paper():
    mirror = {"border_mode": cv2.BORDER_REFLECT_101}
    return A.Compose([
        A.Transpose(p=0.5),
        A.VerticalFlip(p=0.5),
        A.HorizontalFlip(p=0.5),
        A.RandomBrightnessContrast(brightness_limit=0.2, contrast_limit=0, p=0.75),
        A.RandomBrightnessContrast(brightness_limit=0, contrast_limit=0.2, p=0.75),
        A.OneOf([
            A.MotionBlur(blur_limit=(3, 5)),
            A.MedianBlur(blur_limit=(3, 5)),
            A.GaussianBlur(blur_limit=(3, 5), sigma_limit=(0.8, 1.1)),
            A.GaussNoise(std_range=(noise(5), noise(30))),
        ], p=0.7),
        A.OneOf([
            A.OpticalDistortion(distort_limit=1.0, **mirror),
            A.GridDistortion(num_steps=5, distort_limit=1.0, **mirror),
            A.ElasticTransform(alpha=3, sigma=50, **mirror),
        ], p=0.7),
        A.CLAHE(clip_limit=(1, 4), tile_grid_size=(8, 8), p=0.7),
        A.HueSaturationValue(hue_shift_limit=10, sat_shift_limit=20, val_shift_limit=10, p=0.5),
        A.ShiftScaleRotate(shift_limit=0.1, scale_limit=0.1, rotate_limit=15, p=0.85),
        A.Resize(448, 448),
        A.CoarseDropout(num_holes_range=(1, 1), hole_height_range=(0.375, 0.375), hole_width_range=(0.375, 0.375), p=0.7),
    ], seed=1)


class Augmenting:
    def __init__(self, case):
        self.picture = np.asarray(Image.open(Path(case["data"]) / "photo-512.png").convert("RGB"))
        self.count = case["batch"]
        self.change = paper()

    def run(self):
        for _ in range(self.count):
            self.change(image=self.picture)

    def answer(self):
        changed = np.stack([self.change(image=self.picture)["image"] for _ in range(COMPARED)]).astype(np.float64)
        return [changed.mean(), changed.std()]


def prepare(case, threads):
    # 0 is OpenCV's word for none beside the calling one.
    cv2.setNumThreads(0 if threads == 1 else threads)
    return Augmenting(case)
