//! Two layers of a block at once, over bands of rows: expanded maps, six times as wide as what enters and leaves a block, are
//! used while they lie in the cache, and in large pictures never exist as a whole.

use core::ops::Range;

use super::axis::Axis;
use super::depthwise::{After as AfterFilter, Filters, Row};
use super::parallel::{chunks, each, threads};
use super::product::{After, Matrix};

/// Numbers of expanded maps from which on this is worth it; smaller ones stay in the cache as a whole.
const LARGE: usize = 256 * 1024;
/// Pixels that are multiplied at once, at least.
const PIXELS: usize = 48;

/// Whether maps of so many numbers are worked on in bands.
pub(super) fn is_large(numbers: usize) -> bool {
    numbers >= LARGE
}

/// Rows that are multiplied at once.
pub(super) fn rows_of(columns: usize) -> usize {
    PIXELS.div_ceil(columns.max(1)).max(1)
}

/// Where the results of [`expand_and_filter`] go. All but the first may be empty.
pub(super) struct Targets<'a> {
    /// The filtered maps.
    pub filtered: &'a mut [f32],
    /// What the first SiLU is applied to.
    pub expansion: &'a mut [f32],
    /// What the second one is applied to.
    pub depthwise: &'a mut [f32],
    /// The sum of each filtered row, `[rows, channels]`.
    pub sums: &'a mut [f32],
}

/// `filtered = silu(filter(silu(expand(x))))`.
pub(super) fn expand_and_filter(
    matrix: &Matrix,
    filters: &Filters,
    axes: [&Axis; 2],
    x: &[f32],
    mut targets: Targets,
) {
    let [rows, columns] = axes;
    let channels = filters.channels;
    let height = rows.target().div_ceil(threads()).max(1);
    // The first expanded row that a row of the target sees.
    let seen_first = |row: usize| match row {
        0 => 0,
        row if row < rows.target() => rows.seen(row).first().map_or(0, |(source, _)| *source),
        _ => rows.source(),
    };
    let bands = (0..rows.target()).step_by(height).map(|start| {
        let end = (start + height).min(rows.target());
        let own = seen_first(start)..seen_first(end);
        Band {
            matrix,
            filters,
            axes,
            x,
            targets: Targets {
                filtered: split(
                    &mut targets.filtered,
                    (end - start) * columns.target() * channels,
                ),
                expansion: split(
                    &mut targets.expansion,
                    own.len() * columns.source() * channels,
                ),
                depthwise: split(
                    &mut targets.depthwise,
                    (end - start) * columns.target() * channels,
                ),
                sums: split(&mut targets.sums, (end - start) * channels),
            },
            rows: start..end,
            own,
        }
    });
    each(bands, |_, band| band.run());
}

/// The first numbers of a slice, which loses them; fewer where it is shorter.
fn split<'a>(slice: &mut &'a mut [f32], length: usize) -> &'a mut [f32] {
    let whole = core::mem::take(slice);
    let length = length.min(whole.len());
    let (first, rest) = whole.split_at_mut(length);
    *slice = rest;
    first
}

/// A part of a slice that may be empty.
fn part(slice: &mut [f32], range: Range<usize>) -> &mut [f32] {
    slice.get_mut(range).unwrap_or_default()
}

/// Some rows of the target.
struct Band<'a> {
    matrix: &'a Matrix,
    filters: &'a Filters,
    axes: [&'a Axis; 2],
    x: &'a [f32],
    rows: Range<usize>,
    /// Expanded rows of which this band, and not the next one that sees them too, keeps what SiLU is applied to.
    own: Range<usize>,
    targets: Targets<'a>,
}

/// Expanded rows: those that a filter sees, and those that are being expanded, in the places of those that no filter will
/// see again.
struct Ring {
    values: Vec<f32>,
    /// Rows that it holds.
    places: usize,
    /// The row that came first.
    first: usize,
    /// The row that comes next.
    next: usize,
}

impl Ring {
    fn place(&self, row: usize) -> usize {
        (row - self.first) % self.places
    }
}

impl Band<'_> {
    fn run(mut self) {
        let filters = self.filters;
        let [rows, columns] = self.axes;
        let channels = filters.channels;
        let places = filters.kernel + rows_of(columns.source()) - 1;
        let places = places.next_multiple_of(rows_of(columns.source()));
        let mut ring = Ring {
            values: vec![0.0; places * columns.source() * channels],
            places,
            first: self.own.start,
            next: self.own.start,
        };
        let line = columns.target() * channels;
        for (index, row) in self.rows.clone().enumerate() {
            let seen = rows.seen(row);
            self.expand(&mut ring, seen.last().map_or(0, |(source, _)| source + 1));
            let seen = seen.iter().map(|(source, tap)| (ring.place(*source), *tap));
            let seen: Vec<_> = seen.collect();
            let here = index * line..(index + 1) * line;
            filters.gather_row(Row {
                source: &ring.values,
                rows: &seen,
                columns,
                target: part(self.targets.filtered, here.clone()),
                before: part(self.targets.depthwise, here),
                sums: part(self.targets.sums, index * channels..(index + 1) * channels),
                after: AfterFilter::Silu,
            });
        }
        if !self.targets.expansion.is_empty() {
            self.expand(&mut ring, self.own.end);
        }
    }

    /// Expands rows until one, exclusive.
    fn expand(&mut self, ring: &mut Ring, until: usize) {
        let [rows, columns] = self.axes;
        let (entering, line) = (
            columns.source() * self.matrix.input,
            columns.source() * self.filters.channels,
        );
        while ring.next < until {
            let end = (ring.next + rows_of(columns.source())).min(rows.source());
            let cut = self.own.end.clamp(ring.next, end);
            for range in [ring.next..cut, cut..end] {
                if range.is_empty() {
                    continue;
                }
                let place = ring.place(range.start) * line;
                let own = |row: usize| (row - self.own.start) * line;
                let kept = if range.end <= self.own.end {
                    part(self.targets.expansion, own(range.start)..own(range.end))
                } else {
                    &mut []
                };
                self.matrix.plain().multiply_here(
                    &self.x[range.start * entering..range.end * entering],
                    &mut ring.values[place..place + range.len() * line],
                    kept,
                    After::Silu,
                );
            }
            ring.next = end;
        }
    }
}

/// The way back: `target = after(multiply(filter(gradient) * silu'(places)))`.
pub(super) fn filter_and_multiply(
    filters: &Filters,
    [rows, columns]: [&Axis; 2],
    gradient: &[f32],
    places: &[f32],
    matrix: &Matrix,
    target: &mut [f32],
    after: After,
) {
    let group = rows_of(columns.target());
    let line = columns.target() * filters.channels;
    let leaving = columns.target() * matrix.output;
    chunks([(target, group * leaving)], |index, [target]| {
        let mut filtered = vec![0.0; target.len() / leaving * line];
        let lines = filtered.chunks_exact_mut(line.max(1));
        for (row, filtered) in (index * group..).zip(lines) {
            filters.gather_row(Row {
                source: gradient,
                rows: rows.seen(row),
                columns,
                target: filtered,
                before: &mut [],
                sums: &mut [],
                after: AfterFilter::Slope(Some(places)).row(row, line),
            });
        }
        let after = after.part(index * group * leaving, target.len());
        let matrix = matrix.plain();
        matrix.multiply_here(&filtered, target, &mut [], after);
    });
}
