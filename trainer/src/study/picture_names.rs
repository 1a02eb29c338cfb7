//! Which picture of a study a name means: tables name pictures with more or fewer folders before them.

use std::collections::BTreeMap;

use super::folder::StudyImage;

/// Pictures by the ends of their names.
pub(super) struct Names<'s> {
    by_file: BTreeMap<String, Vec<(Vec<String>, &'s StudyImage)>>,
}

impl<'s> Names<'s> {
    /// The names of a study's pictures, in the study and in the manifest.
    pub fn of(images: &'s [StudyImage]) -> Self {
        let mut by_file: BTreeMap<String, Vec<(Vec<String>, &StudyImage)>> = BTreeMap::new();
        for image in images {
            for name in [&image.image, &image.manifest] {
                let parts = parts(name);
                if let Some(file) = parts.last() {
                    by_file
                        .entry(file.clone())
                        .or_default()
                        .push((parts, image));
                }
            }
        }
        Self { by_file }
    }

    /// The picture whose name ends as this one does, or is the end of it; the longest such end counts.
    ///
    /// # Errors
    /// Two pictures whose names end alike.
    pub fn find(&self, name: &str) -> std::result::Result<Option<&'s StudyImage>, String> {
        let own = parts(name);
        let candidates = own.last().and_then(|file| self.by_file.get(file));
        let mut best: Vec<(usize, &StudyImage)> = Vec::new();
        for (parts, image) in candidates.into_iter().flatten() {
            let length = parts.len().min(own.len());
            if parts[parts.len() - length..] != own[own.len() - length..] {
                continue;
            }
            match best.first().map_or(0, |(known, _)| *known) {
                known if known > length => {}
                known if known == length => best.push((length, image)),
                _ => best = vec![(length, image)],
            }
        }
        best.dedup_by_key(|(_, image)| &image.image);
        match best.as_slice() {
            [] => Ok(None),
            [(_, only)] => Ok(Some(only)),
            [(_, first), (_, second), ..] => Err(format!(
                "`{name}` may be `{}` or `{}`: give more of its path",
                first.manifest, second.manifest
            )),
        }
    }
}

/// The parts of a path, of whatever system.
fn parts(name: &str) -> Vec<String> {
    let parts = name.split(['/', '\\']);
    let parts = parts.filter(|part| !part.is_empty() && *part != ".");
    parts.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use genoderm_study::View;

    fn image(image: &str, manifest: &str) -> StudyImage {
        StudyImage {
            image: image.into(),
            manifest: manifest.into(),
            view: View::Focused,
        }
    }

    #[test]
    fn pictures_are_found_by_the_longest_end_of_their_names() {
        let images = [
            image("pictures/0001.jpg", "focused/NF1/a.jpg"),
            image("pictures/0002.jpg", "panoramic/NF1/a.jpg"),
            image("pictures/0003.jpg", "focused/IP/0001.jpg"),
        ];
        let names = Names::of(&images);
        let found = |name: &str| {
            names
                .find(name)
                .map(|found| found.map(|i| i.image.as_str()))
        };
        assert_eq!(
            found("/x/study/pictures/0001.jpg"),
            Ok(Some("pictures/0001.jpg"))
        );
        assert_eq!(
            found("photos/focused/NF1/a.jpg"),
            Ok(Some("pictures/0001.jpg"))
        );
        assert_eq!(
            found("C:\\photos\\panoramic\\NF1\\a.jpg"),
            Ok(Some("pictures/0002.jpg"))
        );
        assert_eq!(found("IP/0001.jpg"), Ok(Some("pictures/0003.jpg")));
        assert_eq!(found("0002.jpg"), Ok(Some("pictures/0002.jpg")));
        assert_eq!(found("b.jpg"), Ok(None));
        assert_eq!(found(""), Ok(None));
        assert!(found("a.jpg").unwrap_err().contains("may be"));
        assert!(found("0001.jpg").unwrap_err().contains("more of its path"));
    }
}
