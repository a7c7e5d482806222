//! Benchmarks of what needs no network.
use std::{
    fmt,
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use cpu_time::ThreadTime;

use crate::{
    count::{COUNTS_ALLOCATIONS, Ratios, allocations, instructions, median},
    report::{Report, headline, row},
};

const ROUNDS: usize = 21;
/// How long one case runs in one round, about.
const SLICE: Duration = Duration::from_millis(15);

/// Something that is measured.
pub struct Case {
    name: &'static str,
    run: Box<dyn FnMut()>,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Case").field(&self.name).finish()
    }
}

impl Case {
    /// Measures `run`, and dropping what it gives.
    pub fn new<T>(name: &'static str, mut run: impl FnMut() -> T + 'static) -> Self {
        Self {
            name,
            run: Box::new(move || {
                black_box(run());
            }),
        }
    }

    fn repeat(&mut self, times: u32) {
        for _ in 0..times {
            (self.run)();
        }
    }

    /// How often it runs in one slice.
    fn calibrate(&mut self) -> u32 {
        let (start, mut times) = (Instant::now(), 0_u32);
        while start.elapsed() < SLICE {
            self.repeat(8);
            times += 8;
        }
        times
    }
}

/// Cases that give the same result, the limit among them.
#[derive(Debug)]
pub struct Group {
    /// What they do.
    pub title: &'static str,
    /// The limit.
    pub limit: Case,
    /// Ours, with the bars.
    pub ours: Vec<(Case, Bars)>,
    /// For how many repetitions instructions are counted.
    pub repetitions: u32,
}

/// How much ours may cost; nothing is checked where there is `None`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bars {
    /// Instructions and CPU time, as a multiple of the limit's.
    pub cost: Option<f64>,
    /// CPU time on top of the limit's.
    pub more_time: Option<Duration>,
    /// Allocations.
    pub allocations: Option<MostAllocations>,
}

/// How often ours may allocate.
#[derive(Clone, Copy, Debug)]
pub enum MostAllocations {
    /// So often.
    Times(f64),
    /// So many times as often as the limit.
    Ratio(f64),
    /// So many times more than the limit.
    More(f64),
}

/// Runs a benchmark program: measures everything and prints it, or only repeats one case
/// (`--case NAME --iterations N`), to be looked at with other tools.
pub fn main(mut groups: Vec<Group>) -> ExitCode {
    // cargo adds `--bench`.
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => {}
        ["--case", name, "--iterations", times] => {
            let cases = groups.iter_mut().flat_map(|group| {
                std::iter::once(&mut group.limit).chain(group.ours.iter_mut().map(|(case, _)| case))
            });
            cases
                .into_iter()
                .find(|case| case.name == name)
                .expect("there is no such case")
                .repeat(times.parse().unwrap());
            return ExitCode::SUCCESS;
        }
        _ => panic!("usage: [--case NAME --iterations N]"),
    }
    let mut report = Report::default();
    if COUNTS_ALLOCATIONS {
        groups.iter_mut().for_each(|group| count_allocations(group, &mut report));
    } else {
        count_instructions(&groups, &mut report);
        groups.iter_mut().for_each(|group| measure_time(group, &report));
    }
    report.end()
}

fn count_allocations(group: &mut Group, report: &mut Report) {
    const TIMES: u32 = 16;
    let count = |case: &mut Case| {
        case.repeat(1);
        allocations(TIMES, || case.repeat(TIMES))
    };
    headline([group.title, "allocations", "ratio", "bytes"]);
    let limit = count(&mut group.limit);
    row(group.limit.name, limit.count, None, &format!("{:.0}", limit.bytes));
    for (case, bars) in &mut group.ours {
        let ours = count(case);
        let ratio = ours.count / limit.count;
        row(case.name, ours.count, Some(ratio), &format!("{:.0}", ours.bytes));
        match bars.allocations {
            Some(MostAllocations::Times(bar)) => {
                report.must(&format!("allocations of {}", case.name), ours.count, bar)
            }
            Some(MostAllocations::Ratio(bar)) => {
                report.must(&format!("allocations of {}, ratio", case.name), ratio, bar)
            }
            Some(MostAllocations::More(bar)) => {
                let more = ours.count - limit.count;
                report.must(&format!("allocations of {}, more", case.name), more, bar)
            }
            None => {}
        }
    }
}

fn count_instructions(groups: &[Group], report: &mut Report) {
    for group in groups {
        let count = |case: &Case| {
            let arguments = |times: u32| {
                ["--case", case.name, "--iterations", &times.to_string()]
                    .map(str::to_owned)
                    .to_vec()
            };
            instructions(group.repetitions, 4 * group.repetitions, arguments)
        };
        let Some(limit) = count(&group.limit) else {
            return report.skip(
                "instructions, and the bars on them (needs valgrind: apt-get install valgrind)",
            );
        };
        headline([group.title, "instructions", "ratio", ""]);
        row(group.limit.name, limit, None, "");
        for (case, bars) in &group.ours {
            let Some(ours) = count(case) else { continue };
            row(case.name, ours, Some(ours / limit), "");
            if let Some(bar) = bars.cost {
                report.must(&format!("instructions of {}, ratio", case.name), ours / limit, bar);
            }
        }
    }
}

fn measure_time(group: &mut Group, report: &Report) {
    let mut cases: Vec<&mut Case> = std::iter::once(&mut group.limit)
        .chain(group.ours.iter_mut().map(|(case, _)| case))
        .collect();
    let times: Vec<u32> = cases.iter_mut().map(|case| case.calibrate()).collect();
    let mut nanoseconds = vec![Vec::with_capacity(ROUNDS); cases.len()];
    for _ in 0..ROUNDS {
        for ((case, times), nanoseconds) in cases.iter_mut().zip(&times).zip(&mut nanoseconds) {
            let start = ThreadTime::now();
            case.repeat(*times);
            nanoseconds.push(start.elapsed().as_nanos() as f64 / f64::from(*times));
        }
    }
    headline([group.title, "CPU time, ns", "ratio", "of the same round: lowest to highest"]);
    row(group.limit.name, median(&mut nanoseconds[0].clone()), None, "");
    for ((case, bars), measured) in group.ours.iter().zip(&nanoseconds[1..]) {
        let ratios = Ratios::new(measured, &nanoseconds[0]);
        row(
            case.name,
            median(&mut measured.clone()),
            Some(ratios.median),
            &format!("{:.3} to {:.3}", ratios.lowest, ratios.highest),
        );
        if let Some(bar) = bars.cost {
            report.should(&format!("CPU time of {}, ratio", case.name), ratios.median, bar);
        }
        if let Some(bar) = bars.more_time {
            let more = |(ours, limit): (&f64, &f64)| ours - limit;
            let mut more: Vec<f64> = measured.iter().zip(&nanoseconds[0]).map(more).collect();
            let (more, bar) = (median(&mut more), bar.as_nanos() as f64);
            row("  more than the limit, ns", more, None, "median of the rounds");
            report.should(&format!("CPU time of {}, more, ns", case.name), more, bar);
        }
    }
}
