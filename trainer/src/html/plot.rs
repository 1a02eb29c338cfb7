//! What all plots share: the canvas, the axes, the colours.

use maud::{Markup, PreEscaped, html};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::error::{Error, Result};

/// Stands for the colour of the page's text, see [`canvas`].
pub(crate) const INK: RGBColor = RGBColor(1, 2, 3);

/// Colours of lines: dark enough on white and light enough on black, and of different lightness.
const SERIES: [RGBColor; 8] = [
    RGBColor(31, 119, 180),
    RGBColor(214, 110, 20),
    RGBColor(32, 150, 110),
    RGBColor(200, 60, 80),
    RGBColor(140, 95, 190),
    RGBColor(150, 115, 35),
    RGBColor(120, 125, 130),
    RGBColor(20, 160, 180),
];

/// Dashes and gaps of the first series of all colours, the second ones, and so on.
const DASHES: [Option<[u32; 2]>; 3] = [None, Some([6, 3]), Some([2, 3])];

/// Drawn units for one unit of the page: plotters places points on whole units.
const DETAIL: u32 = 2;

/// An area of a plot that is being drawn.
pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// A failure of the drawing library is ours.
pub(crate) fn failed<E: std::error::Error + Send + Sync>(error: DrawingAreaErrorKind<E>) -> Error {
    Error::internal(error)
}

/// Draws an SVG picture of `width` x `height` units (about pixels) which shrinks with the page.
///
/// `label` says in words what it shows. Whatever is drawn in [`INK`] has the colour of the page's
/// text.
pub(crate) fn canvas(
    width: u32,
    height: u32,
    label: &str,
    draw: impl FnOnce(&Area<'_>) -> Result<()>,
) -> Result<Markup> {
    let mut svg = String::new();
    {
        let size = (width * DETAIL, height * DETAIL);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        draw(&area)?;
        area.present().map_err(failed)?;
    }
    // The picture stands inside an HTML page: its size is the page's matter, and names need no
    // namespace there.
    let body = svg.find('>').map_or("", |end| &svg[end + 1..]);
    let body = body.replace("#010203", "currentColor");
    let view = format!("0 0 {} {}", width * DETAIL, height * DETAIL);
    let style = format!("max-width:{width}px");
    Ok(html! {
        (PreEscaped(format!(
            "<svg role=\"img\" viewBox=\"{view}\" style=\"{style}\" aria-label=\"{}\">",
            escaped(label)
        )))
        (PreEscaped(body))
    })
}

/// Text inside an attribute.
fn escaped(text: &str) -> String {
    html! { (text) }.into_string()
}

/// Drawn size of a length or font of the page.
pub(crate) fn units(length: u32) -> i32 {
    i32::try_from(length * DETAIL).unwrap_or(i32::MAX)
}

/// A text style of `size` pixels on the page.
pub(crate) fn font(size: u32, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    // The SVG backend divides sizes by 1.24, which is how it understands points.
    let size = f64::from(size * DETAIL) * 1.24;
    TextStyle::from(("sans-serif", size).into_font())
        .color(&INK)
        .pos(Pos::new(horizontal, vertical))
}

/// Axes of a plot: ranges and what they mean.
pub(crate) struct Axes<'a> {
    /// Smallest and largest value.
    pub x: [f64; 2],
    /// What the horizontal axis is.
    pub x_title: &'a str,
    /// Smallest and largest value.
    pub y: [f64; 2],
    /// What the vertical axis is.
    pub y_title: &'a str,
    /// Whether values are shares, written in percent.
    pub percent: [bool; 2],
}

impl Axes<'_> {
    /// Both axes from 0 to 100%.
    pub fn shares<'a>(x_title: &'a str, y_title: &'a str) -> Axes<'a> {
        Axes {
            x: [0.0, 1.0],
            x_title,
            y: [0.0, 1.0],
            y_title,
            percent: [true, true],
        }
    }
}

/// Lines and points in a plot.
pub(crate) struct Series<'a> {
    /// Its points, from left to right.
    pub points: &'a [(f64, f64)],
    /// Its colour and dashes.
    pub look: Look,
    /// Thin and pale, for what is only compared with.
    pub faint: bool,
    /// Radius of the dot on each point; empty for none.
    pub radii: &'a [u32],
}

