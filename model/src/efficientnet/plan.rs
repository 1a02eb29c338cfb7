//! The table: stage rows, width and depth factors, and the plan of blocks that follows from them.

use super::architecture::{Architecture, Size};

/// One stage of B0 (Tan & Le 2019, table 1).
struct StageRow {
    kernel: usize,
    stride: usize,
    expansion: usize,
    channels: usize,
    repeats: usize,
}

const fn row(
    kernel: usize,
    stride: usize,
    expansion: usize,
    channels: usize,
    repeats: usize,
) -> StageRow {
    StageRow {
        kernel,
        stride,
        expansion,
        channels,
        repeats,
    }
}

const STAGES: [StageRow; 7] = [
    row(3, 1, 1, 16, 1),
    row(3, 2, 6, 24, 2),
    row(5, 2, 6, 40, 2),
    row(3, 2, 6, 80, 3),
    row(5, 1, 6, 112, 3),
    row(5, 2, 6, 192, 4),
    row(3, 1, 6, 320, 1),
];

const STEM_CHANNELS: usize = 32;
const HEAD_CHANNELS: usize = 1280;
/// Squeeze-excite keeps a quarter of the channels that enter the BLOCK, not of the expanded ones.
const SQUEEZE_DIVISOR: usize = 4;
/// Channel counts are rounded to a multiple of this.
const CHANNEL_DIVISOR: usize = 8;

/// Compound scaling of one size.
struct Scaling {
    width: f64,
    depth: f64,
    resolution: usize,
}

/// Width, depth and resolution of the reference implementation, B0 to B7.
const fn scaling(size: Size) -> Scaling {
    let (width, depth, resolution) = match size {
        Size::B0 => (1.0, 1.0, 224),
        Size::B1 => (1.0, 1.1, 240),
        Size::B2 => (1.1, 1.2, 260),
        Size::B3 => (1.2, 1.4, 300),
        Size::B4 => (1.4, 1.8, 380),
        Size::B5 => (1.6, 2.2, 456),
        Size::B6 => (1.8, 2.6, 528),
        Size::B7 => (2.0, 3.1, 600),
    };
    Scaling {
        width,
        depth,
        resolution,
    }
}

/// `channels * width` to the nearest multiple of 8, and never more than 10% below it (the reference implementation's
/// `round_filters`).
fn scale_channels(channels: usize, width: f64) -> usize {
    let wanted = channels as f64 * width;
    let divisor = CHANNEL_DIVISOR as f64;
    let rounded = (((wanted + divisor / 2.0) / divisor).floor() * divisor).max(divisor);
    let kept = if rounded < 0.9 * wanted {
        rounded + divisor
    } else {
        rounded
    };
    kept as usize
}

/// `repeats * depth`, rounded up (`round_repeats`).
fn scale_repeats(repeats: usize, depth: f64) -> usize {
    (repeats as f64 * depth).ceil() as usize
}

/// Shape of one block; [`super::block::Block`] builds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlockPlan {
    /// Channels that enter.
    pub input: usize,
    /// Channels of the depthwise convolution: `input` times the expansion factor.
    pub expanded: usize,
    /// Channels between the two squeeze-excite convolutions.
    pub squeezed: usize,
    /// Channels that leave.
    pub output: usize,
    /// Side of the depthwise kernel, 3 or 5.
    pub kernel: usize,
    /// Stride of the depthwise convolution, 1 or 2.
    pub stride: usize,
}

impl BlockPlan {
    /// Whether a 1x1 convolution widens the input first; timm calls blocks without it depthwise separable.
    pub fn expands(&self) -> bool {
        self.expanded != self.input
    }

    /// Whether the input is added to the output.
    pub fn residual(&self) -> bool {
        self.stride == 1 && self.input == self.output
    }
}

