//! tract's side of the native benchmarks: the protocol of `bench/native/src/contest.rs`, for the work `forward`.
//!
//! `tract-contestant THREADS`

use std::error::Error;
use std::io::{BufRead, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tract_linalg::multithread::{Executor, set_default_executor};
use tract_onnx::prelude::*;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// One network after another on one picture.
struct Forward {
    networks: Vec<Arc<TypedRunnableModel>>,
    input: Tensor,
}

impl Forward {
    fn new(case: &Value) -> Outcome<Self> {
        let text = |name: &str| case[name].as_str().ok_or(format!("no {name}"));
        let number = |name: &str| case[name].as_u64().ok_or(format!("no {name}"));
        if text("work")? != "forward" {
            return Err("tract answers, but has no gradients and no pictures".into());
        }
        let data = Path::new(text("data")?);
        let (network, size) = (text("network")?, number("size")? as usize);
        let shape = [1, 3, size, size];
        let networks = (0..number("folds")?).map(|fold| {
            tract_onnx::onnx()
                .model_for_path(data.join(format!("{network}-{size}-{fold}.onnx")))?
                .with_input_fact(0, f32::fact(shape).into())?
                .into_optimized()?
                .into_runnable()
        });
        let networks = networks.collect::<TractResult<Vec<_>>>()?;
        let input = values_of(&std::fs::read(data.join(format!("input-{size}.f32")))?);
        let input = Tensor::from_shape(&shape, &input)?;
        Ok(Self { networks, input })
    }

    fn run(&self) -> Outcome<Vec<f32>> {
        let mut logits = Vec::new();
        for network in &self.networks {
            let outputs = network.run(tvec!(self.input.clone().into()))?;
            logits.extend(outputs[0].to_plain_array_view::<f32>()?.iter());
        }
        Ok(logits)
    }
}

fn values_of(bytes: &[u8]) -> Vec<f32> {
    let fours = bytes.chunks_exact(4);
    fours
        .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
        .collect()
}

fn reply(line: &str, work: &mut Option<Forward>) -> Outcome<Value> {
    let request: Value = serde_json::from_str(line)?;
    match request["do"].as_str() {
        Some("prepare") => {
            let ready = Forward::new(&request)?;
            let answer = ready.run()?.into_iter().flat_map(f32::to_le_bytes);
            let file = request["answer"].as_str().ok_or("no answer")?;
            std::fs::write(file, answer.collect::<Vec<u8>>())?;
            *work = Some(ready);
            Ok(json!({ "ready": "tract 0.23.9" }))
        }
        Some("run") => {
            let work = work.as_ref().ok_or("nothing is prepared")?;
            let mut ms = Vec::new();
            for _ in 0..request["times"].as_u64().unwrap_or(1) {
                let start = Instant::now();
                work.run()?;
                ms.push(start.elapsed().as_secs_f64() * 1e3);
            }
            Ok(json!({ "values": ms }))
        }
        _ => Err("unknown request".into()),
    }
}

fn main() -> Outcome<()> {
    let threads = std::env::args()
        .nth(1)
        .and_then(|threads| threads.parse().ok());
    match threads.unwrap_or(1) {
        1 => set_default_executor(Executor::SingleThread),
        threads => set_default_executor(Executor::multithread(threads)),
    }
    let mut work = None;
    for line in std::io::stdin().lock().lines() {
        let answer = reply(&line?, &mut work);
        let answer = answer.unwrap_or_else(|error| json!({ "error": error.to_string() }));
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}
