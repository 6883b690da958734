//! What a workload reports, and the memory of this process.

use reenact::{Outcome, Record, Sim, Simulation};

/// What a workload did.
pub(crate) struct Work {
    pub(crate) ops: u64,
    pub(crate) virtual_ns: u128,
    pub(crate) digest: u64,
    /// Resident bytes before and after the idle things were made.
    pub(crate) idle: Option<(u64, u64)>,
}

/// Runs one simulation as all workloads are run: the digest is folded, nothing is recorded.
pub(crate) fn simulate<F: Future + 'static>(
    seed: u64,
    main: impl FnOnce(Sim) -> F + 'static,
) -> Outcome<F::Output> {
    Simulation::new(seed).record(Record::Digest).max_steps(u64::MAX).run(main)
}

impl Work {
    /// The work of one run whose main returned the number of operations.
    pub(crate) fn of(run: Outcome<u64>) -> Work {
        let (virtual_ns, digest) = (run.stats().virtual_time.as_nanos(), run.digest());
        Work { ops: run.unwrap(), virtual_ns, digest, idle: None }
    }

    pub(crate) fn line(&self, workload: &str, n: u64, wall_ns: u64) -> String {
        let Work { ops, virtual_ns, digest, idle } = self;
        let (before, after) = idle.unwrap_or_default();
        let idle_bytes = after.saturating_sub(before) as f64 / n as f64;
        let peak = resident("VmHWM:") / 1024;
        format!(
            r#"{{"peer":"reenact","workload":"{workload}","n":{n},"ops":{ops},"wall_ns":{wall_ns},"ns_per_op":{:.2},"peak_rss_kib":{peak},"virtual_ns":{virtual_ns},"digest":"{digest:016x}","idle_bytes":{idle_bytes:.1}}}"#,
            wall_ns as f64 / *ops as f64,
        )
    }
}

/// A figure of `/proc/self/status`, in bytes; 0 where there is none.
pub(crate) fn resident(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(key));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
}
