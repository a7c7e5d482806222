//! Benchmarks of calls over loopback: a client of ours against the bare HTTP client under it, which
//! sends the same requests, built from strings, and reads the answers with [`limit`](crate::limit).
//!
//! Client and server are processes of their own, each on its own processor where `taskset` is at
//! hand, and only the client's CPU time counts: that of the user and of the system, on all threads.
use std::{
    fmt,
    io::{BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
    sync::atomic::{AtomicU32, Ordering::Relaxed},
    thread,
};

use cpu_time::ProcessTime;

use crate::{
    count::{Allocations, COUNTS_ALLOCATIONS, Ratios, allocations, instructions, median},
    report::{Report, headline, row},
};

mod server;

/// How many idle connections each client keeps.
pub const POOL: usize = 64;
const ROUNDS: usize = 11;
/// How much ours may cost, as a multiple of the limit's instructions, allocations and CPU time.
const BAR: f64 = 1.10;

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// A small POST with a small answer.
    ActorToken,
    /// A GET of 100 users, about 250 KiB.
    ListUsers,
}

impl Workload {
    const ALL: [Self; 2] = [Self::ActorToken, Self::ListUsers];

    fn name(self) -> &'static str {
        match self {
            Self::ActorToken => "actor_token",
            Self::ListUsers => "list_users",
        }
    }

    /// Calls in one round: enough for the clock, few enough for patience.
    fn calls(self) -> u32 {
        match self {
            Self::ActorToken => 4096,
            Self::ListUsers => 256,
        }
    }

    fn calls_under_valgrind(self) -> u32 {
        match self {
            Self::ActorToken => 512,
            Self::ListUsers => 16,
        }
    }
}

/// What a client is to do.
#[derive(Clone, Debug)]
pub struct Job {
    /// What is called.
    pub workload: Workload,
    /// How many calls are under way at a time.
    pub workers: u32,
    /// The base URL, with `/v1`.
    pub base_url: String,
    calls: u32,
}

impl Job {
    /// Measures: `run` makes as many calls as it is told, with as many workers as the job says. It
    /// is run twice, first to warm up.
    pub fn measure(&self, run: impl Fn(u32)) {
        run((2 * self.workers).max(8));
        let start = ProcessTime::now();
        let Allocations { count, bytes } = allocations(self.calls, || run(self.calls));
        let time = start.elapsed().as_nanos() as f64 / f64::from(self.calls);
        println!("{time} {count} {bytes}");
    }

    /// Measures calls that block. `call` makes one.
    pub fn measure_blocking(&self, call: impl Fn() + Sync) {
        self.measure(|calls| {
            if self.workers == 1 {
                return (0..calls).for_each(|_| call());
            }
            let left = Countdown::new(calls);
            thread::scope(|scope| {
                for _ in 0..self.workers {
                    scope.spawn(|| {
                        while left.take() {
                            call()
                        }
                    });
                }
            });
        });
    }
}

/// Calls that are still to be made.
#[derive(Debug)]
pub struct Countdown(AtomicU32);

impl Countdown {
    /// So many.
    pub fn new(calls: u32) -> Self {
        Self(AtomicU32::new(calls))
    }

    /// Whether there is one more, which the caller then makes.
    pub fn take(&self) -> bool {
        self.0.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_ok()
    }
}

/// A client.
#[derive(Clone, Copy)]
pub struct Driver {
    /// Its name in the tables.
    pub name: &'static str,
    /// Does a job, with [`Job::measure`] around the calls.
    pub run: fn(&Job),
}

impl fmt::Debug for Driver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Driver").field(&self.name).finish()
    }
}

/// What one run of a client said, for one call.
struct Seen {
    nanoseconds: f64,
    allocations: Allocations,
}

/// Runs a benchmark program. It starts itself again as the server and as the clients.
pub fn main(limit: Driver, ours: Driver) -> ExitCode {
    // cargo adds `--bench`.
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {}
        ["--server"] => return server::serve(),
        ["--client", name, workload, workers, calls, base_url] => {
            let driver = if name == limit.name { limit } else { ours };
            let workload = Workload::ALL
                .into_iter()
                .find(|known| known.name() == workload)
                .expect("there is no such workload");
            (driver.run)(&Job {
                workload,
                workers: workers.parse().unwrap(),
                base_url: base_url.to_owned(),
                calls: calls.parse().unwrap(),
            });
            return ExitCode::SUCCESS;
        }
        _ => panic!("usage: [--server | --client NAME WORKLOAD WORKERS CALLS BASE_URL]"),
    }
    let server = Server::start();
    let mut report = Report::default();
    for workload in Workload::ALL {
        for workers in [1, 32] {
            let pair = Pair { limit, ours, workload, workers, base_url: &server.base_url };
            if !COUNTS_ALLOCATIONS {
                pair.count_instructions(&mut report);
                pair.measure_time(&report);
            } else if workers == 1 {
                pair.count_allocations(&mut report);
            }
        }
    }
    report.end()
}