/// All layer sizes of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Channels after the first convolution.
    pub stem: usize,
    /// Blocks by stage.
    pub stages: Vec<Vec<BlockPlan>>,
    /// Channels after the last 1x1 convolution: the number of features that the classifier sees.
    pub head: usize,
}

impl Plan {
    fn scaled(width: f64, depth: f64) -> Self {
        let stem = scale_channels(STEM_CHANNELS, width);
        let mut input = stem;
        let mut stages = Vec::with_capacity(STAGES.len());
        for stage in &STAGES {
            let output = scale_channels(stage.channels, width);
            let repeats = scale_repeats(stage.repeats, depth);
            let mut blocks = Vec::with_capacity(repeats);
            for index in 0..repeats {
                blocks.push(BlockPlan {
                    input,
                    expanded: input * stage.expansion,
                    squeezed: input / SQUEEZE_DIVISOR,
                    output,
                    kernel: stage.kernel,
                    stride: if index == 0 { stage.stride } else { 1 },
                });
                input = output;
            }
            stages.push(blocks);
        }
        Self {
            stem,
            stages,
            head: scale_channels(HEAD_CHANNELS, width),
        }
    }
}

impl Architecture {
    /// Layer sizes of this network.
    pub fn plan(self) -> Plan {
        let Scaling { width, depth, .. } = scaling(self.size());
        Plan::scaled(width, depth)
    }

    /// Side in pixels that the network was designed for; any side of 32 or more works.
    pub fn default_size(self) -> usize {
        scaling(self.size()).resolution
    }

    /// Length of the feature vector before the classifier: 1280 for B0, 1792 for B4.
    pub fn feature_count(self) -> usize {
        scale_channels(HEAD_CHANNELS, scaling(self.size()).width)
    }

    /// Count of texture statistics, two for each channel after the stem and after the first stage: 96 for B0, 144 for
    /// B4. See [`FoldedEfficientNet::embedding_and_texture`](super::FoldedEfficientNet::embedding_and_texture).
    pub fn texture_count(self) -> usize {
        let width = scaling(self.size()).width;
        let channels = [STEM_CHANNELS, STAGES[0].channels].map(|n| scale_channels(n, width));
        2 * channels.iter().sum::<usize>()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn plan(name: &str) -> Plan {
        name.parse::<Architecture>().unwrap().plan()
    }

    #[test]
    fn b0_is_the_table_itself() {
        let plan = plan("efficientnet_b0");
        assert_eq!((plan.stem, plan.head), (32, 1280));
        let repeats: Vec<usize> = plan.stages.iter().map(Vec::len).collect();
        assert_eq!(repeats, [1, 2, 2, 3, 3, 4, 1]);
        assert!(!plan.stages[0][0].expands());
        assert_eq!(
            plan.stages[1][1],
            BlockPlan {
                input: 24,
                expanded: 144,
                squeezed: 6,
                output: 24,
                kernel: 3,
                stride: 1
            }
        );
        assert!(plan.stages[1][1].residual() && !plan.stages[1][0].residual());
    }

    #[test]
    fn b4_is_scaled_as_published() {
        let plan = plan("tf_efficientnet_b4");
        assert_eq!((plan.stem, plan.head), (48, 1792));
        let outputs: Vec<usize> = plan.stages.iter().map(|stage| stage[0].output).collect();
        assert_eq!(outputs, [24, 32, 56, 112, 160, 272, 448]);
        let repeats: Vec<usize> = plan.stages.iter().map(Vec::len).collect();
        assert_eq!(repeats, [2, 4, 4, 6, 6, 8, 2]);
        // The first stage repeats without expansion, and its second block is residual.
        assert!(plan.stages[0][1].residual());
    }

    #[test]
    fn channels_never_fall_by_more_than_a_tenth() {
        assert_eq!(scale_channels(32, 1.1), 32); // 35.2: 32 is within 10%
        assert_eq!(scale_channels(16, 1.1), 16);
        assert_eq!(scale_channels(10, 1.0), 16); // 8 would be 20% less
    }
}
