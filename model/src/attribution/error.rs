//! Why an attribution could not be computed or drawn.

/// Failure of an attribution or of its rendering.
#[derive(Debug, thiserror::Error)]
pub enum AttributionError {
    /// The progress callback asked to stop.
    #[error("the attribution was cancelled")]
    Cancelled,
    /// The quadrature rule cannot be built with this many steps.
    #[error(
        "{rule} needs between {min} and {max} steps; choose a number in this range, not {steps}"
    )]
    Steps {
        /// Name of the rule.
        rule: &'static str,
        /// Fewest steps of the rule.
        min: usize,
        /// Most steps that are allowed.
        max: usize,
        /// What was asked for.
        steps: usize,
    },
    /// No noisy copy, or too many.
    #[error(
        "SmoothGrad needs between 1 and {max} samples; choose a number in this range, not {samples}"
    )]
    Samples {
        /// What was asked for.
        samples: usize,
        /// Most samples that are allowed.
        max: usize,
    },
    /// The noise is negative, too strong or no number.
    #[error(
        "the noise must be a number from 0 to {max} (a share of the picture's value range), not {noise}"
    )]
    Noise {
        /// What was asked for.
        noise: f64,
        /// Strongest noise that is allowed.
        max: f64,
    },
    /// The occluding window does not fit the picture, or its stride would leave pixels out.
    #[error(
        "a window of {window} pixels that moves by {stride} cannot cover a picture of {width} x {height}: the window must be 1 to {} pixels wide and move by 1 to its width",
        height.min(width)
    )]
    Window {
        /// Side of the window.
        window: usize,
        /// How far it moves.
        stride: usize,
        /// Rows of the picture.
        height: usize,
        /// Columns of the picture.
        width: usize,
    },
    /// The name is that of no quadrature rule, baseline or sign.
    #[error("unknown {kind}; choose one of {choices}: {name:?}")]
    UnknownName {
        /// What was looked up: "quadrature rule", "baseline" or "sign".
        kind: &'static str,
        /// The names that exist, separated by commas.
        choices: String,
        /// The name that was given.
        name: String,
    },
    /// The input is not one picture, or input and baseline differ in shape.
    #[error(
        "expected one image [1, channels, height, width] and a baseline of the same shape; got {input:?} and {baseline:?}"
    )]
    Shape {
        /// Shape of the input.
        input: Vec<usize>,
        /// Shape of the baseline.
        baseline: Vec<usize>,
    },
    /// The model has fewer logits than the target needs.
    #[error("the model has {classes} classes, so class index {target} does not exist")]
    Target {
        /// Zero-based index that was asked for.
        target: usize,
        /// Number of logits.
        classes: usize,
    },
    /// The model returned something else than one row of logits per picture.
    #[error(
        "the model answered {answer:?} for {pictures} pictures; expected [{pictures}, classes]"
    )]
    Output {
        /// Shape of the model's answer.
        answer: [usize; 2],
        /// Number of pictures it was given.
        pictures: usize,
    },
    /// Gradients cannot be computed: no autodiff device, or the logit does not depend on the input.
    #[error("no gradient of the logit with respect to the input: {reason}")]
    NoGradient {
        /// What is missing.
        reason: &'static str,
    },
    /// The path integral was read before all its steps were done.
    #[error("only {done} of {total} steps of the attribution are done")]
    Unfinished {
        /// Steps done.
        done: usize,
        /// Steps in all.
        total: usize,
    },
    /// A logit or an attribution is NaN or infinite.
    #[error(
        "the attribution holds values that are not finite; the model's weights or the device are faulty"
    )]
    NotFinite,
    /// Pixel values and dimensions disagree.
    #[error("expected {expected} values for {what}; got {found}")]
    Length {
        /// What the values are.
        what: &'static str,
        /// Count that the dimensions ask for.
        expected: usize,
        /// Count that was given.
        found: usize,
    },
    /// A part of a method's work was asked for that is empty, or that the method does not have.
    #[error("no work in pieces {start} to {end} of {pieces}")]
    Part {
        /// The first piece.
        start: usize,
        /// The piece after the last.
        end: usize,
        /// How many the method has.
        pieces: usize,
    },
    /// A mean over folds was asked for without a fold.
    #[error("no attribution to average")]
    Empty,
    /// The device could not run or read back a computation.
    #[error("the device failed during the attribution: {0}")]
    Device(String),
}
