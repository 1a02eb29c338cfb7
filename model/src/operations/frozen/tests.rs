//! The loops against plain ones, for sizes that do not fill vectors or tiles.

use super::axis::Axis;
use super::bands::{self, Targets};
use super::depthwise::{After as AfterFilter, Filters};
use super::passes;
use super::product::{After, Matrix};

/// Numbers without a pattern between -1 and 1.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    (0..count)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 23) as f32 - 1.0
        })
        .collect()
}

fn near(got: &[f32], want: &[f32]) {
    assert_eq!(got.len(), want.len());
    for (index, (got, want)) in got.iter().zip(want).enumerate() {
        assert!(
            (got - want).abs() <= 2e-5 * want.abs().max(1.0),
            "{index}: {got} {want}"
        );
    }
}

fn silu(x: f32) -> f32 {
    x / (1.0 + (-x).exp())
}

#[test]
fn products_of_all_sizes() {
    for (pixels, input, output) in [
        (1, 1, 1),
        (5, 3, 7),
        (29, 17, 33),
        (100, 40, 16),
        (13, 9, 65),
    ] {
        let (x, weight) = (numbers(pixels * input, 1), numbers(output * input, 2));
        let (bias, other) = (numbers(output, 3), numbers(pixels * output, 4));
        let matrix = Matrix::new([output, input], |o, i| weight[o * input + i], Some(&bias));
        let mut want = vec![0.0; pixels * output];
        for (p, row) in want.chunks_exact_mut(output).enumerate() {
            for (o, value) in row.iter_mut().enumerate() {
                let products = (0..input).map(|i| x[p * input + i] * weight[o * input + i]);
                *value = products.sum::<f32>() + bias[o];
            }
        }
        let mut got = vec![f32::NAN; pixels * output];
        matrix
            .plain()
            .multiply(&x, &mut got, &mut [], After::Nothing);
        near(&got, &want);
        let mut before = vec![f32::NAN; pixels * output];
        matrix
            .plain()
            .multiply(&x, &mut got, &mut before, After::Silu);
        near(&before, &want);
        near(&got, &want.iter().map(|x| silu(*x)).collect::<Vec<_>>());
        matrix
            .plain()
            .multiply(&x, &mut got, &mut [], After::Add(&other));
        near(
            &got,
            &want
                .iter()
                .zip(&other)
                .map(|(a, b)| a + b)
                .collect::<Vec<_>>(),
        );

        // Gates on the inputs are factors of the matrix's rows.
        let gates = numbers(input, 5);
        let gated: Vec<f32> = x
            .iter()
            .enumerate()
            .map(|(at, x)| x * gates[at % input])
            .collect();
        let mut room = Vec::new();
        matrix
            .scaled(&gates, &mut room)
            .multiply(&x, &mut got, &mut [], After::Nothing);
        matrix
            .plain()
            .multiply(&gated, &mut want, &mut [], After::Nothing);
        near(&got, &want);

        // And back: the transposed product is the gradient.
        let gradient = numbers(pixels * output, 6);
        let mut back = vec![0.0; pixels * input];
        matrix
            .transposed()
            .plain()
            .multiply(&gradient, &mut back, &mut [], After::Nothing);
        let want: Vec<f32> = (0..pixels * input)
            .map(|at| {
                let (p, i) = (at / input, at % input);
                (0..output)
                    .map(|o| gradient[p * output + o] * weight[o * input + i])
                    .sum()
            })
            .collect();
        near(&back, &want);
    }
}

#[test]
fn filters_and_their_gradients_of_all_sizes() {
    for channels in [1, 5, 16, 40] {
        for (kernel, stride, before) in [
            (3, 1, 1),
            (5, 1, 2),
            (3, 2, 0),
            (3, 2, 1),
            (5, 2, 2),
            (5, 2, 1),
        ] {
            for [height, width] in [[1, 1], [4, 9], [12, 7]] {
                check_filters(channels, kernel, stride, before, [height, width]);
            }
        }
    }
}

