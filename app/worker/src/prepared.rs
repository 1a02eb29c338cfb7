//! The photograph as the networks see it: the square of the whole, and that of a region where one was chosen.

use genoderm_model::preprocess::{
    self, ContentBox, Photo, PhotoError, Preprocessing, sees_regions,
};
use genoderm_protocol::Region;

/// The networks' square input, and where in it the photograph, or its region, lies.
pub(crate) struct PreparedPhoto {
    pub square: Photo,
    pub content: ContentBox,
}

/// What each set of networks sees of one photograph.
pub(crate) struct PreparedPhotos {
    whole: PreparedPhoto,
    region: Option<(Region, PreparedPhoto)>,
}

impl PreparedPhotos {
    /// Makes both squares from the upright pixels.
    ///
    /// # Errors
    /// A region that cannot be cut out, or a preprocessing that is unusable.
    pub fn new(
        photo: &Photo,
        region: Option<Region>,
        preprocessing: &Preprocessing,
    ) -> Result<Self, PhotoError> {
        let region = region
            .map(|region| {
                let part = in_model(region).cut(photo)?;
                Ok((region, PreparedPhoto::new(&part, preprocessing)?))
            })
            .transpose()?;
        Ok(Self {
            whole: PreparedPhoto::new(photo, preprocessing)?,
            region,
        })
    }

    /// A square that was made elsewhere, for all sets.
    pub fn seen(square: Photo, content: ContentBox) -> Self {
        Self {
            whole: PreparedPhoto { square, content },
            region: None,
        }
    }

    /// What the networks of this set see.
    pub fn of(&self, set: &str) -> &PreparedPhoto {
        match &self.region {
            Some((_, part)) if sees_regions(set) => part,
            _ => &self.whole,
        }
    }

    /// The region that the networks of this set see; `None` for the whole photograph.
    pub fn region_of(&self, set: &str) -> Option<Region> {
        let (region, _) = self.region.as_ref()?;
        sees_regions(set).then_some(*region)
    }
}

impl PreparedPhoto {
    fn new(photo: &Photo, preprocessing: &Preprocessing) -> Result<Self, PhotoError> {
        Ok(Self {
            square: preprocessing.square(photo)?,
            content: preprocessing
                .fit
                .content(photo.width(), photo.height(), preprocessing.size),
        })
    }
}

fn in_model(region: Region) -> preprocess::Region {
    let Region {
        x,
        y,
        width,
        height,
        degrees,
    } = region;
    preprocess::Region {
        x,
        y,
        width,
        height,
        degrees,
    }
}
