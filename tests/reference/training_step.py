"""Golden of two whole training steps: loss, gradients, Adam's changes and running statistics.

The network is tf_efficientnet_b0 with the weights of the formula, in training mode (batch statistics), without dropout;
loss and optimiser are those of the paper's focused training. Weights and pictures are float32 numbers, the computation
runs in float64; the errors that PyTorch itself makes in float32 are stored beside the results.
"""

import numpy as np
import timm
import torch

import formula
import networks
import output

ARCHITECTURE = "tf_efficientnet_b0"
SIZE = 96
TARGETS = [9, 0, 5, 13]
OWN_LABELS = [4, 5, 6, 7, 8, 9, 11]
OWN_WEIGHT = 5.0
RATE = 3e-4
SMOOTHING = 0.1
SAMPLES = 48
# From the first layer to the last, with batch normalisation and squeeze-excite.
TENSORS = [
    "conv_stem.weight",
    "bn1.weight",
    "bn1.bias",
    "blocks.0.0.conv_dw.weight",
    "blocks.0.0.se.conv_reduce.weight",
    "blocks.1.0.bn1.bias",
    "blocks.2.1.bn2.weight",
    "blocks.3.1.conv_pwl.weight",
    "blocks.5.2.se.conv_expand.bias",
    "blocks.6.0.conv_pw.weight",
    "conv_head.weight",
    "bn2.weight",
    "bn2.bias",
    "classifier.weight",
    "classifier.bias",
]
NORMS = ["bn1", "blocks.2.1.bn2", "blocks.5.2.bn3", "bn2"]


def pictures() -> torch.Tensor:
    """[4, 3, SIZE, SIZE]: the formula's picture moved to the left by 17 pixels a time, plus noise of its own."""
    base = formula.network_input(SIZE)[0].astype(np.float64)
    batch = []
    for index in range(len(TARGETS)):
        noise = formula.uniform(f"picture{index}", base.size).reshape(base.shape)
        batch.append((np.roll(base, -17 * index, axis=2) + noise).astype(np.float32))
    return torch.from_numpy(np.stack(batch))


def network() -> torch.nn.Module:
    """The network in training mode; running statistics as if every layer had the scalar variance 1."""
    model = timm.create_model(ARCHITECTURE, num_classes=networks.CLASSES)
    networks.fill(model)
    for name, module in model.named_modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            mean = formula.running_mean(f"{name}.running_mean", module.num_features, 1.0)
            var = formula.running_var(f"{name}.running_var", module.num_features, 1.0)
            module.running_mean.copy_(torch.from_numpy(mean))
            module.running_var.copy_(torch.from_numpy(var))
    return model.train()


def values_per_channel(model: torch.nn.Module, images: torch.Tensor) -> dict[str, int]:
    """How many values a channel has in a batch, at each of NORMS."""
    counts = {}
    hooks = []
    for name, module in model.named_modules():
        if name in NORMS:
            def count(module, inputs, name=name):
                counts[name] = inputs[0].numel() // inputs[0].shape[1]

            hooks.append(module.register_forward_pre_hook(count))
    with torch.no_grad():
        model(images)
    for hook in hooks:
        hook.remove()
    return counts


def train(model: torch.nn.Module, images: torch.Tensor) -> dict:
    """Two steps; what is told of them, as tensors."""
    targets = torch.tensor(TARGETS)
    weights = torch.ones(networks.CLASSES, dtype=images.dtype)
    weights[OWN_LABELS] = OWN_WEIGHT
    loss_of = torch.nn.CrossEntropyLoss(weight=weights)
    smooth_loss_of = torch.nn.CrossEntropyLoss(weight=weights, label_smoothing=SMOOTHING)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    parameters = dict(model.named_parameters())
    modules = dict(model.named_modules())
    before = {name: parameters[name].detach().clone() for name in TENSORS}
    found = {"steps": []}
    for _ in range(2):
        optimizer.zero_grad()
        logits = model(images)
        loss = loss_of(logits, targets)
        loss.backward()
        step = {
            "loss": loss.detach(),
            "smooth_loss": smooth_loss_of(logits, targets).detach(),
            # A limit that nothing reaches: only the norm is wanted.
            "gradient_norm": torch.nn.utils.clip_grad_norm_(model.parameters(), 1e30),
            "gradients": {name: parameters[name].grad.clone() for name in TENSORS},
        }
        optimizer.step()
        step["changes"] = {name: parameters[name].detach() - before[name] for name in TENSORS}
        step["running"] = {
            f"{name}.{kind}": getattr(modules[name], kind).clone()
            for name in NORMS for kind in ("running_mean", "running_var")
        }
        found["steps"].append(step)
    return found


def all_training_steps() -> None:
    images = pictures()
    single = train(network(), images)
    counts = values_per_channel(network(), images)
    double = train(network().double(), images.double())
    steps, errors = [], []
    for truth, rough in zip(double["steps"], single["steps"]):
        steps.append({
            "loss": output.number(truth["loss"]),
            "smooth_loss": output.number(truth["smooth_loss"]),
            "gradient_norm": output.number(truth["gradient_norm"]),
            **{
                part: {name: output.thinned(value, SAMPLES) for name, value in truth[part].items()}
                for part in ("gradients", "changes", "running")
            },
        })
        errors.append({
            "loss": output.number((rough["loss"] - truth["loss"]).abs() / truth["loss"]),
            **{
                part: max(networks.relative(rough[part][name], value) for name, value in truth[part].items())
                for part in ("gradients", "changes", "running")
            },
        })
    output.write("training_step", {
        "architecture": ARCHITECTURE,
        "size": SIZE,
        "classes": networks.CLASSES,
        "targets": TARGETS,
        "own_labels": OWN_LABELS,
        "own_weight": OWN_WEIGHT,
        "rate": RATE,
        "label_smoothing": SMOOTHING,
        "input": output.thinned(images, 256),
        "values_per_channel": counts,
        "steps": steps,
        "float32_relative_error": errors,
    })
