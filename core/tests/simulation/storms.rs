//! Outages: how many requests calls cause when everything fails, and after that.
use std::time::Duration;

use bytes::Bytes;
use clerk_core::{Call, Config, Error, Flow, Outgoing, RawOperation};
use http::{Method, Request, Response};
use serde_json::Value;

use crate::{
    server::{End, Fate, Plan, Weather},
    world::{Play, Running, World},
};

/// Everything fails in one way until the server is well again.
struct Storm {
    fate: Fate,
    well_from: Duration,
    requests: u64,
    good: u64,
    longest: Duration,
    starts: Vec<Duration>,
}

impl Play for Storm {
    type Output = Result<Value, Error>;

    fn send(&mut self, world: &mut World<Self::Output>, _: usize, _: &Outgoing) -> Fate {
        self.requests += 1;
        let now = world.now();
        if now >= self.well_from {
            return Weather::calm(20).fate(&mut world.dice, now);
        }
        self.fate.clone()
    }

    fn arrive(
        &mut self,
        world: &mut World<Self::Output>,
        _: usize,
        _: &Request<Bytes>,
        plan: &Plan,
    ) -> Response<Bytes> {
        plan.answer(world.now(), "{}")
    }

    fn done(
        &mut self,
        world: &mut World<Self::Output>,
        who: usize,
        _flow: Running<Self::Output>,
        output: Self::Output,
    ) {
        self.good += u64::from(output.is_ok());
        self.longest = self.longest.max(world.now() - self.starts[who]);
    }
}

/// Lets so many calls begin within a minute, from then on.
fn storm(config: &Config, fate: Fate, calls: usize, is_well: bool) -> Storm {
    let mut world = World::new("storm", calls as u64);
    let well_from = if is_well { Duration::ZERO } else { Duration::MAX };
    let (longest, starts) = (Duration::ZERO, Vec::new());
    let mut storm = Storm { fate, well_from, requests: 0, good: 0, longest, starts };
    for number in 0..calls {
        let call = Call::new(RawOperation::new(Method::GET, "/x"), config, world.dice.next());
        let call: Box<dyn Flow<Output = _>> = Box::new(call);
        let at = world.dice.time(60_000);
        storm.starts.push(at);
        world.start(at, number, call);
    }
    world.run(&mut storm);
    storm
}

fn fates() -> Vec<(Fate, u64)> {
    use clerk_core::{FailureKind::*, Phase};
    let millis = Duration::from_millis;
    let status = |status| Fate::Served {
        there: millis(5),
        back: millis(5),
        plan: Plan::Status { status, hint: None, works: false },
        end: End::Whole,
    };
    vec![
        (status(503), 35),
        (status(500), 35),
        // Being throttled costs the server little, and a retry less: five of the five hundred.
        (status(429), 100),
        (Fate::Unsent(Connect, millis(1)), 35),
        (Fate::Lost(Closed, millis(9)), 35),
        (Fate::Lost(Timeout(Phase::Headers), millis(1 << 40)), 35),
    ]
}

#[test]
fn an_outage_is_not_multiplied() {
    let (mut most, mut longest) = (0, Duration::ZERO);
    for (fate, extra) in fates() {
        for calls in [1, 10, 100, 1000] {
            let config = Config::new("sk_test_x").unwrap();
            let storm = storm(&config, fate.clone(), calls, false);
            let beyond = storm.requests - calls as u64;
            assert!(beyond <= extra, "{fate:?}: {} requests for {calls}", storm.requests);
            assert_eq!(beyond, extra.min(2 * calls as u64), "{fate:?}: too few are repeated");
            assert_eq!(storm.good, 0);
            if extra == 35 {
                most = most.max(beyond);
            }
            longest = longest.max(storm.longest);
        }
    }
    assert!(longest <= Duration::from_secs(30), "{longest:?}");
    println!(
        "P10 holds: 6 kinds of outage, 1 to 1,000 calls, at most N + {most} requests (N + 100 if throttled); the \
         longest call took {} ms of 30,000",
        longest.as_millis()
    );
}

#[test]
fn a_budget_recovers_when_calls_succeed() {
    let down = fates().remove(0).0;
    let config = Config::new("sk_test_x").unwrap();
    assert_eq!(storm(&config, down.clone(), 200, false).requests, 235);
    // It is empty, and stays so as long as nothing succeeds: 500 - 35 * 14 = 10 is less than a retry costs.
    assert_eq!(storm(&config, down.clone(), 200, false).requests, 200);
    // Calls that need no retry bring one each; 10 + 18 = 28 buy two.
    let well = storm(&config, down.clone(), 18, true);
    assert_eq!((well.requests, well.good), (18, 18));
    assert_eq!(storm(&config, down.clone(), 200, false).requests, 202);
    // Five hundred fill it, however empty it is, and no more than that fits.
    assert_eq!(storm(&config, down.clone(), 2000, true).good, 2000);
    assert_eq!(storm(&config, down, 200, false).requests, 235);
}
