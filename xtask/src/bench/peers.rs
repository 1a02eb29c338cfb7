//! Setting up who takes part: our own programs, and the peers as far as they can be had.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::contestant::Reason;
use super::rows::{Case, Kind, Row};
use super::site;
use crate::files::all_files;
use crate::page;
use crate::paths::{Paths, on_path};
use crate::process;
use crate::server::PageServer;
use crate::stages::{CHROMIUM_ARGUMENTS, NATIVE_PACKAGES};
use crate::steps::{note, step};
use crate::toolchain::chromium;
use crate::toolchain::lockfile::locked_version;
use crate::toolchain::{WasmToolchain, npm};

/// Python packages that the quick mode leaves out: they are large.
const HEAVY: [&str; 2] = ["torch", "albumentations"];

/// Who can take part, and how each is started.
pub struct Peers {
    paths: Paths,
    quick: bool,
    tract: std::result::Result<PathBuf, Reason>,
    python: std::result::Result<PathBuf, Reason>,
    page: std::result::Result<Page, Reason>,
}

struct Page {
    node: PathBuf,
    chromium: PathBuf,
    address: String,
}

impl Peers {
    /// Sets up what the rows need.
    ///
    /// # Errors
    /// When our own side cannot be built; a peer that cannot be had is remembered as a reason.
    pub fn prepare(paths: &Paths, quick: bool, rows: &[Row]) -> Result<Self> {
        let kinds: Vec<Kind> = rows
            .iter()
            .flat_map(Row::contestants)
            .map(|(kind, _)| kind)
            .collect();
        let needs = |wanted: fn(&Kind) -> bool| kinds.iter().any(wanted);
        step("our native side", || build_native(paths))?;
        let python = step("Python packages", || Ok(prepare_python(paths, quick)))?;
        step("weights and inputs", || {
            write_data(paths, quick, rows, python.as_ref().ok())
        })?;
        let tract = match needs(|kind| matches!(kind, Kind::Tract { .. })) {
            // It compiles for minutes.
            true if quick => Err("left out by --quick".into()),
            true => step("tract", || Ok(build_tract(paths)))?,
            false => Err("no row needs it".into()),
        };
        let page = match needs(|kind| matches!(kind, Kind::Page { .. })) {
            true => Ok(step("pages", || prepare_page(paths, rows))?),
            false => Err("no row needs it".into()),
        };
        Ok(Self {
            paths: paths.clone(),
            quick,
            tract,
            python,
            page,
        })
    }

    /// The command that starts a contestant, or why there is none.
    pub fn command(&self, kind: &Kind) -> std::result::Result<Command, Reason> {
        match kind {
            Kind::Native { threads } => {
                let mut command = Command::new(self.paths.contestant());
                command
                    .arg("contest")
                    .env("RAYON_NUM_THREADS", threads.to_string());
                Ok(command)
            }
            Kind::Tract { threads } => {
                let mut command = Command::new(self.tract.clone()?);
                command.arg(threads.to_string());
                Ok(command)
            }
            Kind::Python { peer, threads } => {
                if self.quick && HEAVY.contains(peer) {
                    return Err("left out by --quick".into());
                }
                let mut command = Command::new(self.python.clone()?);
                command
                    .arg(self.paths.bench_sources().join("peers/contestant.py"))
                    .args([peer, threads.to_string().as_str()])
                    .env("OMP_NUM_THREADS", threads.to_string())
                    // Nothing is fetched while it runs, not even news.
                    .env("NO_ALBUMENTATIONS_UPDATE", "1")
                    .env("PYTHONWARNINGS", "ignore")
                    .env("PYTHONDONTWRITEBYTECODE", "1");
                Ok(command)
            }
            Kind::Page { side, engine } => {
                let page = self.page.as_ref().map_err(Clone::clone)?;
                let mut command = Command::new(&page.node);
                command
                    .arg("contestant.mjs")
                    .args([side, engine])
                    .current_dir(self.paths.bench_sources().join("page"))
                    .env("GENODERM_PAGE", &page.address)
                    .env("GENODERM_CHROMIUM", &page.chromium)
                    .env("GENODERM_CHROMIUM_ARGUMENTS", CHROMIUM_ARGUMENTS.join(" "));
                Ok(command)
            }
        }
    }

