//! The works: what is done, by whom, and how the figures should compare.

use std::fmt;

use serde::Serialize;

/// Who does a work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// Genoderm's library on this machine.
    Native {
        /// Threads that it may use.
        threads: usize,
    },
    /// tract.
    Tract {
        /// Threads that it may use.
        threads: usize,
    },
    /// A Python package, by the name that `bench/peers/contestant.py` knows.
    Python {
        /// That name.
        peer: &'static str,
        /// Threads that it may use.
        threads: usize,
    },
    /// A page in Chromium.
    Page {
        /// `genoderm` or `ort`.
        side: &'static str,
        /// `cpu` or `webgpu`.
        engine: &'static str,
    },
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Native { .. } => "Genoderm",
            Self::Tract { .. } => "tract",
            Self::Python { peer, .. } => peer,
            Self::Page { side: "ort", .. } => "ORT-Web",
            Self::Page { .. } => "Genoderm's page",
        })
    }
}

/// What is done. All contestants get the same, and look at what concerns them.
#[derive(Debug, Clone, Serialize)]
pub struct Case {
    /// The kind of work.
    pub work: &'static str,
    /// The architecture, as timm calls it.
    pub network: &'static str,
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
    /// Workers of the page's engine, threads of ORT-Web; 0 for as many as there are processors.
    pub workers: usize,
    /// How torch lays out its tensors, where not as it comes.
    pub layout: Option<&'static str>,
}

/// A peer, and the largest ratio of our figure to its that is good enough.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Who.
    pub kind: Kind,
    /// At most this; `None` where nothing was set.
    pub target: Option<f64>,
    /// Changes of the case for this peer.
    pub layout: Option<&'static str>,
}

/// One comparison.
#[derive(Debug, Clone)]
pub struct Row {
    /// Short name for `--only`.
    pub name: &'static str,
    /// What it says in the table.
    pub title: String,
    /// What is done.
    pub case: Case,
    /// Our side.
    pub ours: Kind,
    /// The others.
    pub peers: Vec<Peer>,
    /// The largest relative difference of two answers, in the Euclidean norm; `None` where they cannot be compared.
    pub tolerance: Option<f64>,
    /// Turns that each contestant gets after warming up.
    pub repetitions: usize,
    /// `ms` or `MB`.
    pub unit: &'static str,
    /// The largest figure of ours that is good enough, in the unit, where one was set.
    pub limit: Option<f64>,
}

impl Row {
    /// Our side and then the peers, each with its case.
    pub fn contestants(&self) -> impl Iterator<Item = (Kind, Case)> {
        let ours = (self.ours.clone(), self.case.clone());
        let peers = self.peers.iter().map(|peer| {
            let layout = peer.layout;
            let case = Case {
                layout,
                ..self.case.clone()
            };
            (peer.kind.clone(), case)
        });
        std::iter::once(ours).chain(peers)
    }
}

/// The usual number of turns.
const REPETITIONS: usize = 7;
/// Turns of works that take minutes.
const FEW: usize = 3;
/// Threads of native contestants.
const THREADS: usize = 2;
/// Answers of networks: float32 arithmetic in another order.
const CLOSE: Option<f64> = Some(1e-3);

const B0: (&str, u32) = ("tf_efficientnet_b0", 224);
const B4: (&str, u32) = ("tf_efficientnet_b4", 448);
/// What the quick mode puts in the place of both.
const SMALL: (&str, u32) = ("tf_efficientnet_b0", 64);

fn tract(target: f64) -> Peer {
    peer(Kind::Tract { threads: THREADS }, Some(target))
}

fn python(name: &'static str, threads: usize, target: Option<f64>) -> Peer {
    peer(
        Kind::Python {
            peer: name,
            threads,
        },
        target,
    )
}

fn ort(engine: &'static str, target: f64) -> Peer {
    peer(
        Kind::Page {
            side: "ort",
            engine,
        },
        Some(target),
    )
}

fn peer(kind: Kind, target: Option<f64>) -> Peer {
    Peer {
        kind,
        target,
        layout: None,
    }
}

