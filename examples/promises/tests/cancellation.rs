//! Calls that are dropped at random points, or whose flag is raised: the client works on, no answer
//! goes to somebody else, and nothing is left behind (P21).
#![allow(clippy::unwrap_used)] // A test says what is wrong by failing.
use std::{sync::Arc, time::Duration};

use clerk_fault_server::{
    BlackHole, Certificates, Leaf, Plan, Script, Server,
    Step::{self, Again, Bare, Drip, Echo, ReadHead, ReadRequest, Stall, Write},
    answer,
};
use clerk_promises::{
    Driver, Figure, is_full,
    storm::{Asked, Baseline, Cancel, Ended, Random, Run, Settings, Told, Work, judge, seed},
};

const CALLS: u64 = 6;
const DRIP: Duration = Duration::from_millis(1);

/// Where calls are when they are dropped.
struct Places {
    names: Vec<(&'static str, String)>,
    servers: Vec<Server>,
    _hole: BlackHole,
}

fn script(steps: &[Step]) -> Script {
    steps.to_vec()
}

impl Places {
    fn open(certificates: &Certificates) -> Self {
        let text = |text: &str| Write(text.as_bytes().to_vec());
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 9000\r\n\r\n";
        let hole = BlackHole::open().unwrap();
        let mut places = Self {
            names: vec![("connecting", format!("http://{}", hole.address()))],
            servers: Vec::new(),
            _hole: hole,
        };
        for (name, steps) in [
            ("in the request", script(&[Stall])),
            ("after half the request", script(&[ReadHead, Stall])),
            ("before the head", script(&[ReadRequest, Stall])),
            ("in the head", script(&[ReadRequest, text("HTTP/1.1 200 OK\r\nx-"), Stall])),
            ("in the body", script(&[ReadRequest, text(head), Stall])),
            ("in the dripping body", script(&[ReadRequest, text(head), Drip(vec![b' '], DRIP)])),
            ("between attempts", script(&[ReadRequest, Write(answer(503, "{}")), Again])),
            // Here the drop comes at any of these points, or too late.
            ("in a good exchange", script(&[ReadRequest, Echo, Again])),
            ("in another good exchange", script(&[ReadRequest, Echo, Again])),
        ] {
            let server = Server::start(Plan::always(steps)).unwrap();
            places.add(name, server);
        }
        for (name, steps) in [
            ("in the TLS handshake", script(&[Bare, Stall])),
            ("in a good exchange over TLS", script(&[ReadRequest, Echo, Again])),
        ] {
            let config = certificates.server(Leaf::Good).unwrap();
            places.add(name, Server::start_tls(Plan::always(steps), config).unwrap());
        }
        places
    }

