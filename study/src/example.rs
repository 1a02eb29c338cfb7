//! A made-up test set for the tests here.

use crate::survey::{Question, View};

/// `photographs` of each label `L0`, `L1`, ..., in both views; sources as `L0-03`.
pub(crate) fn test_images(labels: usize, photographs: usize) -> Vec<Question> {
    let mut images = Vec::new();
    for label in 0..labels {
        for photograph in 0..photographs {
            for view in View::BOTH {
                let source = format!("L{label}-{photograph:02}");
                images.push(Question {
                    image: format!("{view}/{source}.jpg"),
                    label: format!("L{label}"),
                    view,
                    source,
                });
            }
        }
    }
    images
}
