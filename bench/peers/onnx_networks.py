"""ONNX Runtime's answers, on its CPU provider with all its optimisations, as it comes."""

from pathlib import Path

import numpy as np
import onnxruntime

VERSION = f"onnxruntime {onnxruntime.__version__}"


class Forward:
    def __init__(self, case, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        data = Path(case["data"])
        self.sessions = [
            onnxruntime.InferenceSession(
                str(data / f"{case['network']}-{case['size']}-{fold}.onnx"), options, providers=["CPUExecutionProvider"]
            )
            for fold in range(case["folds"])
        ]
        input = np.fromfile(data / f"input-{case['size']}.f32", dtype="<f4")
        self.input = {"input": input.reshape(1, 3, case["size"], case["size"])}

    def run(self):
        return [session.run(None, self.input)[0] for session in self.sessions]

    def answer(self):
        return np.concatenate(self.run()).ravel()


def prepare(case, threads):
    if case["work"] != "forward":
        raise ValueError("ONNX Runtime answers, but has no gradients")
    return Forward(case, threads)
