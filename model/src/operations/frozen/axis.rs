//! One axis of a depthwise convolution.

/// The most neighbours that are computed at once where they see the same taps.
pub(super) const TOGETHER: usize = 4;

/// Which sources and taps the places of one axis of the target see.
pub(super) struct Axis {
    source: usize,
    /// For each place of the target, pairs of source and tap, sources rising.
    seen: Vec<Vec<(usize, usize)>>,
    step: usize,
    advance: usize,
    /// For each place how many neighbours from it on see the same taps, itself included, at most [`TOGETHER`].
    alike: Vec<usize>,
}

impl Axis {
    /// Of a convolution of `source` places with `before` zeros before them, to `target` places.
    pub fn forward(
        source: usize,
        target: usize,
        kernel: usize,
        stride: usize,
        before: usize,
    ) -> Self {
        let seen = (0..target).map(|place| {
            let taps = (0..kernel).filter_map(|tap| {
                let at = (place * stride + tap).checked_sub(before)?;
                (at < source).then_some((at, tap))
            });
            taps.collect()
        });
        Self::new(source, seen.collect(), 1, stride)
    }

    /// Of that convolution's gradient, from the `source` places of its target to the `target` ones of its source. Taps keep
    /// their numbers.
    pub fn backward(
        source: usize,
        target: usize,
        kernel: usize,
        stride: usize,
        before: usize,
    ) -> Self {
        let seen = (0..target).map(|place| {
            let taps = (0..kernel).rev().filter_map(|tap| {
                let from = (place + before).checked_sub(tap)?;
                let at = from / stride;
                (from % stride == 0 && at < source).then_some((at, tap))
            });
            taps.collect()
        });
        Self::new(source, seen.collect(), stride, 1)
    }

    fn new(source: usize, seen: Vec<Vec<(usize, usize)>>, step: usize, advance: usize) -> Self {
        let alike = |place: usize, neighbour: usize| {
            let (Some(here), Some(there)) = (seen.get(place), seen.get(place + neighbour * step))
            else {
                return false;
            };
            let moved = here
                .iter()
                .map(|(at, tap)| (at + neighbour * advance, *tap));
            moved.eq(there.iter().copied())
        };
        let alike = (0..seen.len())
            .map(|place| {
                (1..TOGETHER)
                    .find(|neighbour| !alike(place, *neighbour))
                    .unwrap_or(TOGETHER)
            })
            .collect();
        Self {
            source,
            seen,
            step,
            advance,
            alike,
        }
    }

    /// Places of the source.
    pub fn source(&self) -> usize {
        self.source
    }

    /// Places of the target.
    pub fn target(&self) -> usize {
        self.seen.len()
    }

    /// What a place of the target sees: pairs of a source, below [`source`](Self::source) and rising, and a tap of the
    /// filter.
    pub fn seen(&self, place: usize) -> &[(usize, usize)] {
        &self.seen[place]
    }

    /// How far apart neighbours are that see the same taps.
    pub fn step(&self) -> usize {
        self.step
    }

    /// How far apart the sources are that such neighbours see at the same tap.
    pub fn advance(&self) -> usize {
        self.advance
    }

    /// How many neighbours from a place on see the same taps, itself included, at most [`TOGETHER`].
    pub fn alike(&self, place: usize) -> usize {
        self.alike[place]
    }
}
