//! A whole network whose parameters are constants: packed weights, and the way forward.

use std::sync::OnceLock;

use super::axis::Axis;
use super::bands::{self, Targets};
use super::depthwise::{After as AfterFilter, Filters};
use super::gradient::Transposed;
use super::passes;
use super::product::{After, Matrix};
use super::stem::Stem;
use crate::efficientnet::Padding;

/// A network, packed for the processor.
pub(crate) struct FrozenNetwork {
    pub(super) stem: Stem,
    pub(super) blocks: Vec<Block>,
    pub(super) head: Matrix,
    pub(super) padding: Padding,
    /// What gradients need, made for the first one.
    pub(super) transposed: OnceLock<Transposed>,
}

/// An inverted bottleneck.
pub(crate) struct Block {
    pub(super) expansion: Option<Matrix>,
    pub(super) filters: Filters,
    pub(super) stride: usize,
    pub(super) reduce: Matrix,
    pub(super) excite: Matrix,
    pub(super) projection: Matrix,
    pub(super) residual: bool,
}

/// Weight and bias of a convolution: `[output, input / groups, kernel, kernel]` and `[output]`.
pub(crate) struct Parameters {
    /// In row-major order.
    pub weight: Vec<f32>,
    /// One for each output.
    pub bias: Vec<f32>,
    /// Side of the kernel.
    pub kernel: usize,
}

impl Parameters {
    /// A 1x1 convolution as a matrix.
    fn matrix(&self) -> Matrix {
        let output = self.bias.len();
        let input = self.weight.len() / output.max(1);
        Matrix::new(
            [output, input],
            |o, i| self.weight[o * input + i],
            Some(&self.bias),
        )
    }
}

/// The layers of a block.
pub(crate) struct BlockParameters {
    /// 1x1, in all blocks but those of the first stage.
    pub expansion: Option<Parameters>,
    /// One filter for each channel.
    pub depthwise: Parameters,
    /// Its stride.
    pub stride: usize,
    /// Squeeze-excite: to fewer channels,
    pub reduce: Parameters,
    /// and back.
    pub excite: Parameters,
    /// 1x1.
    pub projection: Parameters,
    /// Whether the block's input is added to its output.
    pub residual: bool,
}

/// Rows and columns.
pub(super) type Size = [usize; 2];

/// What the gradient needs of the way forward.
#[derive(Default)]
pub(crate) struct Tape {
    pub(super) image: Size,
    pub(super) stem: Vec<f32>,
    pub(super) blocks: Vec<BlockTape>,
    pub(super) head: Vec<f32>,
}

/// The same of one block: what SiLU was applied to, and the gates.
pub(super) struct BlockTape {
    pub input: Size,
    pub output: Size,
    pub expansion: Vec<f32>,
    pub depthwise: Vec<f32>,
    pub squeezed: Vec<f32>,
    pub gates: Vec<f32>,
}

/// Maps: `[pixels, channels]`, channels side by side.
pub(crate) struct Maps<'a> {
    /// The numbers.
    pub values: &'a [f32],
    /// Rows and columns.
    pub size: Size,
    /// Channels.
    pub channels: usize,
}

impl FrozenNetwork {
    /// Packs a network.
    pub fn new(
        stem: &Parameters,
        blocks: Vec<BlockParameters>,
        head: &Parameters,
        padding: Padding,
    ) -> Self {
        let blocks = blocks.into_iter().map(|block| Block {
            expansion: block.expansion.as_ref().map(Parameters::matrix),
            filters: Filters::new(
                &block.depthwise.weight,
                &block.depthwise.bias,
                block.depthwise.kernel,
            ),
            stride: block.stride,
            reduce: block.reduce.matrix(),
            excite: block.excite.matrix(),
            projection: block.projection.matrix(),
            residual: block.residual,
        });
        Self {
            stem: Stem::new(stem),
            blocks: blocks.collect(),
            head: head.matrix(),
            padding,
            transposed: OnceLock::new(),
        }
    }

    /// The last feature maps of an image `[3, height, width]`: `[pixels, features]` and their size. `tape` is filled where
    /// there is one; `visit` sees the maps after the stem (0) and after each block (1 and more).
    pub fn forward(
        &self,
        image: &[f32],
        size: Size,
        mut tape: Option<&mut Tape>,
        visit: &mut dyn FnMut(usize, Maps),
    ) -> (Vec<f32>, Size) {
        let mut room = Room::default();
        let mut size = size;
        let mut kept = Vec::new();
        if let Some(tape) = tape.as_deref_mut() {
            tape.image = size;
        }
        let mut x = Vec::new();
        let is_kept = tape.is_some();
        size = self.stem.forward(
            image,
            size,
            self.padding,
            &mut x,
            is_kept.then_some(&mut kept),
        );
        if let Some(tape) = tape.as_deref_mut() {
            tape.stem = kept;
        }
        let mut channels = self.stem.channels();
        visit(
            0,
            Maps {
                values: &x,
                size,
                channels,
            },
        );
        for (index, block) in self.blocks.iter().enumerate() {
            let mut next = core::mem::take(&mut room.next);
            let mut of_block = None;
            size = block.forward(
                &x,
                size,
                self.padding,
                &mut next,
                is_kept.then_some(&mut of_block),
                &mut room,
            );
            room.next = core::mem::replace(&mut x, next);
            channels = block.projection.output;
            if let (Some(tape), Some(of_block)) = (tape.as_deref_mut(), of_block) {
                tape.blocks.push(of_block);
            }
            visit(
                index + 1,
                Maps {
                    values: &x,
                    size,
                    channels,
                },
            );
        }
        let pixels = size[0] * size[1];
        let mut maps = vec![0.0; pixels * self.head.output];
        let mut before = vec![0.0; if is_kept { maps.len() } else { 0 }];
        self.head
            .plain()
            .multiply(&x, &mut maps, &mut before, After::Silu);
        if let Some(tape) = tape {
            tape.head = before;
        }
        debug_assert_eq!(channels, self.head.input);
        (maps, size)
    }

