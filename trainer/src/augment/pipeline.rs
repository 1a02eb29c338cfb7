//! The order and the probabilities of the transforms, as parameters of a run.

use rand::{Rng, RngCore};
use serde::{Deserialize, Serialize};

use crate::augment::transform::{happens, outside};
use crate::augment::{
    BlurOrNoise, Brightness, Clahe, Contrast, Cutout, Distortion, ElasticTransform, GaussianBlur,
    GaussianNoise, GridDistortion, HorizontalFlip, HueSaturation, MedianBlur, MotionBlur,
    OpticalDistortion, Picture, ShiftScaleRotate, Transform, Transpose, VerticalFlip,
};

/// Which transforms are applied, how often and how strongly. The order is that of the fields.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Augmentation {
    /// Probability of exchanging rows and columns.
    pub transpose: Transpose,
    /// Probability of turning upside down.
    pub vertical_flip: VerticalFlip,
    /// Probability of exchanging left and right.
    pub horizontal_flip: HorizontalFlip,
    /// Lighter or darker.
    pub brightness: Brightness,
    /// More or less contrast.
    pub contrast: Contrast,
    /// Motion, median or Gaussian blur, or noise.
    pub blur: BlurOrNoise,
    /// Optical, grid or elastic distortion.
    pub distortion: Distortion,
    /// Local equalisation of the lightness.
    pub clahe: Clahe,
    /// Other hue, saturation and value.
    pub hue_saturation: HueSaturation,
    /// Moved, enlarged, turned.
    pub shift_scale_rotate: ShiftScaleRotate,
    /// A black square, after the resize to the network's input.
    pub cutout: Cutout,
}

impl Augmentation {
    /// The list of the paper's code: its order, probabilities and ranges.
    pub fn paper() -> Self {
        let (probability, sizes) = (0.5, [3, 5]);
        Self {
            transpose: Transpose(0.5),
            vertical_flip: VerticalFlip(0.5),
            horizontal_flip: HorizontalFlip(0.5),
            brightness: Brightness {
                probability: 0.75,
                limit: 0.2,
            },
            contrast: Contrast {
                probability: 0.75,
                limit: 0.2,
            },
            blur: BlurOrNoise {
                probability: 0.7,
                motion: MotionBlur { probability, sizes },
                median: MedianBlur { probability, sizes },
                gaussian: GaussianBlur { probability, sizes },
                noise: GaussianNoise {
                    probability,
                    variance: [5.0, 30.0],
                },
            },
            distortion: Distortion {
                probability: 0.7,
                optical: OpticalDistortion {
                    probability,
                    limit: 1.0,
                    shift: 0.05,
                },
                grid: GridDistortion {
                    probability,
                    steps: 5,
                    limit: 1.0,
                },
                elastic: ElasticTransform {
                    probability,
                    alpha: 3.0,
                    sigma: 50.0,
                    affine: 50.0,
                },
            },
            clahe: Clahe {
                probability: 0.7,
                clip: [1.0, 4.0],
                tiles: 8,
            },
            hue_saturation: HueSaturation {
                probability: 0.5,
                hue: 10.0,
                saturation: 20.0,
                value: 10.0,
            },
            shift_scale_rotate: ShiftScaleRotate {
                probability: 0.85,
                shift: 0.1,
                scale: 0.1,
                degrees: 15.0,
            },
            cutout: Cutout {
                probability: 0.7,
                share: 0.375,
            },
        }
    }

    /// Only what the paper's text names: no median blur, noise, elastic distortion, equalisation or
    /// cutout. The text gives no numbers, so those of the code stay.
    pub fn paper_text() -> Self {
        let mut named = Self::paper();
        named.blur.median.probability = 0.0;
        named.blur.noise.probability = 0.0;
        named.distortion.elastic.probability = 0.0;
        named.clahe.probability = 0.0;
        named.cutout.probability = 0.0;
        named
    }

    /// Leaves pictures as they are; each transform waits with the paper's ranges for a probability.
    pub fn none() -> Self {
        let mut none = Self::paper();
        none.transpose.0 = 0.0;
        none.vertical_flip.0 = 0.0;
        none.horizontal_flip.0 = 0.0;
        none.brightness.probability = 0.0;
        none.contrast.probability = 0.0;
        none.blur.probability = 0.0;
        none.distortion.probability = 0.0;
        none.clahe.probability = 0.0;
        none.hue_saturation.probability = 0.0;
        none.shift_scale_rotate.probability = 0.0;
        none.cutout.probability = 0.0;
        none
    }

    /// What happens, in order.
    fn steps(&self) -> [&dyn Transform; 11] {
        [
            &self.transpose,
            &self.vertical_flip,
            &self.horizontal_flip,
            &self.brightness,
            &self.contrast,
            &self.blur,
            &self.distortion,
            &self.clahe,
            &self.hue_saturation,
            &self.shift_scale_rotate,
            &self.cutout,
        ]
    }

    /// Every single transform that can happen, in order; members of a choice one by one.
    pub fn transforms(&self) -> Vec<&dyn Transform> {
        let possible = |transform: &&dyn Transform| transform.probability() > 0.0;
        self.steps()
            .into_iter()
            .filter(possible)
            .flat_map(|step| match step.members() {
                members if members.is_empty() => vec![step],
                members => members,
            })
            .filter(possible)
            .collect()
    }

    /// Says which parameter is out of its range, if any.
    pub fn fault(&self) -> Option<String> {
        let steps = self.steps().into_iter();
        let mut all = steps.flat_map(|step| std::iter::once(step).chain(step.members()));
        all.find_map(|transform| {
            let name = transform.name();
            let probability = [("probability", transform.probability(), 0.0, 1.0)];
            outside(&probability)
                .or_else(|| transform.fault())
                .map(|fault| format!("augmentation.{name}: {fault}"))
        })
    }

