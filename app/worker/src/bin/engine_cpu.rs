//! The engine on the processor.

fn main() {
    genoderm_engine::start(genoderm_protocol::Backend::Cpu);
}