fn check_filters(channels: usize, kernel: usize, stride: usize, before: usize, size: [usize; 2]) {
    let [height, width] = size;
    let [rows, columns] = size.map(|side| side.div_ceil(stride));
    let x = numbers(height * width * channels, 7);
    let (weight, bias) = (numbers(channels * kernel * kernel, 8), numbers(channels, 9));
    let filters = Filters::new(&weight, &bias, kernel);
    let forward = [(height, rows), (width, columns)]
        .map(|(from, to)| Axis::forward(from, to, kernel, stride, before));
    // Calls with each pair of an output and an input that it sees, and the weight.
    let pairs = |visit: &mut dyn FnMut(usize, usize, f32)| {
        for at in 0..rows * columns * kernel * kernel {
            let (row, column) = (
                at / (kernel * kernel) / columns,
                at / (kernel * kernel) % columns,
            );
            let (y, x) = (at / kernel % kernel, at % kernel);
            let (Some(from_row), Some(from)) = (
                (row * stride + y).checked_sub(before),
                (column * stride + x).checked_sub(before),
            ) else {
                continue;
            };
            if from_row < height && from < width {
                for channel in 0..channels {
                    let weight = weight[(channel * kernel + y) * kernel + x];
                    let output = (row * columns + column) * channels + channel;
                    visit(
                        output,
                        (from_row * width + from) * channels + channel,
                        weight,
                    );
                }
            }
        }
    };
    let mut want: Vec<f32> = bias
        .iter()
        .copied()
        .cycle()
        .take(rows * columns * channels)
        .collect();
    pairs(&mut |output, input, weight| want[output] += weight * x[input]);
    let mut got = vec![f32::NAN; want.len()];
    let mut kept = vec![f32::NAN; want.len()];
    let axes = [&forward[0], &forward[1]];
    let mut sums = vec![f32::NAN; rows * channels];
    let targets = [&mut got[..], &mut kept, &mut sums];
    filters.gather(&x, axes, targets, AfterFilter::Silu);
    near(
        &passes::total(&sums, channels),
        &passes::total(&got, channels),
    );
    near(&kept, &want);
    near(&got, &want.iter().map(|x| silu(*x)).collect::<Vec<_>>());

    let gradient = numbers(want.len(), 10);
    let mut want = vec![0.0; x.len()];
    pairs(&mut |output, input, weight| want[input] += weight * gradient[output]);
    let back = [(rows, height), (columns, width)];
    let mut got = vec![f32::NAN; x.len()];
    let axes = back.map(|(from, to)| Axis::backward(from, to, kernel, stride, before));
    let none = AfterFilter::Slope(None);
    filters.without_bias().gather(
        &gradient,
        [&axes[0], &axes[1]],
        [&mut got, &mut [], &mut []],
        none,
    );
    near(&got, &want);
    if stride == 1 {
        let axes = back.map(|(from, to)| Axis::forward(from, to, kernel, 1, kernel - 1 - before));
        filters.turned().gather(
            &gradient,
            [&axes[0], &axes[1]],
            [&mut got, &mut [], &mut []],
            none,
        );
        near(&got, &want);
        let slope = |x: f32| {
            let s = 1.0 / (1.0 + (-x).exp());
            s * (1.0 + x * (1.0 - s))
        };
        let after = AfterFilter::Slope(Some(&x));
        filters.turned().gather(
            &gradient,
            [&axes[0], &axes[1]],
            [&mut got, &mut [], &mut []],
            after,
        );
        near(
            &got,
            &want
                .iter()
                .zip(&x)
                .map(|(a, x)| a * slope(*x))
                .collect::<Vec<_>>(),
        );
    }
}

#[test]
fn bands_give_what_whole_maps_give() {
    for (kernel, stride, before) in [(3, 1, 1), (5, 1, 2), (3, 2, 0), (3, 2, 1), (5, 2, 1)] {
        for size in [[1, 1], [4, 9], [12, 7], [37, 20], [9, 61]] {
            check_bands(kernel, stride, before, size);
        }
    }
}