/// The layout that PyTorch's guides name for processors; users find it only if they look.
fn torch_channels_last() -> Peer {
    Peer {
        layout: Some("channels_last"),
        ..python("torch", THREADS, None)
    }
}

fn case(work: &'static str, (network, size): (&'static str, u32)) -> Case {
    Case {
        work,
        network,
        size,
        folds: 1,
        steps: 50,
        target: 3,
        batch: 8,
        workers: 1,
        layout: None,
    }
}

/// `B0 at 224 px`.
fn name_of((network, size): (&str, u32)) -> String {
    let short = network
        .trim_start_matches("tf_efficientnet_")
        .to_uppercase();
    format!("{short} at {size} px")
}

/// All rows; for `quick` with small networks, one repetition, and without what takes long in any size.
pub fn all(quick: bool) -> Vec<Row> {
    let mut rows = native();
    rows.extend(page());
    if quick {
        rows.retain(|row| {
            !matches!(
                row.name,
                "forward-b4" | "page-forward-b4" | "page-ensemble-b4"
            ) && !row.name.contains("webgpu")
        });
        for row in &mut rows {
            let case = &mut row.case;
            let small = name_of(SMALL);
            row.title = row
                .title
                .replace(&name_of(B0), &small)
                .replace(&name_of(B4), &small);
            for (many, few) in [
                ("50 steps", "4 steps"),
                ("batch of 8", "batch of 2"),
                ("8 pictures", "2 pictures"),
                ("5 networks", "2 networks"),
                ("12-megapixel JPEG", "small JPEG"),
            ] {
                row.title = row.title.replace(many, few);
            }
            (case.network, case.size) = SMALL;
            (case.folds, case.steps, case.batch) = (case.folds.min(2), 4, 2);
            row.repetitions = 1;
        }
    }
    rows
}

fn native() -> Vec<Row> {
    let ours = Kind::Native { threads: THREADS };
    let row = |name, title: String, case, peers| Row {
        name,
        title,
        case,
        ours: ours.clone(),
        peers,
        tolerance: CLOSE,
        repetitions: REPETITIONS,
        unit: "ms",
        limit: None,
    };
    let forward = |name, network| {
        let peers = vec![
            tract(1.0),
            python("torch", THREADS, Some(1.0)),
            torch_channels_last(),
            python("onnxruntime", THREADS, Some(2.0)),
        ];
        let title = format!("native: forward {}, 2 threads", name_of(network));
        row(name, title, case("forward", network), peers)
    };
    vec![
        forward("forward-b0", B0),
        forward("forward-b4", B4),
        Row {
            // Fifty sums of gradients.
            tolerance: Some(1e-2),
            ..row(
                "gradients-b0",
                format!(
                    "native: Integrated Gradients {}, 50 steps, 2 threads",
                    name_of(B0)
                ),
                case("gradients", B0),
                vec![python("torch", THREADS, Some(1.0))],
            )
        },
        Row {
            // Adam's first steps go by signs, so rounding grows.
            tolerance: Some(1e-2),
            ..row(
                "training-b0",
                format!(
                    "native: training step {}, batch of 8, 2 threads",
                    name_of(B0)
                ),
                case("training", B0),
                vec![python("torch", THREADS, Some(1.0))],
            )
        },
        Row {
            // A grey level or two: JPEG decoders differ.
            tolerance: Some(2e-2),
            ..row(
                "photograph",
                "native: 12-megapixel JPEG decoded, turned, resized to 448 px".into(),
                case("photograph", B4),
                vec![python("pillow", 1, Some(0.7))],
            )
        },
        Row {
            ours: Kind::Native { threads: 1 },
            // Chance differs: mean and spread over many pictures are compared.
            tolerance: Some(0.1),
            ..row(
                "augmentation",
                "native: 12 random transforms of a 512 px picture, 8 pictures, 1 thread".into(),
                case("augmentation", B4),
                vec![python("albumentations", 1, Some(0.7))],
            )
        },
    ]
}

