//! The engine on the processor, for browsers with relaxed SIMD: built with the feature `cpu-relaxed`.

fn main() {
    genoderm_engine::start(genoderm_protocol::Backend::Cpu);
}
