//! Two maps side by side: of two labels, two methods or two photographs.
//! `hold` is the button that keeps a map for this, `panel` what stands around both, `pane` one of them, `stage` its
//! picture, which wheel, pointers and keys move together with the other, `facts` what is said of both.

mod facts;
mod hold;
mod pane;
mod panel;
mod stage;

pub use hold::HoldButton;
pub use panel::ComparePanel;
