//! The protocol between `cargo xtask bench` and a contestant: requests on standard input, answers on standard output.
//!
//! `{"do": "prepare", ...case}` gets a work ready, writes its answer as little-endian `f32` to the file named, and answers
//! `{"ready": "name and version"}`. `{"do": "run", "times": n}` does it n times: `{"values": [..]}`, in milliseconds unless the work says otherwise. What fails is
//! `{"error": "why"}`, and the contestant lives on.

use std::io::{BufRead, Write};
use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::works;

/// What to get ready.
#[derive(Debug, Deserialize)]
pub struct Case {
    /// The kind of work.
    pub work: String,
    /// The folder that `prepare` has filled.
    pub data: PathBuf,
    /// The architecture, as timm calls it.
    pub network: String,
    /// Side of the network's input, pixels.
    pub size: u32,
    /// Networks of the ensemble.
    pub folds: usize,
    /// Points of the path of Integrated Gradients.
    pub steps: usize,
    /// Position of the logit to explain.
    pub target: usize,
    /// Pictures in a training step, or to augment.
    pub batch: usize,
    /// Where to write the answer.
    pub answer: PathBuf,
}

#[derive(Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
enum Request {
    Prepare(Box<Case>),
    Run { times: usize },
}

/// Something to measure, ready to run.
pub trait Work {
    /// Does it once, from the input in memory to the answer in memory.
    fn run(&mut self) -> Result<Vec<f32>>;

    /// The answer that is compared, where it is not the first run's.
    fn answer(&mut self) -> Result<Vec<f32>> {
        self.run()
    }
}

/// Answers requests until there are no more.
pub fn run() -> Result<()> {
    let mut work: Option<Box<dyn Work>> = None;
    for line in std::io::stdin().lock().lines() {
        let answer = reply(&line?, &mut work);
        let answer = answer.unwrap_or_else(|error| json!({ "error": format!("{error:#}") }));
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn reply(line: &str, work: &mut Option<Box<dyn Work>>) -> Result<Value> {
    match serde_json::from_str(line)? {
        Request::Prepare(case) => {
            // The last work's memory is freed before the next one's is taken.
            *work = None;
            let mut ready = works::prepare(&case)?;
            let bytes: Vec<u8> = ready
                .answer()?
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect();
            std::fs::write(&case.answer, bytes)?;
            *work = Some(ready);
            Ok(json!({ "ready": concat!("genoderm ", env!("CARGO_PKG_VERSION")) }))
        }
        Request::Run { times } => {
            let work = work.as_mut().context("nothing is prepared")?;
            let mut ms = Vec::with_capacity(times);
            for _ in 0..times {
                let start = Instant::now();
                work.run()?;
                ms.push(start.elapsed().as_secs_f64() * 1e3);
            }
            Ok(json!({ "values": ms }))
        }
    }
}
