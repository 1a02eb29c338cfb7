//! The loops: plain slices in, plain vectors out, in the layout `[n, channels, height, width]`.
//!
//! Every loop is written so that the compiler turns it into vector instructions; `vector` has it compiled for the widest
//! ones and picks them at run time. `parallel` spreads work over the cores in a way that does not change the result:
//! each value is computed by one thread, in an order that depends on nothing but the shapes.

pub(super) mod batch_norm;
pub(super) mod depthwise;
mod parallel;
mod plane;
pub(super) mod planes;
pub(super) mod pointwise;
pub(super) mod silu;
pub(super) mod storage;
mod vector;