    /// The request that prepares a case, with the folders of this machine; `position` is the contestant's in its row.
    pub fn filled(&self, case: &Case, position: usize) -> Value {
        let mut request = json!(case);
        let answer = self.paths.bench().join(format!("answer-{position}.f32"));
        request["do"] = json!("prepare");
        request["data"] = json!(data(&self.paths));
        request["answer"] = json!(answer);
        request
    }

    /// Versions of what stands below the contestants.
    pub fn versions(&self) -> Vec<String> {
        let first_line = |text: String| text.lines().next().map(|line| line.trim().to_owned());
        let told = |command: &mut Command| process::output(command).ok().and_then(first_line);
        let mut versions = vec![format!("Genoderm {}", env!("CARGO_PKG_VERSION"))];
        if let Ok(burn) = locked_version(self.paths.repository(), "burn") {
            versions.push(format!("burn {burn}"));
        }
        versions.extend(told(Command::new("rustc").arg("--version")));
        if let Ok(python) = &self.python {
            versions.extend(told(Command::new(python).arg("--version")));
        }
        if let Ok(page) = &self.page {
            let browser = told(Command::new(&page.chromium).arg("--version"));
            versions.extend(
                browser.map(|text| text.split(" built").next().unwrap_or_default().to_owned()),
            );
            versions.extend(
                told(Command::new(&page.node).arg("--version")).map(|v| format!("Node {v}")),
            );
        }
        versions
    }
}

/// Weights, bundles and inputs: below the served folder, since pages read them too.
fn data(paths: &Paths) -> PathBuf {
    paths.bench().join("site").join("data")
}

fn build_native(paths: &Paths) -> Result<()> {
    process::run(
        Command::new("cargo")
            .args(["build", "--quiet", "--release", "--bin", "genoderm-bench"])
            .args(NATIVE_PACKAGES)
            .current_dir(paths.repository())
            .env("CARGO_TARGET_DIR", paths.host()),
    )
}

fn build_tract(paths: &Paths) -> std::result::Result<PathBuf, Reason> {
    let target = paths.bench().join("tract");
    let built = process::run(
        Command::new("cargo")
            .args([
                "build",
                "--quiet",
                "--release",
                "--locked",
                "--manifest-path",
            ])
            .arg(paths.bench_sources().join("tract").join("Cargo.toml"))
            .env("CARGO_TARGET_DIR", &target),
    );
    let program = format!("tract-contestant{}", std::env::consts::EXE_SUFFIX);
    built
        .map(|()| target.join("release").join(program))
        .map_err(|error| format!("{error:#}"))
}

/// The interpreter of an environment with the packages; the reason is in one line.
fn prepare_python(paths: &Paths, quick: bool) -> std::result::Result<PathBuf, Reason> {
    let sources = paths.bench_sources().join("peers");
    let folder = paths.bench().join("venv");
    let python = match cfg!(windows) {
        true => folder.join("Scripts").join("python.exe"),
        false => folder.join("bin").join("python"),
    };
    let install = || -> Result<()> {
        if !python.is_file() {
            let names = ["python3", "python"];
            let system = names
                .into_iter()
                .find_map(on_path)
                .context("Python 3 is not installed")?;
            process::output(Command::new(system).args(["-m", "venv"]).arg(&folder)).context(
                "no Python environment can be made (Debian: `apt install python3-venv`)",
            )?;
        }
        let lists = match quick {
            true => &["requirements-light.txt"][..],
            false => &["requirements-light.txt", "requirements.txt"][..],
        };
        for list in lists {
            let list = sources.join(list);
            let wanted = format!("{:x}", Sha256::digest(fs::read(&list)?));
            let stamp = folder.join(format!("{}.installed", file_name(&list)));
            if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
                continue;
            }
            note(&format!("installing {}", file_name(&list)));
            process::output(
                Command::new(&python)
                    .args(["-m", "pip", "install", "--quiet", "--no-input", "-r"])
                    .arg(&list),
            )?;
            fs::write(stamp, wanted)?;
        }
        Ok(())
    };
    install()
        .map(|()| python.clone())
        .map_err(|error| format!("{error:#}"))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Makes weights, bundles and inputs of all rows, unless they are as they would be made.
