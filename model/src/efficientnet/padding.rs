//! How many zeros a convolution sees around its input.

use burn::tensor::Tensor;

/// Padding rule of a network's convolutions. Kernels are odd and not dilated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Padding {
    /// PyTorch: `(kernel - 1) / 2` on both sides, whatever the size of the input.
    Symmetric,
    /// TensorFlow's SAME: as many as make the output `ceil(size / stride)` long; an odd one goes to the end (bottom or
    /// right). It depends on the size of the input, so the same weights give shifted maps under the other rule.
    Same,
}

impl Padding {
    /// Zeros before and after one axis of `size` pixels.
    ///
    /// `stride` must not be 0; a 0 is taken as 1.
    pub fn amounts(self, size: usize, kernel: usize, stride: usize) -> (usize, usize) {
        match self {
            Padding::Symmetric => {
                let each = kernel.saturating_sub(1) / 2;
                (each, each)
            }
            Padding::Same => {
                let stride = stride.max(1);
                let output = size.div_ceil(stride);
                let needed = output.saturating_sub(1) * stride + kernel;
                let total = needed.saturating_sub(size);
                (total / 2, total - total / 2)
            }
        }
    }

    /// [`amounts`](Self::amounts) for the height and the width of `input`, `[n, channels, height, width]`.
    pub(crate) fn of_image(
        self,
        input: &Tensor<4>,
        kernel: usize,
        stride: usize,
    ) -> [(usize, usize); 2] {
        let [_, _, height, width] = input.dims();
        [height, width].map(|size| self.amounts(size, kernel, stride))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kernels of the five convolutions with stride 2: stem, then the first blocks of stages 1, 2, 3 and 5.
    const STRIDED_KERNELS: [usize; 5] = [3, 3, 5, 3, 5];

    fn strided_pads(padding: Padding, mut size: usize) -> Vec<(usize, usize)> {
        let mut pads = Vec::new();
        for kernel in STRIDED_KERNELS {
            let (before, after) = padding.amounts(size, kernel, 2);
            pads.push((before, after));
            size = (size + before + after - kernel) / 2 + 1;
        }
        pads
    }

    #[test]
    fn same_at_224_is_asymmetric_in_all_five_strided_convolutions() {
        // Sizes 224, 112, 56, 28, 14 are even: total = (size/2 - 1) * 2 + kernel - size = kernel - 2.
        assert_eq!(
            strided_pads(Padding::Same, 224),
            [(0, 1), (0, 1), (1, 2), (0, 1), (1, 2)]
        );
    }

    #[test]
    fn same_at_450_is_asymmetric_in_the_stem_only() {
        // Sizes 450, 225, 113, 57, 29: odd after the stem, where total = kernel - 1.
        assert_eq!(
            strided_pads(Padding::Same, 450),
            [(0, 1), (1, 1), (2, 2), (1, 1), (2, 2)]
        );
    }

    #[test]
    fn symmetric_does_not_depend_on_the_size() {
        for size in [224, 225, 450] {
            assert_eq!(
                strided_pads(Padding::Symmetric, size),
                [(1, 1), (1, 1), (2, 2), (1, 1), (2, 2)]
            );
        }
    }

    #[test]
    fn both_agree_at_stride_1() {
        for size in [1, 7, 14, 57] {
            for kernel in [1, 3, 5] {
                assert_eq!(
                    Padding::Same.amounts(size, kernel, 1),
                    Padding::Symmetric.amounts(size, kernel, 1)
                );
            }
        }
    }

    #[test]
    fn degenerate_sizes_do_not_panic() {
        assert_eq!(Padding::Same.amounts(0, 3, 2), (1, 2));
        assert_eq!(Padding::Same.amounts(1, 1, 2), (0, 0));
        assert_eq!(Padding::Same.amounts(5, 3, 0), (1, 1));
        assert_eq!(Padding::Symmetric.amounts(5, 0, 1), (0, 0));
    }
}
