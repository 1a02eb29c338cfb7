"""Goldens of whole networks: logits, features, input gradient and Integrated Gradients.

Weights and input are float32 numbers (see formula.py); the computation runs in float64, so the goldens are the true
values to far more digits than float32 arithmetic can reach. The error that PyTorch itself makes in float32 is stored
beside them ("float32_relative_error"): it tells how tight a test's tolerance can be.
"""

import time

import numpy as np
import timm
import torch
import torchvision
from captum.attr import IntegratedGradients

import formula
import output

CLASSES = 16
TARGET = 3
STEPS = 50


def fill(model: torch.nn.Module) -> None:
    """Sets every parameter by the formula of its name; running statistics come from `calibrate`."""
    norms = {name for name, module in model.named_modules() if isinstance(module, torch.nn.BatchNorm2d)}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            shape = tuple(parameter.shape)
            owner, kind = name.rsplit(".", 1)
            if kind == "bias":
                values = formula.bias(name, shape)
            elif owner in norms:
                values = formula.norm_weight(name, shape)
            else:
                values = formula.weight(name, shape)
            parameter.copy_(torch.from_numpy(values))


def calibrate(model: torch.nn.Module, image: torch.Tensor) -> dict[str, float]:
    """Sets running statistics layer after layer so that activations keep unit scale; returns the scalar of each layer.

    The scalar is the mean square of the layer's input, rounded to 4 significant digits so that it can be written down.
    """
    variances = {}
    hooks = []

    def measure(name):
        def hook(module, inputs):
            variance = float(f"{inputs[0].detach().double().pow(2).mean().item():.4g}")
            variances[name] = variance
            channels = module.num_features
            mean = formula.running_mean(f"{name}.running_mean", channels, variance)
            var = formula.running_var(f"{name}.running_var", channels, variance)
            module.running_mean.copy_(torch.from_numpy(mean))
            module.running_var.copy_(torch.from_numpy(var))

        return hook

    for name, module in model.named_modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            hooks.append(module.register_forward_pre_hook(measure(name)))
    with torch.no_grad():
        model(image)
    for hook in hooks:
        hook.remove()
    return variances


def features(model, image) -> dict[str, torch.Tensor]:
    """Activations after the stem (with norm and SiLU), each stage, and the last 1x1 convolution (with norm and SiLU)."""
    found = {}
    x = model.bn1(model.conv_stem(image))
    found["stem"] = x
    for index, stage in enumerate(model.blocks):
        x = stage(x)
        found[f"stage{index}"] = x
    found["head"] = model.bn2(model.conv_head(x))
    return found


def input_gradient(model, image) -> torch.Tensor:
    leaf = image.clone().requires_grad_()
    return torch.autograd.grad(model(leaf)[0, TARGET], leaf)[0]


def relative(a, b) -> float:
    """Euclidean norm of the difference over that of the truth `b`."""
    a, b = a.double(), b.double()
    return output.number((a - b).norm() / b.norm())


def network(architecture: str, size: int, attribute: bool = True) -> None:
    """Writes goldens/<architecture>_<size>.json, with Integrated Gradients if `attribute`."""
    start = time.time()
    model = timm.create_model(architecture, num_classes=CLASSES).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    fill(model)
    image = torch.from_numpy(formula.network_input(size))
    variances = calibrate(model, image)
    with torch.no_grad():
        single_logits = model(image)
        single_features = features(model, image)
    single_gradient = input_gradient(model, image)

    model = model.double()
    image = image.double()
    with torch.no_grad():
        logits = model(image)
        baseline = torch.zeros_like(image)
        baseline_logits = model(baseline)
        double_features = features(model, image)
    gradient = input_gradient(model, image)
    print(f"{architecture}@{size}: forward and gradient done after {time.time() - start:.0f} s", flush=True)
    golden = {
        "architecture": architecture,
        "size": size,
        "classes": CLASSES,
        "target": TARGET,
        "bn_variance": variances,
        "input": output.thinned(image, 256),
        "logits": output.numbers(logits),
        "baseline_logits": output.numbers(baseline_logits),
        "features": {name: output.thinned(value, 256) for name, value in double_features.items()},
        "gradient": output.thinned(gradient, 4000),
        "float32_relative_error": {
            "logits": relative(single_logits, logits),
            "features": {name: relative(single_features[name], value) for name, value in double_features.items()},
            "gradient": relative(single_gradient, gradient),
        },
    }
    if attribute:
        attribution, delta = IntegratedGradients(model).attribute(
            image, baseline, target=TARGET, n_steps=STEPS, method="gausslegendre",
            return_convergence_delta=True, internal_batch_size=2,
        )
        golden["integrated_gradients"] = {
            "method": "gausslegendre",
            "steps": STEPS,
            "sum": output.number(attribution.sum()),
            "convergence_delta": output.number(delta),
            **output.thinned(attribution, 4000),
        }
    output.write(f"{architecture}_{size}", golden)
    print(f"{architecture}@{size}: {time.time() - start:.0f} s in all", flush=True)


def torchvision_network(size: int = 224) -> None:
    """Logits of torchvision's B0, filled by the formula on TORCHVISION's names: the mapping of names must give them."""
    model = torchvision.models.efficientnet_b0(num_classes=CLASSES).eval()
    fill(model)
    image = torch.from_numpy(formula.network_input(size))
    variances = calibrate(model, image)
    with torch.no_grad():
        single = model(image)
        logits = model.double()(image.double())
    output.write(f"torchvision_efficientnet_b0_{size}", {
        "size": size,
        "classes": CLASSES,
        "bn_variance": variances,
        "logits": output.numbers(logits),
        "float32_relative_error": {"logits": relative(single, logits)},
    })


def state_dict_keys() -> None:
    """Names and shapes that checkpoints have: full lists for B0 and B4, count and hash for the rest."""
    def entries(model):
        return {name: list(value.shape) for name, value in model.state_dict().items()}

    listing = {"classes": CLASSES, "timm": {}, "timm_summary": {}, "torchvision": {}}
    for index in range(8):
        for prefix in ("", "tf_"):
            architecture = f"{prefix}efficientnet_b{index}"
            model = timm.create_model(architecture, num_classes=CLASSES)
            found = entries(model)
            lines = [f"{name} {'x'.join(map(str, shape))}\n" for name, shape in sorted(found.items())
                     if not name.endswith("num_batches_tracked")]
            listing["timm_summary"][architecture] = {
                "tensors": len(lines),
                "parameters": sum(parameter.numel() for parameter in model.parameters()),
                "fnv1a64": f"{formula.fnv1a64(''.join(lines)):016x}",
                "features": model.num_features,
                "default_size": model.default_cfg["input_size"][1],
            }
            if index in (0, 4) and not prefix:
                listing["timm"][architecture] = found
    for index in (0, 4):
        architecture = f"efficientnet_b{index}"
        listing["torchvision"][architecture] = entries(getattr(torchvision.models, architecture)(num_classes=CLASSES))
    output.write("state_dict_keys", listing)


def all_networks() -> None:
    torch.manual_seed(0)
    np.random.seed(0)
    state_dict_keys()
    torchvision_network()
    network("efficientnet_b0", 224)
    network("tf_efficientnet_b0", 224)
    # Only the stem pads asymmetrically at 450, the paper's size.
    network("tf_efficientnet_b0", 450, attribute=False)
    network("tf_efficientnet_b4", 448)
