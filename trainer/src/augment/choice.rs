//! Transforms of which one is chosen (albumentations' `OneOf`).

use rand::{Rng, RngCore};
use serde::{Deserialize, Serialize};

use crate::augment::{
    ElasticTransform, GaussianBlur, GaussianNoise, GridDistortion, MedianBlur, MotionBlur,
    OpticalDistortion, Picture, Transform,
};

/// One of three blurs or noise.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlurOrNoise {
    /// How often one of them is applied, 0 to 1.
    pub probability: f64,
    /// A short straight movement.
    pub motion: MotionBlur,
    /// The median of a window.
    pub median: MedianBlur,
    /// The Gaussian mean of a window.
    pub gaussian: GaussianBlur,
    /// Noise on every value.
    pub noise: GaussianNoise,
}

/// One of three distortions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Distortion {
    /// How often one of them is applied, 0 to 1.
    pub probability: f64,
    /// That of a lens.
    pub optical: OpticalDistortion,
    /// That of a grid.
    pub grid: GridDistortion,
    /// An elastic one.
    pub elastic: ElasticTransform,
}

/// One of the members, by their weights; `None` when all are 0.
fn choose<'a>(
    members: &[&'a dyn Transform],
    random: &mut dyn RngCore,
) -> Option<&'a dyn Transform> {
    let total: f64 = members.iter().map(|member| member.probability()).sum();
    let mut place = total * random.random::<f64>();
    members
        .iter()
        .find(|member| {
            place -= member.probability();
            place < 0.0
        })
        .copied()
}

/// A choice that is to be made needs something to choose from.
fn empty(choice: &dyn Transform) -> Option<String> {
    let none = choice
        .members()
        .iter()
        .all(|member| member.probability() == 0.0);
    (choice.probability() > 0.0 && none).then(|| {
        "probability is above 0, but each of its members' is 0: there is nothing to choose".into()
    })
}

impl Transform for BlurOrNoise {
    fn name(&self) -> &'static str {
        "blur"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        if let Some(chosen) = choose(&self.members(), random) {
            chosen.apply(picture, random);
        }
    }

    fn fault(&self) -> Option<String> {
        empty(self)
    }

    fn members(&self) -> Vec<&dyn Transform> {
        vec![&self.motion, &self.median, &self.gaussian, &self.noise]
    }
}

impl Transform for Distortion {
    fn name(&self) -> &'static str {
        "distortion"
    }

    fn probability(&self) -> f64 {
        self.probability
    }

    fn apply(&self, picture: &mut Picture, random: &mut dyn RngCore) {
        if let Some(chosen) = choose(&self.members(), random) {
            chosen.apply(picture, random);
        }
    }

    fn fault(&self) -> Option<String> {
        empty(self)
    }

    fn members(&self) -> Vec<&dyn Transform> {
        vec![&self.optical, &self.grid, &self.elastic]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::augment::{HorizontalFlip, Transpose, VerticalFlip};
    use crate::seed;

    #[test]
    fn members_are_chosen_by_their_weights() {
        let members: [&dyn Transform; 3] =
            [&Transpose(0.25), &VerticalFlip(0.0), &HorizontalFlip(0.75)];
        let random = &mut seed::generator(&[4]);
        let mut counts = [0; 3];
        for _ in 0..4000 {
            let chosen = choose(&members, random).map(Transform::name);
            let index = members
                .iter()
                .position(|member| Some(member.name()) == chosen);
            counts[index.unwrap_or(1)] += 1;
        }
        // Binomial: mean 1000, standard deviation 27.
        assert!(
            (890..1110).contains(&counts[0]) && counts[1] == 0,
            "{counts:?}"
        );
        assert!(choose(&[&Transpose(0.0)], random).is_none());
    }
}
