//! Choosing a region of the photograph: by mouse, touch and keyboard.
//! `stage` is what lies over the photograph while the editor is open, `grip` what pointers take hold of there, `panel` the controls
//! below it, `preview` what the networks will see, `choice` what is seen of all this while the editor is closed.

mod choice;
mod grip;
mod panel;
mod preview;
mod slider;
mod stage;

pub use choice::{CropChoice, RegionOutline};
pub use panel::CropPanel;
pub use stage::CropStage;