    /// Changes the picture at the working size, before it is resized to the network's input.
    ///
    /// The same generator state gives the same change.
    pub fn apply(&self, picture: &mut Picture, random: &mut impl Rng) {
        self.apply_steps(false, picture, random);
    }

    /// Changes the picture at the size of the network's input, before it is normalised.
    pub fn apply_after_resize(&self, picture: &mut Picture, random: &mut impl Rng) {
        self.apply_steps(true, picture, random);
    }

    fn apply_steps(&self, after_resize: bool, picture: &mut Picture, random: &mut dyn RngCore) {
        for step in self.steps() {
            if step.after_resize() == after_resize && happens(step.probability(), random) {
                step.apply(picture, random);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::augment::goldens::shaded;
    use crate::seed;
    use serde_json::{Value, json};

    fn changed(augmentation: &Augmentation, seed: u64) -> Picture {
        let mut picture = shaded(40);
        let random = &mut seed::generator(&[seed]);
        augmentation.apply(&mut picture, random);
        augmentation.apply_after_resize(&mut picture, random);
        picture
    }

    /// `none()` but for one field of the configuration.
    fn with(pointer: &str, value: Value) -> Augmentation {
        let mut table = serde_json::to_value(Augmentation::paper()).unwrap();
        *table.pointer_mut(pointer).unwrap() = value;
        serde_json::from_value(table).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_picture_and_another_seed_another() {
        let paper = Augmentation::paper();
        let pictures: Vec<Picture> = (0..40).map(|seed| changed(&paper, seed)).collect();
        for (seed, picture) in pictures.iter().enumerate() {
            assert_eq!(*picture, changed(&paper, seed as u64));
            assert!(!pictures[..seed].contains(picture));
        }
    }

    #[test]
    fn nothing_asked_for_changes_nothing() {
        assert_eq!(changed(&Augmentation::none(), 3), shaded(40));
        assert!(Augmentation::none().transforms().is_empty());
    }

    #[test]
    fn every_transform_changes_the_picture_and_only_with_its_seed() {
        let paper = Augmentation::paper();
        for transform in paper.transforms() {
            let apply = |seed: u64| {
                let mut picture = shaded(40);
                transform.apply(&mut picture, &mut seed::generator(&[seed]));
                picture
            };
            assert_ne!(apply(1), shaded(40), "{}", transform.name());
            assert_eq!(apply(1), apply(1), "{}", transform.name());
        }
    }

    #[test]
    fn the_probabilities_are_kept() {
        // A constant picture shows brightness alone, and no random change of it is exactly none.
        let mut only_brightness = Augmentation::none();
        only_brightness.brightness.probability = 0.25;
        let mut only_cutout = Augmentation::none();
        only_cutout.cutout.probability = 0.25;
        let mut only_blur = Augmentation::none();
        only_blur.blur.probability = 0.25;
        for augmentation in [only_brightness, only_cutout, only_blur] {
            let count = (0..2000).filter(|seed| {
                let mut picture = shaded(8);
                let random = &mut seed::generator(&[*seed]);
                augmentation.apply(&mut picture, random);
                augmentation.apply_after_resize(&mut picture, random);
                picture != shaded(8)
            });
            // Binomial: mean 500, standard deviation 19; the weakest changes leave the picture.
            let count = count.count();
            assert!((410..580).contains(&count), "{count}");
        }
    }

    #[test]
    fn every_number_out_of_its_range_is_named() {
        assert_eq!(Augmentation::paper().fault(), None);
        assert_eq!(Augmentation::paper_text().fault(), None);
        for (pointer, value) in [
            ("/transpose", json!(-0.1)),
            ("/vertical_flip", json!(2)),
            ("/horizontal_flip", json!(1.01)),
            ("/brightness/limit", json!(1.5)),
            ("/contrast/probability", json!(-1)),
            ("/blur/probability", json!(7)),
            ("/blur/motion/sizes", json!([3, 4])),
            ("/blur/median/sizes", json!([1, 5])),
            ("/blur/gaussian/sizes", json!([7, 5])),
            ("/blur/noise/variance", json!([-1.0, 4.0])),
            ("/blur/noise/probability", json!(1.5)),
            ("/distortion/optical/limit", json!(-1.0)),
            ("/distortion/grid/steps", json!(0)),
            ("/distortion/elastic/sigma", json!(0.0)),
            ("/clahe/clip", json!([3.0, 2.0])),
            ("/clahe/tiles", json!(0)),
            ("/hue_saturation/hue", json!(100)),
            ("/shift_scale_rotate/scale", json!(1.0)),
            ("/cutout/share", json!(1.1)),
        ] {
            let fault = with(pointer, value).fault().unwrap_or_default();
            let fields: Vec<&str> = pointer.split('/').skip(1).collect();
            for field in fields {
                assert!(fault.contains(field), "{pointer}: {fault}");
            }
        }
        let mut empty = Augmentation::none();
        empty.blur = BlurOrNoise {
            probability: 0.5,
            ..empty.blur
        };
        assert_eq!(empty.fault(), None);
        empty.blur.motion.probability = 0.0;
        empty.blur.median.probability = 0.0;
        empty.blur.gaussian.probability = 0.0;
        empty.blur.noise.probability = 0.0;
        assert!(empty.fault().unwrap().contains("augmentation.blur: "));
    }

    #[test]
    fn a_name_that_does_not_exist_is_refused() {
        let mut table = serde_json::to_value(Augmentation::paper()).unwrap();
        table["blur"]["box"] = json!({ "probability": 1.0 });
        let answer = serde_json::from_value::<Augmentation>(table);
        assert!(answer.unwrap_err().to_string().contains("`box`"));
    }
}
