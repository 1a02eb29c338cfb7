//! How many workers the engine on the processor uses. Only the reader's limit is remembered.

use leptos::prelude::*;

use crate::settings;

const SETTING: &str = "workers";
/// The most that are started by themselves. Each needs memory for at least one network.
const MOST_AUTOMATIC: usize = 8;
/// The most that the reader can ask for.
const MOST: usize = 16;

/// The reader's limit, and what an accident made of it.
#[derive(Clone, Copy)]
pub struct Workers {
    /// The reader's choice; `None` for as many as the device has cores for.
    pub picked: RwSignal<Option<usize>>,
    /// Whether one broke, so that one alone works until the reader chooses anew.
    pub alone: RwSignal<bool>,
}

impl Workers {
    /// As the reader left it.
    pub fn remembered() -> Self {
        let picked = settings::read(SETTING).and_then(|number| number.parse().ok());
        Self {
            picked: RwSignal::new(picked.filter(|number| (1..=MOST).contains(number))),
            alone: RwSignal::new(false),
        }
    }

    /// The reader's choice.
    pub fn pick(self, picked: Option<usize>) {
        self.picked.set(picked);
        self.alone.set(false);
        match picked {
            Some(number) => settings::write(SETTING, &number.to_string()),
            None => settings::remove(SETTING),
        }
    }

    /// How many there should be.
    pub fn now(self) -> usize {
        if self.alone.get() {
            return 1;
        }
        self.picked.get().unwrap_or_else(automatic)
    }
}

/// Numbers that the reader can choose from.
pub fn choices() -> impl Iterator<Item = usize> {
    1..=cores().clamp(2, MOST)
}

/// As many as there are cores; one of several is left for the page itself.
pub fn automatic() -> usize {
    automatic_of(cores())
}

fn automatic_of(cores: usize) -> usize {
    match cores {
        0 | 1 => 1,
        2 | 3 => 2,
        more => (more - 1).min(MOST_AUTOMATIC),
    }
}

fn cores() -> usize {
    window().navigator().hardware_concurrency() as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn a_core_is_left_for_the_page_where_there_are_several() {
        let found = [0, 1, 2, 3, 4, 8, 64].map(automatic_of);
        assert_eq!(found, [1, 1, 2, 2, 3, 7, 8]);
    }
}