struct Pair<'a> {
    limit: Driver,
    ours: Driver,
    workload: Workload,
    workers: u32,
    base_url: &'a str,
}

impl Pair<'_> {
    fn title(&self) -> String {
        format!("{}, {} at a time", self.workload.name(), self.workers)
    }

    fn arguments(&self, driver: Driver, calls: u32) -> Vec<String> {
        let (workers, calls) = (self.workers.to_string(), calls.to_string());
        ["--client", driver.name, self.workload.name(), &workers, &calls, self.base_url]
            .map(str::to_owned)
            .to_vec()
    }

    fn run(&self, driver: Driver, calls: u32) -> Seen {
        let output = pinned(0)
            .args(self.arguments(driver, calls))
            .stderr(Stdio::inherit())
            .output()
            .unwrap();
        assert!(output.status.success(), "{} failed", driver.name);
        let said = String::from_utf8(output.stdout).unwrap();
        let numbers: Vec<f64> =
            said.split_whitespace().map(|number| number.parse().unwrap()).collect();
        Seen {
            nanoseconds: numbers[0],
            allocations: Allocations { count: numbers[1], bytes: numbers[2] },
        }
    }

    fn count_allocations(&self, report: &mut Report) {
        let [limit, ours] = [self.limit, self.ours].map(|driver| self.run(driver, 256).allocations);
        let ratio = ours.count / limit.count;
        headline([&self.title(), "allocations", "ratio", "bytes"]);
        row(self.limit.name, limit.count, None, &format!("{:.0}", limit.bytes));
        row(self.ours.name, ours.count, Some(ratio), &format!("{:.0}", ours.bytes));
        report.must(
            &format!("allocations of {}, {}, ratio", self.ours.name, self.title()),
            ratio,
            BAR,
        );
    }

    fn count_instructions(&self, report: &mut Report) {
        let few = self.workload.calls_under_valgrind();
        let count = |driver| instructions(few, 3 * few, |calls| self.arguments(driver, calls));
        let (Some(limit), Some(ours)) = (count(self.limit), count(self.ours)) else {
            return report.skip("instructions (needs valgrind: apt-get install valgrind)");
        };
        headline([&self.title(), "instructions", "ratio", "of user space"]);
        row(self.limit.name, limit, None, "");
        row(self.ours.name, ours, Some(ours / limit), "");
        let what = format!("instructions of {}, {}, ratio", self.ours.name, self.title());
        if self.workers == 1 {
            report.must(&what, ours / limit, BAR);
        } else {
            // Threads that wait for each other do so in another way in each run.
            report.should(&what, ours / limit, BAR);
        }
    }

    fn measure_time(&self, report: &Report) {
        let (mut limit, mut ours) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            // Whoever is second finds the machine as the first one left it: take turns.
            let mut turns = [(self.limit, &mut limit), (self.ours, &mut ours)];
            if round % 2 == 1 {
                turns.reverse();
            }
            for (driver, seen) in turns {
                seen.push(self.run(driver, self.workload.calls()).nanoseconds / 1000.0);
            }
        }
        let ratios = Ratios::new(&ours, &limit);
        headline([&self.title(), "CPU time, µs", "ratio", "of the same round: lowest to highest"]);
        row(self.limit.name, median(&mut limit), None, "");
        row(
            self.ours.name,
            median(&mut ours),
            Some(ratios.median),
            &format!("{:.3} to {:.3}", ratios.lowest, ratios.highest),
        );
        report.should(
            &format!("CPU time of {}, {}, ratio", self.ours.name, self.title()),
            ratios.median,
            BAR,
        );
    }
}

/// This program, on one processor where that can be said.
fn pinned(processor: usize) -> Command {
    let program = std::env::current_exe().unwrap();
    let enough =
        thread::available_parallelism().is_ok_and(|processors| processors.get() > processor);
    if enough && Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok() {
        let mut command = Command::new("taskset");
        command.args(["--cpu-list", &processor.to_string()]).arg(program);
        command
    } else {
        Command::new(program)
    }
}

/// The server, until it is dropped.
struct Server {
    process: Child,
    base_url: String,
}

impl Server {
    fn start() -> Self {
        let mut process =
            pinned(1).arg("--server").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut address = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { process, base_url: format!("http://{}/v1", address.trim()) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends when its input does.
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}
