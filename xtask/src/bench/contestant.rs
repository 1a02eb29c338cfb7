//! A process that does a work when it is its turn: requests and answers are JSON, one a line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

/// How long one answer may take: WebGPU in software compiles and computes slowly.
const PATIENCE: Duration = Duration::from_secs(1200);

/// Why a contestant does not take part.
pub type Reason = String;

/// A running contestant; it ends when this is dropped.
pub struct Contestant {
    /// Name and version, in its own words.
    pub name: String,
    /// What it answered.
    pub answer: Vec<f32>,
    process: Process,
}

struct Process {
    child: Child,
    requests: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Contestant {
    /// Starts the process and has it prepare the case, whose `answer` names the file for the answer.
    pub fn start(command: Command, who: &str, case: &Value) -> Result<Self, Reason> {
        let mut process =
            Process::start(command).map_err(|error| format!("{who} does not start: {error}"))?;
        let ready = process.ask(case)?;
        let name = ready["ready"].as_str().unwrap_or(who).to_owned();
        let file = case["answer"].as_str().unwrap_or_default();
        let bytes =
            std::fs::read(file).map_err(|error| format!("its answer cannot be read: {error}"))?;
        let answer = bytes
            .chunks_exact(4)
            .map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]]))
            .collect();
        Ok(Self {
            name,
            answer,
            process,
        })
    }

    /// Does the work so many times and gives the figure of each.
    pub fn run(&mut self, times: usize) -> Result<Vec<f64>, Reason> {
        let answer = self.process.ask(&json!({ "do": "run", "times": times }))?;
        let values = answer["values"].as_array();
        let values: Vec<f64> = values
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect();
        if values.is_empty() {
            return Err(format!("it gave no figures: {answer}"));
        }
        Ok(values)
    }
}

impl Process {
    fn start(mut command: Command) -> std::io::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let requests = child.stdin.take();
        let output = child.stdout.take();
        let (sender, answers) = channel();
        thread::spawn(move || {
            let Some(output) = output else { return };
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // What is no answer is a library's chatter.
                if line.starts_with('{') && sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            requests,
            answers,
        })
    }

    fn ask(&mut self, request: &Value) -> Result<Value, Reason> {
        let gone = || "it ended before it answered".to_owned();
        let requests = self.requests.as_mut().ok_or_else(gone)?;
        writeln!(requests, "{request}")
            .and_then(|()| requests.flush())
            .map_err(|_| gone())?;
        let line = self.answers.recv_timeout(PATIENCE).map_err(|_| gone())?;
        let answer: Value = serde_json::from_str(&line).map_err(|error| error.to_string())?;
        match answer["error"].as_str() {
            Some(reason) => Err(reason.to_owned()),
            None => Ok(answer),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The end of its input is its end; one that is still busy is not waited for.
        self.requests = None;
        if !crate::cluster::wait_until(Duration::from_secs(5), || {
            !matches!(self.child.try_wait(), Ok(None))
        }) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}
