//! Many callers share a client: nobody starves, no more connections than callers (P20), and an
//! outage is not multiplied (P10).
#![allow(clippy::unwrap_used, clippy::indexing_slicing)] // A test says what is wrong by failing.
use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        mpsc::{self, RecvTimeoutError},
    },
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use clerk_fault_server::{
    Certificates, Leaf, Plan, Server,
    Step::{Again, Echo, ReadRequest, Reset, Write},
    answer,
};
use clerk_hyper::{RetryPolicy, http::Method};
use clerk_promises::{
    Driver, Figure, is_full,
    storm::{Asked, Ended, Lateness, Random, Run, Settings, Work, seed},
};

/// How many connections the clients keep.
const IDLE: usize = 10;
/// How often the slowest call may be slower than the usual one.
const RATIO: u32 = 20;
/// A machine on which a thread wakes up later than this says nothing of latencies.
const BUSY: Duration = Duration::from_millis(50);
/// And one of whose cores others use so many percent: threads that work wait for those longer than
/// threads that only wake up.
const OTHERS: u64 = 10;
/// How many retries the budget of a client pays for in an outage: 500 / 14.
const RETRIES: usize = 35;
const CONNECTIONS: u64 = 5;

/// How long each caller goes on with one kind of server: a minute in all for each driver in full.
fn time() -> Duration {
    Duration::from_millis(if is_full() { 20_000 } else { 350 })
}

/// One test at a time: each would be load for the other.
static ALONE: Mutex<()> = Mutex::new(());

/// A thread with a bare socket, which asks a good server too, one request after the other: how long
/// the machine takes over an exchange at the worst, without any client.
struct Bare {
    server: Server,
    stop: mpsc::Sender<()>,
    thread: JoinHandle<Duration>,
}

impl Bare {
    fn start() -> Self {
        let server = Server::start(Plan::answering(answer(200, "{}")).brief()).unwrap();
        let mut socket = TcpStream::connect(server.address()).unwrap();
        socket.set_nodelay(true).unwrap();
        let length = answer(200, "{}").len();
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = thread::spawn(move || {
            let (mut most, mut answer) = (Duration::ZERO, vec![0; length]);
            while stopped.recv_timeout(Duration::from_millis(1)) == Err(RecvTimeoutError::Timeout) {
                let start = Instant::now();
                socket.write_all(b"GET /v1/users HTTP/1.1\r\n\r\n").unwrap();
                socket.read_exact(&mut answer).unwrap();
                most = most.max(start.elapsed());
            }
            most
        });
        Self { server, stop, thread }
    }

    fn finish(self) -> Duration {
        drop(self.stop);
        let most = self.thread.join().unwrap();
        drop(self.server);
        most
    }
}

/// What the cores did so far, in ticks: in all, busy, and busy for this process.
#[derive(Clone, Copy)]
struct Cores([u64; 3]);

impl Cores {
    /// Nothing at all where the system does not say.
    fn now() -> Self {
        let numbers = |text: &str| -> Vec<u64> {
            text.split_whitespace().filter_map(|word| word.parse().ok()).collect()
        };
        let all = fs::read_to_string("/proc/stat").unwrap_or_default();
        // user nice system idle iowait irq softirq steal, and guests, who are in user.
        let all = numbers(all.lines().next().unwrap_or_default().trim_start_matches("cpu"));
        let all: Vec<_> = all.into_iter().take(8).collect();
        let idle: u64 = all.iter().skip(3).take(2).sum();
        let own = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        // After the name of the program, which may hold anything: a letter, then numbers.
        let own = numbers(own.rsplit(')').next().unwrap_or_default());
        let all: u64 = all.into_iter().sum();
        Self([all, all - idle, own.iter().skip(10).take(2).sum()])
    }

    /// How many percent of the cores others used since then.
    fn others_since(self, before: Self) -> u64 {
        let [all, busy, own] = [0, 1, 2].map(|at| self.0[at] - before.0[at]);
        (100 * busy.saturating_sub(own)).checked_div(all).unwrap_or_default()
    }
}

