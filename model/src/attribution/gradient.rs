//! What all methods share: one logit of the model's answer, its gradient, reading numbers back.

use burn::tensor::Tensor;

use super::AttributionError;

/// The target's column `[n, 1]` of the model's answer to `pictures` pictures, after checking the answer.
pub(super) fn target_logits(
    answer: Tensor<2>,
    target: usize,
    pictures: usize,
) -> Result<Tensor<2>, AttributionError> {
    let shape @ [rows, classes] = answer.dims();
    if rows != pictures {
        return Err(AttributionError::Output {
            answer: shape,
            pictures,
        });
    }
    if target >= classes {
        return Err(AttributionError::Target { target, classes });
    }
    Ok(answer.slice([0..rows, target..target + 1]))
}

/// The target's logits `[n, 1]` and their gradients with respect to `points`, of the shape of `points`, both without
/// autodiff.
///
/// `model` maps `[n, ...]` to `[n, classes]` and treats each of the n by itself; `points` must be on an autodiff device.
pub(super) fn logit_gradient<F>(
    model: &F,
    points: Tensor<4>,
    target: usize,
) -> Result<(Tensor<2>, Tensor<4>), AttributionError>
where
    F: Fn(Tensor<4>) -> Tensor<2>,
{
    let points = points.detach().require_grad();
    let [count, ..] = points.dims();
    let logits = target_logits(model(points.clone()), target, count)?;
    if !logits.is_tracked() {
        return Err(AttributionError::NoGradient {
            reason: "the model's answer does not depend on its input",
        });
    }
    // The pictures of a batch do not influence each other, so the gradient of the sum is the gradient of each.
    let mut gradients = logits.clone().sum().backward();
    let gradient = points
        .grad_remove(&mut gradients)
        .ok_or(AttributionError::NoGradient {
            reason: "the device kept none",
        })?;
    Ok((logits.inner(), gradient))
}

/// Checks that `input` is one picture `[1, channels, height, width]` and that `baseline` has its shape.
pub(super) fn require_one_picture(
    input: &Tensor<4>,
    baseline: &Tensor<4>,
) -> Result<(), AttributionError> {
    let shape = input.dims();
    if shape[0] != 1 || shape.contains(&0) || shape != baseline.dims() {
        return Err(AttributionError::Shape {
            input: shape.to_vec(),
            baseline: baseline.dims().to_vec(),
        });
    }
    Ok(())
}

/// Checks that gradients with respect to `picture` can be taken.
pub(super) fn require_autodiff(picture: &Tensor<4>) -> Result<(), AttributionError> {
    if picture.is_autodiff() {
        Ok(())
    } else {
        Err(AttributionError::NoGradient {
            reason: "the input is not on an autodiff device",
        })
    }
}

/// Waits until the device has computed `tensor`. Reading one value waits for all and moves 4 bytes.
pub(super) async fn wait(tensor: &Tensor<4>) -> Result<(), AttributionError> {
    read(tensor.clone().slice([0..1, 0..1, 0..1, 0..1]))
        .await
        .map(drop)
}

/// All values of a tensor as f32, row-major.
pub(super) async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, AttributionError> {
    let data = tensor
        .into_data_async()
        .await
        .map_err(|error| AttributionError::Device(error.to_string()))?;
    data.try_into_vec_as::<f32>()
        .map_err(|error| AttributionError::Device(error.to_string()))
}
