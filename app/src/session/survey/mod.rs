//! The reader mode's way: which survey ([`source`]), photographs and model ([`prepare`]), answers ([`answer`]), the model's
//! side ([`model`]), and what is kept or taken along ([`keep`]).
//!
//! No photograph of a survey is open before the model is loaded. The engine works while the reader answers, and nothing that
//! it says is shown before its time.

mod answer;
mod keep;
mod model;
mod prepare;
mod source;
