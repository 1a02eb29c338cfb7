//! Brightness and contrast, as albumentations 0.4.6 changes 8-bit pictures.

use crate::augment::Picture;

/// The table of `v -> v * (1 + contrast) + 255 * brightness`, clipped and truncated to 8 bits.
///
/// `brightness` and `contrast` are shares, 0 for no change; the paper's code draws both from
/// -0.2..0.2.
pub fn brightness_contrast_table(brightness: f32, contrast: f32) -> [u8; 256] {
    std::array::from_fn(|value| {
        let changed = value as f32 * (1.0 + contrast) + 255.0 * brightness;
        changed.clamp(0.0, 255.0) as u8
    })
}

/// Replaces every value by its entry in the table.
pub fn map_values(picture: &mut Picture, table: &[u8; 256]) {
    for value in picture.values_mut() {
        *value = table[usize::from(*value)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_change_is_the_identity() {
        let table = brightness_contrast_table(0.0, 0.0);
        assert!((0..=255).all(|value| table[usize::from(value)] == value));
    }

    #[test]
    fn changes_are_clipped_and_truncated() {
        let brighter = brightness_contrast_table(0.2, 0.0);
        assert_eq!((brighter[0], brighter[100], brighter[250]), (51, 151, 255));
        let steeper = brightness_contrast_table(0.0, 0.15);
        assert_eq!((steeper[0], steeper[101], steeper[240]), (0, 116, 255));
        let darker = brightness_contrast_table(-0.2, 0.0);
        assert_eq!((darker[10], darker[100]), (0, 49));
    }
}