/// Draws series over axes; `diagonal` adds the line from corner to corner.
pub(crate) fn lines(
    area: &Area<'_>,
    axes: &Axes<'_>,
    series: &[Series<'_>],
    diagonal: bool,
) -> Result<()> {
    let label = |percent: bool| {
        move |value: &f64| match percent {
            true => format!("{:.0}%", 100.0 * value),
            false if value.abs() >= 10.0 || value.fract() == 0.0 => format!("{value:.0}"),
            false => format!("{value:.1}"),
        }
    };
    let (x_label, y_label) = (label(axes.percent[0]), label(axes.percent[1]));
    let mut chart = ChartBuilder::on(area)
        .margin(units(6))
        .margin_right(units(16))
        .x_label_area_size(units(40))
        .y_label_area_size(units(54))
        .build_cartesian_2d(axes.x[0]..axes.x[1], axes.y[0]..axes.y[1])
        .map_err(failed)?;
    chart
        .configure_mesh()
        .light_line_style(TRANSPARENT)
        .bold_line_style(INK.mix(0.13))
        .axis_style(INK.mix(0.5))
        .x_labels(6)
        .y_labels(6)
        .x_label_formatter(&x_label)
        .y_label_formatter(&y_label)
        .label_style(font(12, HPos::Left, VPos::Top))
        .axis_desc_style(font(13, HPos::Left, VPos::Top))
        .x_desc(axes.x_title)
        .y_desc(axes.y_title)
        .draw()
        .map_err(failed)?;
    if diagonal {
        let ends = [(axes.x[0], axes.y[0]), (axes.x[1], axes.y[1])];
        let style = INK.mix(0.45).stroke_width(DETAIL);
        let dashes = DashedLineSeries::new(ends, units(5), units(4), style);
        chart.draw_series(dashes).map_err(failed)?;
    }
    for one in series {
        let width = if one.faint { DETAIL } else { 2 * DETAIL };
        let opacity = if one.faint { 0.55 } else { 1.0 };
        let style = one.look.colour.mix(opacity).stroke_width(width);
        let points = one.points.iter().copied();
        match one.look.dash {
            None => chart.draw_series(LineSeries::new(points, style)),
            Some([dash, gap]) => chart.draw_series(DashedLineSeries::new(
                points,
                units(dash),
                units(gap),
                style,
            )),
        }
        .map_err(failed)?;
        let dots = one.points.iter().zip(one.radii);
        let dot = |(point, radius): (&(f64, f64), &u32)| {
            Circle::new(*point, units(*radius), one.look.colour.mix(0.85).filled())
        };
        chart.draw_series(dots.map(dot)).map_err(failed)?;
    }
    Ok(())
}

/// The names of series below a plot: look, name and a number.
pub(crate) fn legend(rows: &[(Look, String)]) -> Markup {
    html! {
        ul.legend {
            @for (look, name) in rows {
                li {
                    (swatch(*look))
                    (name)
                }
            }
        }
    }
}

fn swatch(look: Look) -> Markup {
    let RGBColor(red, green, blue) = look.colour;
    let colour = format!("rgb({red},{green},{blue})");
    let style = match look.dash {
        None => format!("background:{colour}"),
        Some([dash, gap]) => format!(
            "background:repeating-linear-gradient(90deg,{colour} 0 {dash}px,transparent {dash}px {}px)",
            dash + gap
        ),
    };
    html! { span.swatch style=(style) aria-hidden="true" {} }
}

/// How a series is told from the others of its plot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Look {
    /// The colour of line and dots.
    pub colour: RGBColor,
    /// Length of dashes and of the gaps between them, pixels; `None` for a whole line.
    pub dash: Option<[u32; 2]>,
}

impl Look {
    /// The look of series `index`: colours repeat, with other dashes each time.
    pub fn of(index: usize) -> Self {
        let round = index / SERIES.len();
        Self {
            colour: SERIES[index % SERIES.len()],
            dash: DASHES[round % DASHES.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_picture_has_a_name_and_takes_the_pages_colour() {
        let markup = canvas(100, 50, "a \"plot\" & more", |area| {
            area.draw_text("<x>", &font(12, HPos::Left, VPos::Top), (3, 4))
                .map_err(failed)
        });
        let text = markup.unwrap().into_string();
        assert!(text.starts_with("<svg role=\"img\" viewBox=\"0 0 200 100\""));
        assert!(text.contains("aria-label=\"a &quot;plot&quot; &amp; more\""));
        assert!(text.contains("fill=\"currentColor\"") && !text.contains("#010203"));
        assert!(text.contains("&lt;x&gt;") && text.trim_end().ends_with("</svg>"));
        assert!(!text.contains("xmlns"));
    }
    #[test]
    fn the_sixteen_labels_of_the_study_look_different() {
        let looks: Vec<Look> = (0..16).map(Look::of).collect();
        for (index, look) in looks.iter().enumerate() {
            assert!(!looks[..index].contains(look), "{index}");
        }
        let names: Vec<(Look, String)> = looks.iter().map(|look| (*look, String::new())).collect();
        let legend = legend(&names).into_string();
        assert_eq!(legend.matches("repeating-linear-gradient").count(), 8);
    }

    #[test]
    fn dashed_lines_are_drawn_in_pieces() {
        let points = [(0.0, 0.0), (1.0, 1.0)];
        let pieces = |look| {
            let series = [Series {
                points: &points,
                look,
                faint: false,
                radii: &[],
            }];
            let axes = Axes::shares("x", "y");
            let plot = canvas(200, 200, "a line", |area| {
                lines(area, &axes, &series, false)
            });
            plot.unwrap().into_string().matches("<polyline").count()
        };
        assert!(pieces(Look::of(8)) > pieces(Look::of(0)) + 10);
    }
}