fn page() -> Vec<Row> {
    let ours = |engine| Kind::Page {
        side: "genoderm",
        engine,
    };
    let row = |name, title: String, case, engine, target| Row {
        name,
        title,
        case,
        ours: ours(engine),
        peers: vec![ort(engine, target)],
        tolerance: CLOSE,
        repetitions: REPETITIONS,
        unit: "ms",
        limit: None,
    };
    let forward = |name, network| {
        let title = format!("page, CPU: forward {}, 1 worker", name_of(network));
        row(name, title, case("forward", network), "cpu", 1.0)
    };
    let ensemble = |name, network| {
        let case = Case {
            folds: 5,
            workers: 0,
            ..case("forward", network)
        };
        let title = format!("page, CPU: 5 networks {}, all workers", name_of(network));
        row(name, title, case, "cpu", 0.8)
    };
    let webgpu = |name, network| Row {
        repetitions: FEW,
        ..row(
            name,
            format!("page, WebGPU: forward {}", name_of(network)),
            case("forward", network),
            "webgpu",
            0.8,
        )
    };
    let bytes = |name, title: &str, engine, limit| Row {
        tolerance: None,
        repetitions: 1,
        unit: "MB",
        limit: Some(limit),
        peers: vec![peer(
            Kind::Page {
                side: "ort",
                engine,
            },
            None,
        )],
        ..row(name, title.into(), case("bytes", B0), engine, 1.0)
    };
    vec![
        forward("page-forward-b0", B0),
        forward("page-forward-b4", B4),
        ensemble("page-ensemble-b0", B0),
        ensemble("page-ensemble-b4", B4),
        Row {
            tolerance: Some(1e-2),
            peers: vec![python("torch", THREADS, Some(1.5))],
            ..row(
                "page-gradients-b0",
                format!(
                    "page, CPU: Integrated Gradients {}, 50 steps, all workers",
                    name_of(B0)
                ),
                Case {
                    workers: 0,
                    ..case("gradients", B0)
                },
                "cpu",
                1.5,
            )
        },
        Row {
            // The page does not give its resized pixels away.
            tolerance: None,
            peers: vec![python("pillow", 1, None)],
            ..row(
                "page-photograph",
                "page: 12-megapixel JPEG decoded, turned, resized to 224 px; Pillow is native"
                    .into(),
                case("photograph", B0),
                "cpu",
                1.0,
            )
        },
        Row {
            tolerance: None,
            ..row(
                "page-cold-start",
                format!(
                    "page, CPU: from address to first answer, warm cache, {}",
                    name_of(B0)
                ),
                case("cold-start", B0),
                "cpu",
                1.0,
            )
        },
        Row {
            tolerance: None,
            repetitions: FEW,
            unit: "MB",
            ..row(
                "page-memory",
                format!(
                    "page, CPU: largest memory of the page's process, {}",
                    name_of(B4)
                ),
                case("memory", B4),
                "cpu",
                1.0,
            )
        },
        bytes(
            "page-bytes-cpu",
            "page, CPU: bytes to the first answer, without weights",
            "cpu",
            0.8,
        ),
        bytes(
            "page-bytes-webgpu",
            "page, WebGPU: bytes to the first answer, without weights",
            "webgpu",
            2.5,
        ),
        webgpu("page-webgpu-b0", B0),
        webgpu("page-webgpu-b4", B4),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_row_has_a_peer() {
        for quick in [false, true] {
            let rows = all(quick);
            for (position, row) in rows.iter().enumerate() {
                assert!(!row.peers.is_empty(), "{}", row.name);
                assert!(rows[..position].iter().all(|other| other.name != row.name));
            }
        }
    }

    #[test]
    fn the_quick_mode_has_no_large_network_and_says_so() {
        for row in all(true) {
            assert_eq!((row.case.network, row.case.size), SMALL, "{}", row.name);
            for large in ["B4 at", "50 steps", "5 networks"] {
                assert!(!row.title.contains(large), "{}", row.title);
            }
        }
    }
}
