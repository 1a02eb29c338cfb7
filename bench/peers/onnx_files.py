"""Writes weights under timm's names as ONNX files, the way that ONNX runtimes like best.

Batch normalisation is folded into the convolutions and the padding of TensorFlow's networks is part of them: what an
exporter and an optimiser reach together. The answers are compared with the other contestants' before anything is timed.

    python onnx_files.py FOLDER NETWORK:SIZE:FOLDS...
"""

import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

EPSILON = 1e-3
"""Of batch normalisation, in networks from TensorFlow."""
STRIDES = (1, 2, 2, 2, 1, 2, 1)
"""Of the first block of each stage."""
OPSET = 17
IR_VERSION = 8


class Writer:
    """Collects the nodes of one network; methods take and give names of values."""

    def __init__(self, weights, size):
        self.weights = weights
        self.sides = {"input": size}
        self.nodes = []
        self.initializers = []

    def node(self, kind, inputs, side, **attributes):
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        self.sides[name] = side
        return name

    def constant(self, name, values):
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
        return name

    def convolution(self, x, name, norm=None, stride=1, groups=1):
        """A convolution with its own bias, or with the normalisation `norm` folded into it."""
        weight = self.weights[f"{name}.weight"].astype(np.float64)
        if norm:
            scale, bias, mean, variance = (
                self.weights[f"{norm}.{part}"].astype(np.float64)
                for part in ("weight", "bias", "running_mean", "running_var")
            )
            factor = scale / np.sqrt(variance + EPSILON)
            weight, bias = weight * factor[:, None, None, None], bias - mean * factor
        else:
            bias = self.weights[f"{name}.bias"]
        inputs = [x, self.constant(f"{name}.weight", weight), self.constant(f"{name}.bias", bias)]
        kernel, side = weight.shape[2], self.sides[x]
        result = -(-side // stride)
        padding = max((result - 1) * stride + kernel - side, 0)
        before, after = padding // 2, padding - padding // 2
        return self.node(
            "Conv", inputs, result, kernel_shape=[kernel, kernel], strides=[stride, stride], group=groups,
            pads=[before, before, after, after],
        )

    def silu(self, x):
        gate = self.node("Sigmoid", [x], self.sides[x])
        return self.node("Mul", [x, gate], self.sides[x])

    def squeeze_excite(self, x, name):
        mean = self.node("GlobalAveragePool", [x], 1)
        squeezed = self.silu(self.convolution(mean, f"{name}.conv_reduce"))
        gate = self.node("Sigmoid", [self.convolution(squeezed, f"{name}.conv_expand")], 1)
        return self.node("Mul", [x, gate], self.sides[x])

    def block(self, x, name, stride):
        start = x
        depthwise = self.weights[f"{name}.conv_dw.weight"].shape[0]
        expands = f"{name}.conv_pwl.weight" in self.weights
        norms = iter((f"{name}.bn1", f"{name}.bn2", f"{name}.bn3"))
        if expands:
            x = self.silu(self.convolution(x, f"{name}.conv_pw", next(norms)))
        x = self.silu(self.convolution(x, f"{name}.conv_dw", next(norms), stride, depthwise))
        x = self.squeeze_excite(x, f"{name}.se")
        last = f"{name}.conv_pwl" if expands else f"{name}.conv_pw"
        channels = self.weights[f"{name}.conv_pw.weight"].shape[1]
        x = self.convolution(x, last, next(norms))
        if stride == 1 and self.weights[f"{last}.weight"].shape[0] == channels:
            x = self.node("Add", [x, start], self.sides[x])
        return x

    def network(self):
        x = self.silu(self.convolution("input", "conv_stem", "bn1", 2))
        for stage, first_stride in enumerate(STRIDES):
            block = 0
            while f"blocks.{stage}.{block}.conv_dw.weight" in self.weights:
                x = self.block(x, f"blocks.{stage}.{block}", first_stride if block == 0 else 1)
                block += 1
        x = self.silu(self.convolution(x, "conv_head", "bn2"))
        x = self.node("Flatten", [self.node("GlobalAveragePool", [x], 1)], 1)
        classifier = [self.constant(f"classifier.{part}", self.weights[f"classifier.{part}"]) for part in ("weight", "bias")]
        return self.node("Gemm", [x, *classifier], 1, transB=1)


def model(weights, size):
    writer = Writer(weights, size)
    last = writer.network()
    classes = weights["classifier.weight"].shape[0]
    graph = helper.make_graph(
        writer.nodes,
        "efficientnet",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, size, size])],
        [helper.make_tensor_value_info(last, TensorProto.FLOAT, [1, classes])],
        writer.initializers,
    )
    found = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    onnx.checker.check_model(found)
    return found


def main(folder, networks):
    for network in networks:
        name, size, folds = network.split(":")
        for fold in range(int(folds)):
            weights = load_file(folder / f"{name}-{fold}.safetensors")
            onnx.save(model(weights, int(size)), folder / f"{name}-{size}-{fold}.onnx")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
