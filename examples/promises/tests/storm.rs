//! The storm: random calls, faults, limits and cancellations. Nobody waits too long (P01), nothing
//! panics or leaks (P02), and nobody is told what is not so (P04).
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test says what is wrong by failing.
use std::{sync::Arc, time::Duration};

use clerk_fault_server::{
    Certificates, GRACE, Leaf, Plan, Server,
    Step::{Again, Echo, ReadRequest},
    answer,
};
use clerk_hyper::RetryPolicy;
use clerk_promises::{
    Driver, Figure, is_full,
    storm::{
        Asked, Baseline, Lateness, Random, Run, Settings, Verdict, Work, bad_handshake, is_refusal,
        judge, panics, seed, some, stormy, watch_panics,
    },
};

/// The kinds of random numbers.
const CONNECTIONS: u64 = 1;
const CALLS: u64 = 2;

struct Storm {
    driver: Driver,
    number: usize,
    calls: usize,
    certificates: Option<Certificates>,
}

impl Storm {
    /// The calls of one client, and what is to be said of them.
    fn rage(&self) -> (Run, Verdict) {
        let seed = seed().wrapping_add(self.number as u64);
        let elsewhere = Server::start(Plan::answering(answer(200, "{}"))).unwrap();
        let good = Server::start(Plan::always(vec![ReadRequest, Echo, Again])).unwrap();
        let script = {
            let (is_tls, elsewhere) =
                (self.certificates.is_some(), elsewhere.address().to_string());
            move |number| {
                let mut random = Random::of(seed, CONNECTIONS, number);
                if is_tls && random.chance(15) {
                    return bad_handshake(&mut random);
                }
                stormy(&mut random, &elsewhere)
            }
        };
        let plan = Plan::made(script.clone());
        let server = match &self.certificates {
            None => Server::start(plan).unwrap(),
            Some(certificates) => {
                Server::start_tls(plan, certificates.server(Leaf::Good).unwrap()).unwrap()
            }
        };
        let mut settings = Settings::new(server.base_url(), good.base_url());
        settings.tls = self.certificates.as_ref().map(|some| some.client().unwrap());
        if self.number % 2 == 1 {
            let delay = Duration::from_millis(5);
            settings.retry =
                RetryPolicy::default().initial_delay(delay).throttled_delay(delay).max_delay(delay);
        }
        let (calls, callers) = (self.calls, self.driver.callers());
        let work: Work = Arc::new(move |caller, nth| {
            let number = nth.checked_mul(callers)?.checked_add(caller)?;
            let mut random = Random::of(seed, CALLS, number);
            (number < calls).then(|| Asked::any(&mut random, format!("call_{number}")))
        });
        let run = self.driver.run(&settings, &work).unwrap();
        let log = server.finish();
        let verdict = judge(&run.told, &log, settings.deadline, |sighting| {
            is_refusal(&script(sighting.connection), sighting)
        });
        assert_eq!(elsewhere.finish().connections(), 0, "a redirect was followed");
        assert_eq!(good.finish().request_count(), 8, "a good call was repeated");
        (run, verdict)
    }
}

#[test]
fn a_storm() {
    watch_panics();
    let calls = if is_full() { 600 } else { 64 };
    let (mut all, mut broken, mut left) = (Verdict::default(), Vec::new(), Vec::new());
    let (mut control, mut overrun) = (Duration::ZERO, 0);
    // Once for what is opened by the first use and stays.
    Storm { driver: Driver::Blocking, number: 0, calls: 1, certificates: None }.rage();
    let mut number = 0;
    for driver in Driver::ALL {
        // The odd ones have short waits between attempts.
        for is_tls in if is_full() { &[false, false, true, true][..] } else { &[false, true] } {
            number += 1;
            let certificates = is_tls.then(|| Certificates::new().unwrap());
            let before = Baseline::now();
            let (run, mut verdict) = Storm { driver, number, calls, certificates }.rage();
            left.extend(before.left_over().map(|left| format!("{}: {left}", driver.name())));
            if run.tasks > 0 {
                left.push(format!("{}: {} tasks", driver.name(), run.tasks));
            }
            println!(
                "{}{}: {verdict}; {} overran, p50 {:?}, p99 {:?}, most {:?}; control {:?}, on the \
                 runtime {:?}",
                driver.name(),
                if *is_tls { ", TLS" } else { "" },
                verdict.lateness.count(),
                verdict.lateness.percentile(50),
                verdict.lateness.percentile(99),
                verdict.lateness.percentile(100),
                run.control,
                run.runtime,
            );
            overrun += verdict.lateness.above(late(run.control));
            control = control.max(run.control);
            broken.extend(run.broken);
            all.extend(verdict);
        }
    }
    let seed = seed();
    println!("seed {seed}: {all}");

    let mut p01 = Figure::of(1);
    p01.require(overrun == 0, || format!("{overrun} calls ended later"));
    let mut lateness = Lateness::default();
    std::mem::swap(&mut lateness, &mut all.lateness);
    p01.print(&format!(
        "{} calls in storms, {} ended later than {:?} after their deadline and what a control thread \
         was late by (p50 {:?}, p99 {:?}, most {:?}; control {control:?})",
        all.calls,
        overrun,
        late(Duration::ZERO),
        lateness.percentile(50),
        lateness.percentile(99),
        lateness.percentile(100),
    ));

    let mut p02 = Figure::of(2);
    p02.require(panics() == 0, || "there were panics".to_owned());
    p02.require(broken.is_empty(), || broken.join(", "));
    p02.require(left.is_empty(), || left.join(", "));
    p02.print(&format!(
        "{} panics, {} clients broken and {} with tasks, descriptors or threads left after {number} \
         storms with {} calls",
        panics(),
        broken.len(),
        left.len(),
        all.calls
    ));

    let mut p03 = Figure::of(3);
    p03.require(all.duplicates.is_empty(), || some(&all.duplicates));
    p03.print(&format!("{} POST or PATCH seen twice in storms", all.duplicates.len()));

    let mut p04 = Figure::of(4);
    p04.require(all.lies.is_empty(), || some(&all.lies));
    p04.require(all.crossed.is_empty(), || some(&all.crossed));
    p04.require(all.unknown.is_empty(), || some(&all.unknown));
    p04.print(&format!(
        "{} of {} calls said not sent were seen by the server; {} answers for somebody else",
        all.lies.len(),
        all.not_sent + all.cancelled,
        all.crossed.len()
    ));
}

/// How late a call may be if the control was late by this.
fn late(control: Duration) -> Duration {
    control + if cfg!(debug_assertions) { GRACE } else { Duration::from_millis(250) }
}