fn write_data(paths: &Paths, quick: bool, rows: &[Row], python: Option<&PathBuf>) -> Result<()> {
    let mut networks = BTreeSet::new();
    // The page's own bundle has one network.
    for row in rows {
        let Case {
            network,
            size,
            folds,
            ..
        } = row.case;
        networks.extend([
            format!("{network}:{size}:{folds}"),
            format!("{network}:{size}:1"),
        ]);
    }
    let (width, height) = if quick {
        ("1008", "756")
    } else {
        ("4032", "3024")
    };
    let sources = paths.bench_sources();
    let mut hasher = Sha256::new();
    let mut files = all_files(&sources.join("native"), &[])?;
    files.push(sources.join("peers/onnx_files.py"));
    files.push(sources.join("peers/photographs.py"));
    for file in files {
        hasher.update(fs::read(file)?);
    }
    let fingerprint = format!("{:x} {width} {}", hasher.finalize(), python.is_some());

    let folder = data(paths);
    fs::create_dir_all(&folder)?;
    let stamps = paths.bench().join("data.json");
    let mut made: BTreeMap<String, String> = fs::read(&stamps)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    networks.retain(|network| made.get(network) != Some(&fingerprint));
    if !networks.is_empty() {
        process::run(
            Command::new(paths.contestant())
                .arg("prepare")
                .arg(&folder)
                .args(&networks),
        )?;
        if let Some(python) = python {
            let script = sources.join("peers/onnx_files.py");
            process::run(
                Command::new(python)
                    .arg(script)
                    .arg(&folder)
                    .args(&networks),
            )?;
        }
    }
    let photo = "photo.jpg".to_owned();
    if let Some(python) = python.filter(|_| made.get(&photo) != Some(&fingerprint)) {
        let script = sources.join("peers/photographs.py");
        let file = folder.join(&photo);
        process::run(
            Command::new(python)
                .arg(script)
                .arg(file)
                .args([width, height]),
        )?;
        made.insert(photo, fingerprint.clone());
    }
    made.extend(
        networks
            .into_iter()
            .map(|network| (network, fingerprint.clone())),
    );
    fs::write(&stamps, serde_json::to_vec_pretty(&made)?)?;
    Ok(())
}

/// Builds the page, puts the site together and serves it for the rest of this process.
fn prepare_page(paths: &Paths, rows: &[Row]) -> Result<Page> {
    let node = npm::node()?;
    let chromium = step("Chromium", chromium::prepare)?.browser;
    let sources = paths.bench_sources().join("page");
    step("npm packages", || npm::install_locked(&sources))?;
    let toolchain = WasmToolchain::prepare(paths)?;
    step("page", || page::build(paths, &toolchain))?;
    let folder = paths.bench().join("site");
    let first = rows
        .iter()
        .find(|row| row.name == "page-cold-start")
        .or(rows.first());
    let case = first.map(|row| &row.case).context("there are no rows")?;
    let bundle = data(paths)
        .join("bundles")
        .join(format!("{}-{}-1", case.network, case.size));
    site::write(&folder, &paths.dist(), &sources, &bundle)?;
    if rows.iter().any(|row| row.case.work == "bytes") {
        step("compressed copies", || site::compress(&folder))?;
    }
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let server = PageServer::bind(any_port, &folder)?;
    let address = server.address();
    server.serve_in_background();
    Ok(Page {
        node,
        chromium,
        address,
    })
}
