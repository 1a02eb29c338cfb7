//! A Slurm cluster of this one machine, started without systemd and gone when it is dropped.
//!
//! The node claims more processors, memory and GPUs than there may be, so that job scripts for real
//! clusters are accepted as they are. All files are in one folder; ports are free ones.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process;

/// How long the daemons may take to be ready.
const START: Duration = Duration::from_secs(30);

/// How long jobs and daemons may take to end before they are left alone.
const END: Duration = Duration::from_secs(15);

/// What stands for the node's GPUs: Slurm wants devices that exist, and counts them.
const GPUS: [&str; 5] = ["null", "zero", "full", "random", "urandom"];

/// The running daemons; they end when this is dropped.
pub struct Cluster {
    folder: PathBuf,
    daemons: Vec<Child>,
}

impl Cluster {
    /// Writes the configuration into `folder`, which must exist and let others pass (munged asks for it), and starts
    /// the daemons.
    ///
    /// # Errors
    /// A daemon that cannot be started or does not become ready.
    pub fn start(folder: &Path) -> Result<Self> {
        let host = process::output(Command::new("hostname").arg("-s"))?;
        let host = host.trim();
        for name in ["state", "spool"] {
            fs::create_dir(folder.join(name))?;
        }
        write_key(&folder.join("munge.key"))?;
        fs::write(folder.join("slurm.conf"), configuration(folder, host)?)?;
        let gpus = GPUS.map(|device| format!("NodeName={host} Name=gpu File=/dev/{device}\n"));
        fs::write(folder.join("gres.conf"), gpus.concat())?;

        let mut cluster = Self {
            folder: folder.into(),
            daemons: Vec::new(),
        };
        let file = |name: &str| folder.join(name).display().to_string();
        let munge = [
            "--foreground".into(),
            format!("--socket={}", file("munge.socket")),
            format!("--key-file={}", file("munge.key")),
            format!("--pid-file={}", file("munge.pid")),
            format!("--seed-file={}", file("munge.seed")),
            format!("--log-file={}", file("munge.log")),
        ];
        cluster.start_daemon("munged", &munge)?;
        cluster.wait_for("munged", || folder.join("munge.socket").exists())?;
        cluster.start_daemon("slurmctld", &["-D".into(), "-c".into()])?;
        cluster.start_daemon("slurmd", &["-D".into(), "-c".into()])?;
        cluster.wait_for("the node", || {
            let state = process::output(cluster.command("sinfo").args(["-h", "-o", "%T"]));
            state.is_ok_and(|state| state.trim() == "idle")
        })?;
        Ok(cluster)
    }

    /// One of Slurm's commands, or a job's, for this cluster.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("SLURM_CONF", self.folder.join("slurm.conf"));
        command
    }

    /// The waiting and running jobs: number, state and reason, one a line.
    pub fn queue(&self) -> Result<String> {
        process::output(self.command("squeue").args(["-h", "-r", "-o", "%i %T %r"]))
    }

    /// What the daemons wrote, for the report of a failure.
    pub fn log(&self) -> String {
        ["munged.out", "slurmctld.out", "slurmd.out"]
            .iter()
            .filter_map(|name| fs::read_to_string(self.folder.join(name)).ok())
            .collect()
    }

    fn start_daemon(&mut self, program: &str, arguments: &[String]) -> Result<()> {
        let log = File::create(self.folder.join(format!("{program}.out")))?;
        let child = self
            .command(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("could not start `{program}`"))?;
        self.daemons.push(child);
        Ok(())
    }

    fn wait_for(&self, what: &str, ready: impl Fn() -> bool) -> Result<()> {
        if wait_until(START, ready) {
            return Ok(());
        }
        bail!(
            "{what} is not ready after {} s\n{}",
            START.as_secs(),
            self.log()
        )
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // Jobs are processes of their own and would outlive the daemons.
        let _ = process::output(self.command("scancel").arg("--user=root"));
        // Where no daemon answers there are no jobs either.
        wait_until(END, || self.queue().unwrap_or_default().is_empty());
        for daemon in self.daemons.iter_mut().rev() {
            let _ = process::output(Command::new("kill").arg(daemon.id().to_string()));
            let ended = wait_for_child(daemon);
            if !ended {
                let _ = daemon.kill();
                let _ = daemon.wait();
            }
        }
    }
}

/// Asks ten times a second; `false` when the time is over.
pub fn wait_until(limit: Duration, mut ready: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    while !ready() {
        if start.elapsed() > limit {
            return false;
        }
        sleep(Duration::from_millis(100));
    }
    true
}

fn wait_for_child(child: &mut Child) -> bool {
    wait_until(END, || !matches!(child.try_wait(), Ok(None)))
}

/// Random bytes that only this user can read.
fn write_key(path: &Path) -> Result<()> {
    use std::io::{Read, Write};
    let mut key = [0; 128];
    File::open("/dev/urandom")?.read_exact(&mut key)?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    Ok(options.open(path)?.write_all(&key)?)
}

/// Without accounting and cgroups; credentials live for seconds, since a requeued job waits for their end.
fn configuration(folder: &Path, host: &str) -> Result<String> {
    let folder = folder.display();
    let [control, node] = free_ports()?;
    let gpus = GPUS.len();
    Ok(format!(
        "ClusterName=genoderm\n\
         SlurmctldHost={host}(127.0.0.1)\n\
         SlurmctldPort={control}\n\
         SlurmdPort={node}\n\
         SlurmUser=root\n\
         SlurmdUser=root\n\
         AuthType=auth/munge\n\
         CredType=cred/munge\n\
         AuthInfo=socket={folder}/munge.socket,cred_expire=5\n\
         StateSaveLocation={folder}/state\n\
         SlurmdSpoolDir={folder}/spool\n\
         SlurmctldPidFile={folder}/slurmctld.pid\n\
         SlurmdPidFile={folder}/slurmd.pid\n\
         MpiDefault=none\n\
         ProctrackType=proctrack/linuxproc\n\
         TaskPlugin=task/none\n\
         JobAcctGatherType=jobacct_gather/none\n\
         AccountingStorageType=accounting_storage/none\n\
         SchedulerType=sched/builtin\n\
         SchedulerParameters=sched_interval=2\n\
         SelectType=select/cons_tres\n\
         SelectTypeParameters=CR_Core\n\
         SlurmdParameters=config_overrides\n\
         KillWait=2\n\
         ReturnToService=2\n\
         GresTypes=gpu\n\
         NodeName={host} NodeAddr=127.0.0.1 CPUs=64 RealMemory=262144 Gres=gpu:{gpus} State=UNKNOWN\n\
         PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP\n"
    ))
}

/// Two ports that nobody listens on.
fn free_ports() -> Result<[u16; 2]> {
    let listen = || TcpListener::bind(("127.0.0.1", 0));
    let (first, second) = (listen()?, listen()?);
    Ok([first.local_addr()?.port(), second.local_addr()?.port()])
}