fn check_bands(kernel: usize, stride: usize, before: usize, size: [usize; 2]) {
    let (entering, channels, leaving) = (5, 18, 7);
    let target = size.map(|side| side.div_ceil(stride));
    let pixels = size[0] * size[1];
    let x = numbers(pixels * entering, 13);
    let weight = numbers(channels * entering, 14);
    let bias = numbers(channels, 15);
    let expansion = Matrix::new(
        [channels, entering],
        |o, i| weight[o * entering + i],
        Some(&bias),
    );
    let filters = Filters::new(&numbers(channels * kernel * kernel, 16), &bias, kernel);
    let axes = [0, 1].map(|axis| Axis::forward(size[axis], target[axis], kernel, stride, before));
    let axes = [&axes[0], &axes[1]];
    let length = target[0] * target[1] * channels;
    let mut expanded = vec![f32::NAN; pixels * channels];
    let mut of_expansion = expanded.clone();
    expansion
        .plain()
        .multiply(&x, &mut expanded, &mut of_expansion, After::Silu);
    let [mut filtered, mut of_depthwise] = [vec![f32::NAN; length], vec![f32::NAN; length]];
    let mut sums = vec![f32::NAN; target[0] * channels];
    let targets = [&mut filtered[..], &mut of_depthwise, &mut sums];
    filters.gather(&expanded, axes, targets, AfterFilter::Silu);

    for is_kept in [true, false] {
        let room = |length: usize| vec![f32::NAN; if is_kept { length } else { 0 }];
        let [mut got, mut got_sums] = [vec![f32::NAN; length], vec![f32::NAN; sums.len()]];
        let [mut got_expansion, mut got_depthwise] = [room(expanded.len()), room(length)];
        let targets = Targets {
            filtered: &mut got,
            expansion: &mut got_expansion,
            depthwise: &mut got_depthwise,
            sums: &mut got_sums,
        };
        bands::expand_and_filter(&expansion, &filters, axes, &x, targets);
        assert_eq!((&got, &got_sums), (&filtered, &sums));
        if is_kept {
            assert_eq!(
                (&got_expansion, &got_depthwise),
                (&of_expansion, &of_depthwise)
            );
        }
    }

    // And back.
    let gradient = numbers(length, 17);
    let axes = [0, 1].map(|axis| Axis::backward(target[axis], size[axis], kernel, stride, before));
    let axes = [&axes[0], &axes[1]];
    let filters = filters.without_bias();
    let slope = AfterFilter::Slope(Some(&of_expansion));
    let targets = [&mut expanded[..], &mut [], &mut []];
    filters.gather(&gradient, axes, targets, slope);
    let weight = numbers(leaving * channels, 18);
    let matrix = Matrix::new([leaving, channels], |o, i| weight[o * channels + i], None);
    let summand = numbers(pixels * leaving, 19);
    for after in [After::Nothing, After::Add(&summand)] {
        let [mut want, mut got] = [0, 1].map(|_| vec![f32::NAN; pixels * leaving]);
        matrix
            .plain()
            .multiply(&expanded, &mut want, &mut [], after);
        let places = &of_expansion;
        bands::filter_and_multiply(&filters, axes, &gradient, places, &matrix, &mut got, after);
        assert_eq!(got, want);
    }
}

#[test]
fn passes_of_all_sizes() {
    for (pixels, channels) in [(1, 1), (300, 5), (1000, 17), (7, 64)] {
        let (x, gradient) = (
            numbers(pixels * channels, 11),
            numbers(pixels * channels, 12),
        );
        let sum = |value: &dyn Fn(usize) -> f32| -> Vec<f32> {
            let of = |channel: usize| (0..pixels).map(|p| value(p * channels + channel)).sum();
            (0..channels).map(of).collect()
        };
        near(
            &passes::mean(&x, channels),
            &sum(&|at| x[at] / pixels as f32),
        );
        near(
            &passes::activated_products(&x, &gradient, channels),
            &sum(&|at| silu(x[at]) * gradient[at]),
        );
    }
}
