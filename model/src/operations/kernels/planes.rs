//! Whole planes: means, gates and their gradients. Planes lie one behind the other, one number belongs to each.

use super::parallel::{for_each_chunk, map_with};
use super::vector::{dot, sum, vectorised};

/// Each plane times its factor.
pub(crate) fn scale(x: &[f32], factors: &[f32]) -> Vec<f32> {
    let pixels = x.len() / factors.len().max(1);
    let mut output = vec![0.0; x.len()];
    for_each_chunk(&mut output, pixels, |index, output| {
        let (x, factor) = (&x[index * pixels..], factors[index]);
        vectorised(|| {
            for (y, x) in output.iter_mut().zip(x) {
                *y = x * factor;
            }
        });
    });
    output
}

/// The sum of the products of each two planes of `pixels` numbers.
pub(crate) fn products(a: &[f32], b: &[f32], pixels: usize) -> Vec<f32> {
    map_with(
        a.len() / pixels.max(1),
        || (),
        |(), index| {
            let plane = index * pixels..(index + 1) * pixels;
            vectorised(|| dot(&a[plane.clone()], &b[plane.clone()]))
        },
    )
}

/// The mean of each plane of `pixels` numbers.
pub(crate) fn mean(x: &[f32], pixels: usize) -> Vec<f32> {
    map_with(
        x.len() / pixels.max(1),
        || (),
        |(), index| {
            let plane = &x[index * pixels..(index + 1) * pixels];
            (vectorised(|| sum(plane, |x| x)) / pixels as f64) as f32
        },
    )
}

/// The gradient of [`mean`]: each plane's number over `pixels`, everywhere in it.
pub(crate) fn spread(gradient: &[f32], pixels: usize) -> Vec<f32> {
    let mut output = vec![0.0; gradient.len() * pixels];
    for_each_chunk(&mut output, pixels, |index, plane| {
        plane.fill(gradient[index] / pixels as f32);
    });
    output
}