struct Load {
    run: Run,
    /// The longest exchange over a bare socket meanwhile.
    bare: Duration,
    most_open: usize,
    connections: usize,
}

/// What the server is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Plain,
    Tls,
    Faults,
}

fn load(driver: Driver, kind: Kind) -> Load {
    let faults = kind == Kind::Faults;
    let good = Server::start(Plan::always(vec![ReadRequest, Echo, Again])).unwrap();
    let plan = Plan::made(move |number| {
        if !faults {
            return vec![ReadRequest, Echo, Again];
        }
        // One of ten requests, on average, is answered with a fault, of which half end the connection.
        let mut random = Random::of(seed(), CONNECTIONS, number);
        let mut script = Vec::new();
        while !random.chance(10) {
            script.extend([ReadRequest, Echo]);
        }
        script.push(ReadRequest);
        script.push(if random.chance(50) { Reset } else { Write(answer(503, "{}")) });
        script.push(Again);
        script
    });
    let certificates = (kind == Kind::Tls).then(|| Certificates::new().unwrap());
    let server = Arc::new(match &certificates {
        None => Server::start(plan.brief()).unwrap(),
        Some(certificates) => {
            Server::start_tls(plan.brief(), certificates.server(Leaf::Good).unwrap()).unwrap()
        }
    });
    let mut settings = Settings::new(server.base_url(), good.base_url());
    settings.tls = certificates.map(|certificates| certificates.client().unwrap());
    (settings.attempt_timeout, settings.deadline) =
        (Duration::from_secs(10), Duration::from_secs(30));
    settings.max_idle = Some(IDLE);
    settings.at_rest = {
        let server = Arc::clone(&server);
        Arc::new(move || server.wait(|log| log.open() <= IDLE))
    };
    // The time runs from the first call.
    let start = OnceLock::new();
    let work: Work = Arc::new(move |caller, nth| {
        let end = start.get_or_init(Instant::now).elapsed() > time();
        (!end).then(|| Asked::get(format!("load_{caller}_{nth}")))
    });
    let bare = Bare::start();
    let run = driver.run(&settings, &work).unwrap();
    let bare = bare.finish();
    // The other hold on it.
    drop(settings);
    let log = Arc::into_inner(server).unwrap().finish();
    Load { run, bare, most_open: log.most_open(), connections: log.connections() }
}

