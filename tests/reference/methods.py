"""Goldens of captum's SmoothGrad, Grad-CAM and Occlusion on a small picture and the formula's network."""

import unittest.mock

import timm
import torch
from captum.attr import IntegratedGradients, LayerAttribution, LayerGradCam, NoiseTunnel, Occlusion

import formula
import networks
import output

ARCHITECTURE = "tf_efficientnet_b0"
SIZE = 96
# Neither divides the side: the last windows are cut at the border.
WINDOW, STRIDE = 13, 7
SAMPLES, STEPS, NOISE = 3, 4, 0.3


def noises() -> list[torch.Tensor]:
    shape = (1, 3, SIZE, SIZE)
    count = 3 * SIZE * SIZE
    return [
        torch.from_numpy(NOISE * formula.uniform(f"smooth_grad.noise.{index}", count).reshape(shape)).float().double()
        for index in range(SAMPLES)
    ]


def smooth_grad(model, image, baseline) -> torch.Tensor:
    """captum's own NoiseTunnel; only the numbers that it draws are replaced."""
    with unittest.mock.patch("torch.normal", side_effect=noises()):
        return NoiseTunnel(IntegratedGradients(model)).attribute(
            image, nt_type="smoothgrad", nt_samples=SAMPLES, nt_samples_batch_size=1, stdevs=1.0,
            baselines=baseline, target=networks.TARGET, n_steps=STEPS, method="gausslegendre",
        )


def all_methods() -> None:
    model = timm.create_model(ARCHITECTURE, num_classes=networks.CLASSES).eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    networks.fill(model)
    image = torch.from_numpy(formula.network_input(SIZE))
    variances = networks.calibrate(model, image)
    model, image = model.double(), image.double()
    baseline = torch.zeros_like(image)
    with torch.no_grad():
        logits, baseline_logits = model(image), model(baseline)

    # Grad-CAM needs a graph from the layer to the logit; with frozen weights the picture must ask for it.
    leaf = image.clone().requires_grad_()
    small = LayerGradCam(model, model.bn2).attribute(
        leaf, target=networks.TARGET, attr_dim_summation=True, relu_attributions=True
    ).detach()
    signed = LayerGradCam(model, model.bn2).attribute(leaf, target=networks.TARGET).detach()
    large = LayerAttribution.interpolate(small, (SIZE, SIZE), "bilinear")
    occlusion = Occlusion(model).attribute(
        image, sliding_window_shapes=(3, WINDOW, WINDOW), strides=(3, STRIDE, STRIDE), baselines=baseline,
        target=networks.TARGET, perturbations_per_eval=8,
    ).detach()
    smooth = smooth_grad(model, image, baseline).detach()

    output.write(f"captum_methods_{ARCHITECTURE}_{SIZE}", {
        "architecture": ARCHITECTURE,
        "size": SIZE,
        "classes": networks.CLASSES,
        "target": networks.TARGET,
        "bn_variance": variances,
        "logits": output.numbers(logits),
        "baseline_logits": output.numbers(baseline_logits),
        "grad_cam": {"signed": output.numbers(signed), "map": output.thinned(large[0], 1000)},
        # captum repeats a window's fall in every channel that it hides.
        "occlusion": {"window": WINDOW, "stride": STRIDE, "map": output.thinned(occlusion[0, :1], 1000)},
        "smooth_grad": {"steps": STEPS, "samples": SAMPLES, "noise": NOISE, "map": output.thinned(smooth, 2000)},
    })