    /// Channels of the last feature maps.
    pub fn features(&self) -> usize {
        self.head.output
    }
}

/// Memory that layers share.
#[derive(Default)]
struct Room {
    expanded: Vec<f32>,
    filtered: Vec<f32>,
    gated: Vec<f32>,
    next: Vec<f32>,
}

/// `values` with a length; what was in it counts for nothing.
pub(super) fn sized(values: &mut Vec<f32>, length: usize) -> &mut [f32] {
    if values.len() < length {
        values.resize(length, 0.0);
    }
    values.truncate(length);
    values
}

/// A side after a convolution.
pub(super) fn shrunk(padding: Padding, side: usize, kernel: usize, stride: usize) -> usize {
    let (before, after) = padding.amounts(side, kernel, stride);
    (side + before + after).saturating_sub(kernel) / stride + 1
}

impl Block {
    /// The axes of the depthwise convolution.
    pub(super) fn axes(&self, size: Size, padding: Padding) -> [Axis; 2] {
        let (kernel, stride) = (self.filters.kernel, self.stride);
        size.map(|side| {
            let (before, _) = padding.amounts(side, kernel, stride);
            let target = shrunk(padding, side, kernel, stride);
            Axis::forward(side, target, kernel, stride, before)
        })
    }

    fn forward(
        &self,
        x: &[f32],
        size: Size,
        padding: Padding,
        next: &mut Vec<f32>,
        tape: Option<&mut Option<BlockTape>>,
        room: &mut Room,
    ) -> Size {
        let channels = self.filters.channels;
        let pixels = size[0] * size[1];
        let is_kept = tape.is_some();
        let kept = |length: usize| vec![0.0; if is_kept { length } else { 0 }];
        let axes = self.axes(size, padding);
        let axes = [&axes[0], &axes[1]];
        let output = axes.map(Axis::target);
        let expanded = pixels * channels;
        let pixels = output[0] * output[1];
        let mut expansion = Vec::new();
        let mut depthwise = kept(pixels * channels);
        let filtered = sized(&mut room.filtered, pixels * channels);
        let mut sums = vec![0.0; output[0] * channels];
        match &self.expansion {
            Some(matrix) if bands::is_large(expanded) => {
                expansion = kept(expanded);
                let targets = Targets {
                    filtered: &mut *filtered,
                    expansion: &mut expansion,
                    depthwise: &mut depthwise,
                    sums: &mut sums,
                };
                bands::expand_and_filter(matrix, &self.filters, axes, x, targets);
            }
            matrix => {
                let expanded = match matrix {
                    Some(matrix) => {
                        expansion = kept(expanded);
                        let expanded = sized(&mut room.expanded, expanded);
                        let matrix = matrix.plain();
                        matrix.multiply(x, expanded, &mut expansion, After::Silu);
                        expanded
                    }
                    None => x,
                };
                let targets = [&mut *filtered, &mut depthwise, &mut sums];
                self.filters
                    .gather(expanded, axes, targets, AfterFilter::Silu);
            }
        }

        let mut mean = passes::total(&sums, channels);
        mean.iter_mut().for_each(|mean| *mean /= pixels as f32);
        let mut hidden = vec![0.0; self.reduce.output];
        let mut squeezed = vec![0.0; self.reduce.output];
        self.reduce
            .plain()
            .multiply(&mean, &mut hidden, &mut squeezed, After::Silu);
        let mut gates = vec![0.0; channels];
        self.excite
            .plain()
            .multiply(&hidden, &mut gates, &mut [], After::Nothing);
        gates
            .iter_mut()
            .for_each(|gate| *gate = 1.0 / (1.0 + (-*gate).exp()));

        let projection = self.projection.scaled(&gates, &mut room.gated);
        let next = sized(next, pixels * self.projection.output);
        let after = if self.residual {
            After::Add(x)
        } else {
            After::Nothing
        };
        projection.multiply(filtered, next, &mut [], after);
        if let Some(tape) = tape {
            *tape = Some(BlockTape {
                input: size,
                output,
                expansion,
                depthwise,
                squeezed,
                gates,
            });
        }
        output
    }
}