#[test]
fn nobody_starves() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut figure = Figure::of(20);
    let (mut figures, mut slow, mut control) = (Vec::new(), Vec::new(), Duration::ZERO);
    let before = Cores::now();
    for driver in Driver::ALL {
        for kind in [Kind::Plain, Kind::Tls, Kind::Faults] {
            let Load { run, bare, most_open, connections } = load(driver, kind);
            let (name, faults) = (format!("{}, {kind:?}", driver.name()), kind == Kind::Faults);
            let mut calls = BTreeMap::new();
            let (mut latencies, mut failed, mut wrong) = (Lateness::default(), 0_usize, 0_usize);
            for told in &run.told {
                let (caller, _) = told.asked.id.rsplit_once('_').unwrap();
                *calls.entry(caller.to_owned()).or_insert(0_usize) += 1;
                // The first calls connect, all at the same time.
                if !told.asked.id.ends_with("_0") {
                    latencies.add(told.elapsed);
                }
                match &told.ended {
                    Ended::Person(id) if *id == told.asked.id => {}
                    Ended::Error(_) if faults => failed += 1,
                    _ => wrong += 1,
                }
            }
            let mut calls: Vec<_> = calls.into_values().collect();
            calls.sort_unstable();
            let (fewest, usual) = (calls[0], calls[calls.len() / 2]);
            let (median, most) = (latencies.percentile(50), latencies.percentile(100));
            figures.push(format!(
                "{name}: {} calls ({fewest} of the slowest caller, {usual} of the usual one), median \
                 {median:?}, most {most:?}, at most {most_open} connections",
                run.told.len(),
            ));
            println!(
                "{}, {connections} in all, {failed} calls failed; control {:?}, {:?} on the \
                 runtime, longest bare exchange {bare:?}",
                figures.last().unwrap(),
                run.control,
                run.runtime
            );
            // These do not depend on how busy the machine is.
            assert_eq!((run.broken, run.tasks, wrong), (vec![], 0, 0), "{name}");
            let callers = driver.callers();
            // On hyper, a call that is given another one's connection leaves its own on its way, so
            // that a burst opens more: those that nobody takes are closed again, but for the idle ones.
            let limit = if driver == Driver::Blocking { callers } else { 4 * callers };
            figure.require(faults || most_open <= limit, || {
                format!("{name}: {most_open} connections of {callers} callers")
            });
            // Over a minute, cores are shared evenly among threads.
            figure.require(!is_full() || 2 * fewest >= usual, || {
                format!("{name}: {fewest} calls of one caller, and {usual} of the usual one")
            });
            // With faults there are waits between attempts. What a bare exchange takes at the worst is
            // not the client's.
            if !faults && most > median * RATIO + bare {
                slow.push(format!(
                    "{name}: the slowest call took {most:?}, the median is {median:?}, the slowest bare \
                     exchange {bare:?}"
                ));
            }
            control = control.max(run.control);
        }
    }
    let figures = figures.join("; ");
    let others = Cores::now().others_since(before);
    let is_quiet = control < BUSY && others < OTHERS;
    if is_quiet {
        figure.require(slow.is_empty(), || slow.join(", "));
    }
    // What depends on no clock is judged all the same.
    if is_quiet || slow.is_empty() || figure.fails() {
        figure.print(&figures);
    } else {
        let why = format!(
            "others used {others} % of the cores, and a control thread was {control:?} late; {}",
            slow.join(", ")
        );
        figure.report(&figures, &why);
    }
}

#[test]
fn an_outage_is_not_multiplied() {
    let calls = if is_full() { 5000 } else { 320 };
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut figure = Figure::of(10);
    let mut figures = Vec::new();
    for driver in Driver::ALL {
        for (name, plan) in [
            ("503", Plan::answering(answer(503, "{}"))),
            ("resets", Plan::always(vec![ReadRequest, Reset])),
        ] {
            let good = Server::start(Plan::always(vec![ReadRequest, Echo, Again])).unwrap();
            let server = Server::start(plan).unwrap();
            let mut settings = Settings::new(server.base_url(), good.base_url());
            (settings.attempt_timeout, settings.deadline) =
                (Duration::from_secs(10), Duration::from_secs(30));
            let delay = Duration::from_millis(1);
            settings.retry = RetryPolicy::default().initial_delay(delay).max_delay(delay);
            let callers = driver.callers();
            let work: Work = Arc::new(move |caller, nth| {
                let number = nth.checked_mul(callers)?.checked_add(caller)?;
                let asked = Asked::get(format!("outage_{number}"));
                let method = if number % 2 == 0 { Method::GET } else { Method::DELETE };
                (number < calls).then_some(Asked { method, ..asked })
            });
            let run = driver.run(&settings, &work).unwrap();
            let requests = server.finish().request_count();
            assert_eq!((run.told.len(), run.broken, run.tasks), (calls, vec![], 0));
            assert!(run.told.iter().all(|told| matches!(told.ended, Ended::Error(_))), "{name}");
            figure.require(requests <= calls + RETRIES, || {
                format!("{}, {name}: {requests} requests", driver.name())
            });
            // A client that never tries again would keep the promise as well.
            figure.require(requests > calls, || format!("{}: no retries", driver.name()));
            figures.push(format!("{requests} ({}, {name})", driver.name()));
        }
    }
    figure.print(&format!("{calls} calls in an outage, requests: {}", figures.join(", ")));
}
