//! `genoderm data`: imports, splits and checks of small drawn pictures.

mod authors;
mod check;
mod folder;
mod isic;
mod misuse;
mod sources;
mod split;
