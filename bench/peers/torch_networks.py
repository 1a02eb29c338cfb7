"""timm's networks on PyTorch: answers, Integrated Gradients by captum, a step of training.

Each as its users write it, without settings that need to be searched for; `channels_last` is the one that most guides name,
and is a contestant of its own (`"layout": "channels_last"`).
"""

from pathlib import Path

import captum
import numpy as np
import timm
import torch
from captum.attr import IntegratedGradients
from safetensors.torch import load_file

VERSION = f"torch {torch.__version__}, timm {timm.__version__}, captum {captum.__version__}"
LEARNING_RATE = 1e-4
CHUNK = 4
"""Pictures that go through the network together in Integrated Gradients, as in `genoderm explain`."""


def network(case, fold):
    weights = load_file(Path(case["data"]) / f"{case['network']}-{fold}.safetensors")
    model = timm.create_model(case["network"], num_classes=weights["classifier.weight"].shape[0], drop_rate=0.0)
    # A bundle does not store the counters of batches.
    lacking = model.load_state_dict(weights, strict=False)
    wrong = [name for name in lacking.missing_keys if not name.endswith("num_batches_tracked")] + lacking.unexpected_keys
    if wrong:
        raise ValueError(f"weights do not fit: {wrong}")
    return model


def numbers(case, name, shape):
    return torch.from_numpy(np.fromfile(Path(case["data"]) / name, dtype="<f4")).reshape(shape)


def layout(case, value):
    if case.get("layout") == "channels_last":
        return value.to(memory_format=torch.channels_last)
    return value


class Forward:
    def __init__(self, case):
        self.networks = [layout(case, network(case, fold).eval()) for fold in range(case["folds"])]
        self.input = layout(case, numbers(case, f"input-{case['size']}.f32", (1, 3, case["size"], case["size"])))

    def run(self):
        with torch.inference_mode():
            return [model(self.input) for model in self.networks]

    def answer(self):
        return torch.cat(self.run()).flatten().numpy()


class Gradients:
    def __init__(self, case):
        model = layout(case, network(case, 0).eval())
        for parameter in model.parameters():
            parameter.requires_grad_(False)
        self.method = IntegratedGradients(model)
        self.input = layout(case, numbers(case, f"input-{case['size']}.f32", (1, 3, case["size"], case["size"])))
        self.target, self.steps = case["target"], case["steps"]

    def run(self):
        return self.method.attribute(
            self.input, torch.zeros_like(self.input), target=self.target, n_steps=self.steps, method="gausslegendre",
            internal_batch_size=CHUNK,
        )

    def answer(self):
        return self.run().sum(dim=1).detach().flatten().numpy()


class Training:
    def __init__(self, case):
        self.network = layout(case, network(case, 0).train())
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=LEARNING_RATE)
        self.images = numbers(case, f"batch-{case['size']}.f32", (-1, 3, case["size"], case["size"]))[: case["batch"]]
        self.images = layout(case, self.images)
        classes = self.network.num_classes
        self.targets = torch.tensor([index % classes for index in range(case["batch"])])

    def run(self):
        self.optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(self.network(self.images), self.targets)
        loss.backward()
        self.optimizer.step()
        return loss.item()

    def answer(self):
        return [self.run() for _ in range(3)]


def prepare(case, threads):
    torch.set_num_threads(threads)
    return {"forward": Forward, "gradients": Gradients, "training": Training}[case["work"]](case)