    fn add(&mut self, name: &'static str, server: Server) {
        self.names.push((name, server.base_url()));
        self.servers.push(server);
    }
}

/// Every second call is to be dropped, at one of the places, and the one after it by the same caller
/// must work.
fn work(driver: Driver, places: &Places, drops: usize) -> Work {
    let (names, callers) = (places.names.clone(), driver.callers());
    Arc::new(move |caller, nth| {
        let number = (nth / 2).checked_mul(callers)?.checked_add(caller)?;
        if number >= drops {
            return None;
        }
        let (name, url) = names.get(number % names.len())?;
        if nth % 2 == 1 {
            let kept = Asked::get(format!("kept_{number}"));
            // Where the dropped call was, if anybody answers there: over the same connection, perhaps.
            return Some(if name.contains("good") { kept.at(url.clone()) } else { kept });
        }
        let mut random = Random::of(seed(), CALLS, number);
        let mut asked = Asked::any(&mut random, format!("dropped_{number}")).at(url.clone());
        // For the blocking ones, which nobody drops.
        (asked.deadline, asked.attempt_timeout) = (Some(Duration::from_millis(200)), None);
        // At each place, every second one after 0 polls, 1, 2 and so on, so that some surely are dropped.
        let at_place = number / names.len();
        asked.cancel = if at_place % 2 == 0 {
            Cancel::Polls(at_place / 2 % 30)
        } else {
            Cancel::After(random.millis_below(25))
        };
        if driver == Driver::Blocking {
            // A flag ends no attempt; the time limit does.
            asked.attempt_timeout = Some(Duration::from_millis(1) + random.millis_below(40));
        }
        Some(asked)
    })
}

fn dropped(run: &Run, place: &str) -> usize {
    let in_place = |told: &&Told| {
        told.asked.id.starts_with("dropped")
            && told.asked.base_url.as_deref() == Some(place)
            && match &told.ended {
                Ended::Dropped | Ended::Error(_) => true,
                Ended::Person(_) => false,
            }
    };
    run.told.iter().filter(in_place).count()
}

fn cancel(driver: Driver, drops: usize, figure: &mut Figure) -> usize {
    let certificates = Certificates::new().unwrap();
    let places = Places::open(&certificates);
    let good = Server::start(Plan::always(vec![ReadRequest, Echo, Again])).unwrap();
    let mut settings = Settings::new(good.base_url(), good.base_url());
    // The calls to be dropped have limits of their own; the others must not fail on a slow machine.
    (settings.attempt_timeout, settings.deadline) =
        (Duration::from_secs(10), Duration::from_secs(30));
    settings.tls = Some(certificates.client().unwrap());
    let run = driver.run(&settings, &work(driver, &places, drops)).unwrap();
    let name = driver.name();
    let mut all = 0;
    for (place, url) in &places.names {
        let dropped = dropped(&run, url);
        println!("{name}: {dropped} ended {place}");
        all += dropped;
        // Where nothing ever comes, every call must have been given up. A good exchange may be over
        // before a flag is raised, but not before a future is polled.
        let least = match place.contains("good") {
            false => drops / places.names.len(),
            true => usize::from(driver != Driver::Blocking),
        };
        figure.require(dropped >= least, || format!("{name}: only {dropped} ended {place}"));
    }
    figure.require(run.broken.is_empty(), || run.broken.join(", "));
    figure.require(run.tasks == 0, || format!("{name}: {} tasks", run.tasks));
    for told in &run.told {
        let kept = told.asked.id.starts_with("kept");
        let allowed = match &told.ended {
            Ended::Person(id) => *id == told.asked.id,
            Ended::Error(_) | Ended::Dropped => !kept,
        };
        figure.require(allowed, || format!("{name}: {told:?}"));
    }
    // The connections go with the client, those of dropped calls included.
    for server in places.servers.into_iter().chain([good]) {
        let url = server.base_url();
        let gone = server.wait(|log| log.open() == 0);
        figure.require(gone, || format!("{name}: {url} has open connections"));
        let log = server.finish();
        let here = run.told.iter().filter(|told| told.asked.base_url.as_ref() == Some(&url));
        let lies = here.filter(|told| {
            let Ended::Error(error) = &told.ended else { return false };
            !error.may_have_been_sent() && log.seen(&told.asked.id) > 0
        });
        for lie in lies {
            figure.require(false, || format!("{name}: said not sent: {lie:?}"));
        }
        let twice = judge(&run.told, &log, settings.deadline, |_| false).duplicates;
        figure.require(twice.is_empty(), || format!("{name}: {}", twice.join(", ")));
    }
    all
}

#[test]
fn clients_survive_cancelled_calls() {
    let drops = if is_full() { 1000 } else { 240 };
    let mut figure = Figure::of(21);
    let mut figures = Vec::new();
    // Once for what is opened by the first use and stays.
    cancel(Driver::Blocking, 24, &mut Figure::of(21));
    for driver in Driver::ALL {
        let before = Baseline::now();
        let all = cancel(driver, drops, &mut figure);
        if let Some(left) = before.left_over() {
            figure.require(false, || format!("{}: {left}", driver.name()));
        }
        figures.push(format!("{all} of {drops} ({})", driver.name()));
    }
    println!("seed {}", seed());
    figure.print(&format!(
        "calls ended by drop, flag or limit: {}; each caller's next call succeeded, no answer went to \
         somebody else, and no task, descriptor or connection was left",
        figures.join(", ")
    ));
}
