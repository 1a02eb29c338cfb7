"""Writes the goldens of this folder. See README.md.

    python generate.py                 everything (about ten minutes on two cores)
    python generate.py attribution     one part: attribution, augmentation, calibration, checkpoints, evaluation,
                                       methods, networks, preprocessing, study or training_step
"""

import sys

import attribution
import augmentation
import calibration
import checkpoints
import evaluation
import methods
import networks
import preprocessing
import study
import training_step

PARTS = {
    "attribution": attribution.all_attribution,
    "augmentation": augmentation.all_augmentation,
    "calibration": calibration.all_calibration,
    "checkpoints": checkpoints.all_checkpoints,
    "evaluation": evaluation.all_evaluation,
    "methods": methods.all_methods,
    "preprocessing": preprocessing.all_preprocessing,
    "networks": networks.all_networks,
    "study": study.all_study,
    "training_step": training_step.all_training_steps,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        print(f"unknown part {unknown[0]}: choose from {', '.join(PARTS)}", file=sys.stderr)
        return 2
    for name in names or PARTS:
        PARTS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
