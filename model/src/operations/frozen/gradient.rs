//! The way back: from the gradient of the pooled features to that of the image.

use super::axis::Axis;
use super::bands;
use super::depthwise::{After as AfterFilter, Filters};
use super::network::{Block, BlockTape, FrozenNetwork, Tape, sized};
use super::passes;
use super::product::{After, Matrix};
use crate::efficientnet::Padding;

/// Weights as gradients need them.
pub(crate) struct Transposed {
    stem: Matrix,
    blocks: Vec<TransposedBlock>,
    head: Matrix,
}

struct TransposedBlock {
    expansion: Option<Matrix>,
    filters: Filters,
    reduce: Matrix,
    excite: Matrix,
    projection: Matrix,
}

impl Transposed {
    fn new(network: &FrozenNetwork) -> Self {
        let block = |block: &Block| TransposedBlock {
            expansion: block.expansion.as_ref().map(Matrix::transposed),
            filters: match block.stride {
                1 => block.filters.turned(),
                _ => block.filters.without_bias(),
            },
            reduce: block.reduce.transposed(),
            excite: block.excite.transposed(),
            projection: block.projection.transposed(),
        };
        Self {
            stem: network.stem.matrix.transposed(),
            blocks: network.blocks.iter().map(block).collect(),
            head: network.head.transposed(),
        }
    }
}

impl FrozenNetwork {
    /// The gradient with respect to the image, `[3, height, width]`, of what has this gradient with respect to the means of
    /// the last feature maps, `[features]`.
    pub fn backward(&self, tape: &Tape, features: &[f32]) -> Vec<f32> {
        let transposed = self.transposed.get_or_init(|| Transposed::new(self));
        let channels = self.head.output;
        let pixels = tape.head.len() / channels.max(1);
        let each: Vec<f32> = features
            .iter()
            .map(|feature| feature / pixels as f32)
            .collect();
        let mut of_head = vec![0.0; tape.head.len()];
        passes::through_silu(&mut of_head, &tape.head, &vec![0.0; channels], &each);
        let mut gradient = vec![0.0; pixels * self.head.input];
        transposed
            .head
            .plain()
            .multiply(&of_head, &mut gradient, &mut [], After::Nothing);
        let mut room = Room::default();
        let blocks = self.blocks.iter().zip(&transposed.blocks).zip(&tape.blocks);
        for ((block, transposed), tape) in blocks.rev() {
            let mut next = core::mem::take(&mut room.next);
            block.backward(
                transposed,
                tape,
                &gradient,
                self.padding,
                &mut next,
                &mut room,
            );
            room.next = core::mem::replace(&mut gradient, next);
        }
        let channels = self.stem.channels();
        passes::through_silu(
            &mut gradient,
            &tape.stem,
            &vec![1.0; channels],
            &vec![0.0; channels],
        );
        let pixels = gradient.len() / channels.max(1);
        let windows = sized(&mut room.expanded, pixels * self.stem.matrix.input);
        transposed
            .stem
            .plain()
            .multiply(&gradient, windows, &mut [], After::Nothing);
        self.stem.scatter(windows, tape.image, self.padding)
    }
}

/// Memory that layers share.
#[derive(Default)]
struct Room {
    expanded: Vec<f32>,
    filtered: Vec<f32>,
    next: Vec<f32>,
}

impl Block {
    fn backward(
        &self,
        transposed: &TransposedBlock,
        tape: &BlockTape,
        gradient: &[f32],
        padding: Padding,
        next: &mut Vec<f32>,
        room: &mut Room,
    ) {
        let channels = self.filters.channels;
        let pixels = tape.output[0] * tape.output[1];
        let filtered = sized(&mut room.filtered, pixels * channels);
        transposed
            .projection
            .plain()
            .multiply(gradient, filtered, &mut [], After::Nothing);

        // The gates: g = sigmoid(excite silu(reduce mean)).
        let of_gates = passes::activated_products(&tape.depthwise, filtered, channels);
        let gates = of_gates.iter().zip(&tape.gates);
        let of_excited: Vec<f32> = gates
            .map(|(of_gate, gate)| of_gate * gate * (1.0 - gate))
            .collect();
        let mut of_squeezed = vec![0.0; self.reduce.output];
        transposed
            .excite
            .plain()
            .multiply(&of_excited, &mut of_squeezed, &mut [], After::Nothing);
        let squeezed = self.reduce.output;
        passes::through_silu(
            &mut of_squeezed,
            &tape.squeezed,
            &vec![1.0; squeezed],
            &vec![0.0; squeezed],
        );
        let mut of_mean = vec![0.0; channels];
        transposed
            .reduce
            .plain()
            .multiply(&of_squeezed, &mut of_mean, &mut [], After::Nothing);
        of_mean.iter_mut().for_each(|mean| *mean /= pixels as f32);

        passes::through_silu(filtered, &tape.depthwise, &tape.gates, &of_mean);
        let axes = self.axes_back(tape, padding);
        let input = tape.input[0] * tape.input[1] * channels;
        let Some(expansion) = &transposed.expansion else {
            let next = sized(next, input);
            transposed.filters.gather(
                filtered,
                [&axes[0], &axes[1]],
                [next, &mut [], &mut []],
                AfterFilter::Slope(None),
            );
            if self.residual {
                next.iter_mut()
                    .zip(gradient)
                    .for_each(|(next, gradient)| *next += gradient);
            }
            return;
        };
        let axes = [&axes[0], &axes[1]];
        let next = sized(next, tape.input[0] * tape.input[1] * expansion.output);
        let after = if self.residual {
            After::Add(gradient)
        } else {
            After::Nothing
        };
        if bands::is_large(input) {
            let (filters, places) = (&transposed.filters, &tape.expansion);
            bands::filter_and_multiply(filters, axes, filtered, places, expansion, next, after);
            return;
        }
        let expanded = sized(&mut room.expanded, input);
        let slope = AfterFilter::Slope(Some(&tape.expansion));
        let targets = [&mut *expanded, &mut [], &mut []];
        transposed.filters.gather(filtered, axes, targets, slope);
        expansion.plain().multiply(expanded, next, &mut [], after);
    }

    fn axes_back(&self, tape: &BlockTape, padding: Padding) -> [Axis; 2] {
        let (kernel, stride) = (self.filters.kernel, self.stride);
        core::array::from_fn(|axis| {
            let (side, target) = (tape.input[axis], tape.output[axis]);
            let (before, _) = padding.amounts(side, kernel, stride);
            if stride == 1 {
                // A convolution with turned filters.
                Axis::forward(target, side, kernel, 1, kernel - 1 - before)
            } else {
                Axis::backward(target, side, kernel, stride, before)
            }
        })
    }
}
