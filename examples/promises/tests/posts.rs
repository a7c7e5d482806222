//! Many POSTs to servers that close and reset at random points, with the usual retries: none is seen
//! twice (P03).
#![allow(clippy::unwrap_used)] // A test says what is wrong by failing.
use std::{sync::Arc, time::Duration};

use clerk_fault_server::{
    Certificates, Leaf, Plan, Server,
    Step::{Again, Echo, ReadRequest},
};
use clerk_hyper::RetryPolicy;
use clerk_promises::{
    Driver, Figure, is_full,
    storm::{
        Asked, Random, Settings, Verdict, Work, bad_handshake, closing, is_refusal, judge, seed,
        some,
    },
};

/// The kinds of random numbers.
const CONNECTIONS: u64 = 3;
const CALLS: u64 = 4;

/// The POSTs of one client. It is one of several, as each has its own budget for retries.
fn posts(
    driver: Driver,
    seed: u64,
    calls: usize,
    certificates: Option<&Certificates>,
    policy: RetryPolicy,
) -> Verdict {
    let good = Server::start(Plan::always(vec![ReadRequest, Echo, Again])).unwrap();
    let is_tls = certificates.is_some();
    let script = move |number| {
        let mut random = Random::of(seed, CONNECTIONS, number);
        if is_tls && random.chance(5) {
            bad_handshake(&mut random)
        } else {
            closing(&mut random, is_full())
        }
    };
    let plan = Plan::made(script);
    let server = match certificates {
        None => Server::start(plan).unwrap(),
        Some(certificates) => {
            Server::start_tls(plan, certificates.server(Leaf::Good).unwrap()).unwrap()
        }
    };
    let mut settings = Settings::new(server.base_url(), good.base_url());
    // The retries are the usual ones; what hangs is not what this is about.
    (settings.attempt_timeout, settings.deadline) =
        (Duration::from_secs(2), Duration::from_secs(30));
    settings.retry = policy;
    settings.tls = certificates.map(|certificates| certificates.client().unwrap());
    let callers = driver.callers();
    let work: Work = Arc::new(move |caller, nth| {
        let number = nth.checked_mul(callers)?.checked_add(caller)?;
        if number >= calls {
            return None;
        }
        let mut random = Random::of(seed, CALLS, number);
        let asked = Asked::post(format!("post_{number}"));
        // Some that take more than one write, so that a reset finds them half written.
        let body = if random.chance(3) { 200_000 } else { 2 };
        Some(Asked { body: body + random.below(500), ..asked })
    });
    let run = driver.run(&settings, &work).unwrap();
    assert_eq!((run.broken, run.tasks), (vec![], 0), "{}", driver.name());
    let log = server.finish();
    assert!(log.requests().all(|request| request.method == "POST"));
    judge(&run.told, &log, settings.deadline, |sighting| {
        is_refusal(&script(sighting.connection), sighting)
    })
}

#[test]
fn no_post_is_seen_twice() {
    let (rounds, calls) = if is_full() { (7, 250) } else { (1, 150) };
    let mut policy = RetryPolicy::default();
    if !is_full() {
        policy = policy.throttled_delay(Duration::from_millis(50));
    }
    let certificates = Certificates::new().unwrap();
    let mut all = Verdict::default();
    for driver in Driver::ALL {
        for (number, certificates) in [None, Some(&certificates)].into_iter().enumerate() {
            let mut of_driver = Verdict::default();
            for round in 0..rounds {
                let seed = seed().wrapping_add((1000 * number + round) as u64);
                of_driver.extend(posts(driver, seed, calls, certificates, policy.clone()));
            }
            let is_tls = if certificates.is_some() { ", TLS" } else { "" };
            println!("{}{is_tls}: {of_driver}", driver.name());
            all.extend(of_driver);
        }
    }
    println!("seed {}", seed());
    let mut figure = Figure::of(3);
    figure.require(all.duplicates.is_empty(), || some(&all.duplicates));
    figure.require(all.crossed.is_empty(), || format!("crossed: {}", some(&all.crossed)));
    figure.require(all.lies.is_empty(), || format!("said not sent: {}", some(&all.lies)));
    figure.require(all.unknown.is_empty(), || format!("unknown: {}", some(&all.unknown)));
    // Without these the figure would say nothing.
    figure.require(all.succeeded > 0, || "none succeeded".to_owned());
    figure.require(all.maybe_sent > 0, || "none was interrupted".to_owned());
    figure.require(all.repeated > 0, || "none was repeated after a refusal".to_owned());
    figure.print(&format!(
        "{} POSTs over connections that close and reset, {} seen twice by the server: {} succeeded, \
         {} failed maybe sent, {} failed not sent; {} came again after a 429",
        all.calls,
        all.duplicates.len(),
        all.succeeded,
        all.maybe_sent,
        all.not_sent,
        all.repeated,
    ));
}

/// The figure is one that can be wrong: a client that is told to repeat what may have been sent does.
#[test]
fn a_reckless_client_is_noticed() {
    let delay = Duration::from_millis(1);
    let reckless = RetryPolicy::default()
        .repeat_maybe_sent(true)
        .initial_delay(delay)
        .throttled_delay(delay)
        .max_delay(delay);
    for driver in Driver::ALL {
        let verdict = posts(driver, seed(), 150, None, reckless.clone());
        assert!(!verdict.duplicates.is_empty(), "{}: {verdict}", driver.name());
    }
}
