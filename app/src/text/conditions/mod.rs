//! What is said about the conditions, one file for each language. Numbers, genes and links, which no language changes,
//! are in `crate::conditions`, together with the sources of all this.

mod english;
mod german;

pub use english::ENGLISH;
pub use german::GERMAN;

/// The words on one condition.
pub struct Condition {
    /// Its name.
    pub name: &'static str,
    /// It in one line.
    pub description: &'static str,
    /// Other names.
    pub synonyms: &'static [&'static str],
    /// How it is passed on.
    pub inheritance: &'static str,
    /// What is seen early on the skin, in the order in which it comes.
    pub skin: &'static [&'static str],
    /// What can look like it.
    pub similar: &'static [&'static str],
}

/// The words on the conditions of the study. A field for each, so that no language can leave one out.
pub struct Conditions {
    /// Hypomelanosis of Ito.
    pub hmi: Condition,
    /// Incontinentia pigmenti.
    pub ip: Condition,
    /// McCune-Albright syndrome.
    pub ma: Condition,
    /// Noonan syndrome with multiple lentigines.
    pub ml: Condition,
    /// Neurofibromatosis type 1.
    pub nf1: Condition,
    /// Tuberous sclerosis complex.
    pub tsc: Condition,
}

impl Conditions {
    /// The words on the label of this key; `None` for other labels.
    pub fn get(&self, key: &str) -> Option<&Condition> {
        match key {
            "HMI" => Some(&self.hmi),
            "IP" => Some(&self.ip),
            "MA" => Some(&self.ma),
            "ML" => Some(&self.ml),
            "NF1" => Some(&self.nf1),
            "TSC" => Some(&self.tsc),
            _ => None,
        }
    }
}
