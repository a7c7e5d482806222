//! Keys: several instances whose keys have the same names, rotations, outages, callers who go away.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use bytes::Bytes;
use clerk_core::{
    Config, Event, Flow, Moment, Outgoing, Step,
    auth::{
        AuthenticateOptions, Reason, Refresh, RequestState, SessionAuth, Unavailable, Verifier,
        VerifyError,
    },
    testing::TestKey,
};
use http::{Request, Response};
use serde_json::json;

use crate::{
    seeds,
    server::{Fate, Plan, Weather},
    world::{Dice, Heard, Play, Running, START, Told, World},
};

/// What a flow of this world ends with.
pub(crate) enum Said {
    Verdict(Result<(), VerifyError>),
    Refreshed(Result<(), Unavailable>),
}

/// A flow whose output is told in another way.
struct Telling<F: Flow>(F, fn(F::Output) -> Said);

impl<F: Flow> Flow for Telling<F> {
    type Output = Said;

    fn advance(&mut self, event: Event, now: Moment) -> Step<Said> {
        match self.0.advance(event, now) {
            Step::Send(outgoing) => Step::Send(outgoing),
            Step::Wait(time) => Step::Wait(time),
            Step::Done(output) => Step::Done(self.1(output)),
        }
    }
}

pub(crate) fn verification(verifier: &Verifier, token: &str) -> Running<Said> {
    let flow = verifier.verify(token);
    let tell = |verdict: Result<SessionAuth, _>| Said::Verdict(verdict.map(drop));
    Box::new(Telling(flow, tell))
}

fn authentication(verifier: &Verifier, token: &str) -> Running<Said> {
    let request = Request::get("/").header("authorization", format!("Bearer {token}"));
    let parts = request.body(()).unwrap().into_parts().0;
    let flow = verifier.authenticate(&parts, &AuthenticateOptions::new());
    Box::new(Telling(flow, |state| {
        Said::Verdict(match state {
            RequestState::SignedIn { .. } => Ok(()),
            RequestState::SignedOut { rejection, .. } => Err(rejection.into()),
            RequestState::Unavailable(unavailable) => Err(unavailable.into()),
            state => panic!("{state:?}"),
        })
    }))
}

pub(crate) fn refresh(flow: Refresh) -> Running<Said> {
    Box::new(Telling(flow, Said::Refreshed))
}

pub(crate) fn verifier(secret_key: &str) -> Verifier {
    let config = Config::new(secret_key).unwrap();
    Verifier::builder().config(&config).any_issuer().build().unwrap()
}

/// A token that is good for as long as any world lasts, whichever way the clock jumps.
pub(crate) fn token(key: &TestKey) -> String {
    const DAY: i64 = 86_400;
    key.session("user_1").lifetime(60 * DAY).mint(START as i64 - 30 * DAY)
}

/// The key sets that a server gives: since when, and with which keys.
type Sets = Vec<(Duration, Vec<TestKey>)>;

pub(crate) fn body(keys: &[TestKey]) -> String {
    let keys: Vec<_> = keys.iter().map(TestKey::jwk).collect();
    json!({ "keys": keys }).to_string()
}

/// One instance of Clerk, and the verifier for it.
struct Instance {
    verifier: Verifier,
    sets: Sets,
    /// Those sets, as they are sent.
    bodies: Vec<String>,
    /// When each request was sent.
    requests: Vec<Duration>,
    /// When the keys were asked for that are at hand, on both clocks, and which set it is.
    held: Option<(Moment, usize)>,
    /// When a new set began to be at hand.
    fetched: Vec<(Duration, usize)>,
}

impl Instance {
    fn set_at(&self, now: Duration) -> usize {
        self.sets.iter().rposition(|(since, _)| *since <= now).unwrap()
    }

    fn holds(&self, set: usize, key: &TestKey) -> bool {
        self.sets[set].1.contains(key)
    }

    /// The keys at hand, if they are young enough on both clocks.
    fn usable(&self, now: Moment) -> Option<usize> {
        let (since, set) = self.held?;
        let wall = (now.wall.as_millis() - since.wall.as_millis()).max(0) as u64;
        let age = (now.steady - since.steady).max(Duration::from_millis(wall));
        (age <= Duration::from_secs(3600)).then_some(set)
    }
}

struct Caller {
    instance: usize,
    key: TestKey,
    start: Duration,
    /// For a refresh there is no token.
    is_refresh: bool,
    /// When it began the fetch that is under way, on both clocks.
    asked: Option<Moment>,
    /// Which set the answer to it holds.
    answer: Option<usize>,
    waits: bool,
}

pub(crate) struct Keys {
    instances: Vec<Instance>,
    callers: BTreeMap<usize, Caller>,
    next: usize,
    weather: Weather,
    /// Whether somebody runs the refreshes that are due.
    refreshes: bool,
    /// What each note begins: an instance, a key, how many, in which way.
    planned: Vec<(usize, TestKey, u64, bool)>,
    leave: Dice,
    figures: Figures,
}

#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    verifications: u64,
    good: u64,
    at_once: u64,
    refused: u64,
    unavailable: u64,
    left: u64,
    requests: u64,
    most: usize,
    longest: Duration,
}

impl Keys {
    fn begin(&mut self, world: &mut World<Said>, note: u64) {
        let (instance, key, count, whole_request) = self.planned[note as usize].clone();
        let token = token_of(&key);
        for _ in 0..count {
            let verifier = &self.instances[instance].verifier;
            let flow = if whole_request {
                authentication(verifier, &token)
            } else {
                verification(verifier, &token)
            };
            let who = self.start(world, instance, key.clone(), false, flow);
            self.figures.verifications += 1;
            if self.leave.percent(15) {
                world.drop_at(world.now() + self.leave.time(self.leave_within()), who);
                self.figures.left += 1;
            }
        }
    }

    fn leave_within(&self) -> u64 {
        self.weather.latency * 2
    }

    fn start(
        &mut self,
        world: &mut World<Said>,
        instance: usize,
        key: TestKey,
        is_refresh: bool,
        flow: Running<Said>,
    ) -> usize {
        let (who, start) = (self.next, world.now());
        self.next += 1;
        let (asked, answer, waits) = (None, None, false);
        let caller = Caller { instance, key, start, is_refresh, asked, answer, waits };
        self.callers.insert(who, caller);
        world.start(start, who, flow);
        who
    }

    fn judge(&mut self, world: &World<Said>, who: usize, verdict: Result<(), VerifyError>) {
        let Caller { instance, key, start, waits, .. } = self.callers.remove(&who).unwrap();
        let instance = &self.instances[instance];
        let (now, moment) = (world.now(), world.moment());
        let time = now - start;
        self.figures.longest = self.figures.longest.max(time);
        let late = Duration::from_millis(world.late_by * 2);
        assert!(time <= Duration::from_secs(30) + late, "#{who} waited {time:?}");
        let at_hand = instance.usable(moment).filter(|set| instance.holds(*set, &key));
        let is_ours = instance.sets.iter().any(|(_, keys)| keys.contains(&key));
        let is_ever = instance.sets.iter().all(|(_, keys)| keys.contains(&key));
        match verdict {
            Ok(()) => {
                // With a key that the instance gave out, and that is not older than an hour.
                assert!(is_ours, "#{who}: a key of another instance was accepted");
                assert!(at_hand.is_some(), "#{who}: a key that is not at hand was accepted");
                self.figures.good += 1;
                if !waits {
                    assert_eq!(time, Duration::ZERO);
                    self.figures.at_once += 1;
                }
            }
            Err(error) if error.is_unavailable() => {
                assert!(at_hand.is_none(), "#{who}: the key is at hand, and {:?}", error.reason());
                assert!(
                    matches!(
                        error.reason(),
                        Reason::JwkRemoteFailedToLoad
                            | Reason::JwkRemoteInvalid
                            | Reason::SecretKeyInvalid
                    ),
                    "#{who}: {:?}",
                    error.reason()
                );
                self.figures.unavailable += 1;
            }
            Err(error) => {
                let reason = error.reason();
                assert!(!is_ever, "#{who}: a good token was refused: {reason:?}");
                assert!(at_hand.is_none(), "#{who}: the key is at hand, and {reason:?}");
                let has_name = |set: &usize| {
                    instance.sets[*set].1.iter().any(|other| other.kid() == key.kid())
                };
                match reason {
                    // There is a key of this name, and it is another.
                    Reason::TokenInvalidSignature => {
                        assert!(instance.usable(moment).filter(has_name).is_some(), "#{who}");
                    }
                    Reason::JwkKidMismatch => {
                        let set = instance.usable(moment);
                        assert!(set.is_some(), "#{who}: no keys, and still refused");
                        assert!(!has_name(&set.unwrap()), "#{who}: there is a key of this name");
                        // A key that the server has given out for longer than somebody may have asked for another.
                        let since = instance.sets.iter().find(|(_, keys)| keys.contains(&key));
                        let asked = instance.fetched.last().map_or(Duration::ZERO, |(at, _)| *at);
                        let is_gone = !instance.holds(instance.set_at(now), &key);
                        if let Some((since, _)) = since
                            && !is_gone
                        {
                            let most = *since + Duration::from_secs(31);
                            assert!(
                                now <= most.max(asked + Duration::from_secs(31)),
                                "#{who}: a new key stays unknown"
                            );
                        }
                    }
                    _ => panic!("#{who}: {reason:?}"),
                }
                self.figures.refused += 1;
            }
        }
    }

    fn check_end(&mut self) {
        for (number, instance) in self.instances.iter().enumerate() {
            let minute = Duration::from_secs(60);
            let within = |first: &Duration| {
                instance
                    .requests
                    .iter()
                    .filter(|at| (*first..*first + minute).contains(*at))
                    .count()
            };
            let most = instance.requests.iter().map(within).max().unwrap_or(0);
            assert!(most <= 12, "instance {number}: {most} requests in a minute");
            self.figures.most = self.figures.most.max(most);
            self.figures.requests += instance.requests.len() as u64;
        }
    }
}

thread_local! {
    /// Signing takes long.
    static TOKENS: std::cell::RefCell<BTreeMap<String, String>> = const { std::cell::RefCell::new(BTreeMap::new()) };
}

fn token_of(key: &TestKey) -> String {
    let name = format!("{} {}", key.kid(), key.pem());
    TOKENS.with_borrow_mut(|tokens| tokens.entry(name).or_insert_with(|| token(key)).clone())
}

impl Play for Keys {
    type Output = Said;

    fn send(&mut self, world: &mut World<Said>, who: usize, outgoing: &Outgoing) -> Fate {
        assert_eq!(outgoing.request.uri().path(), "/v1/jwks");
        let moment = world.moment();
        let caller = self.callers.get_mut(&who).unwrap();
        caller.asked.get_or_insert(moment);
        self.instances[caller.instance].requests.push(world.now());
        let now = world.now();
        self.weather.fate(&mut world.dice, now)
    }

    fn arrive(
        &mut self,
        world: &mut World<Said>,
        who: usize,
        _: &Request<Bytes>,
        plan: &Plan,
    ) -> Response<Bytes> {
        // Who went away is not there any more to be told.
        let caller = self.callers.get_mut(&who);
        let number = caller.as_ref().map_or(0, |caller| caller.instance);
        let instance = &self.instances[number];
        let set = instance.set_at(world.now());
        if let Some(caller) = caller {
            caller.answer = Some(set);
        }
        plan.answer(world.now(), &instance.bodies[set])
    }

    fn replied(&mut self, world: &World<Said>, who: usize, heard: &Heard) {
        let caller = self.callers.get_mut(&who).unwrap();
        if let (Heard::Answer(Plan::Fine), Some(set), Some(asked)) =
            (heard, caller.answer, caller.asked)
        {
            // What it asks for after this is another fetch: the clock may have made these too old on the way.
            caller.asked = None;
            caller.waits = true;
            let instance = &mut self.instances[caller.instance];
            instance.held = Some((asked, set));
            instance.fetched.push((world.now(), set));
        }
    }

    fn wait(&mut self, _: &World<Said>, who: usize, time: Duration) {
        assert!(time <= Duration::from_secs(20), "#{who} waits {time:?}");
        self.callers.get_mut(&who).unwrap().waits = true;
    }

    fn done(&mut self, world: &mut World<Said>, who: usize, _flow: Running<Said>, said: Said) {
        let number = self.callers[&who].instance;
        match said {
            Said::Verdict(verdict) => {
                let shown = verdict.as_ref().map_err(VerifyError::reason);
                world.log(format_args!("#{who} says {shown:?}"));
                self.judge(world, who, verdict);
            }
            Said::Refreshed(ready) => {
                world.log(format_args!("#{who} refreshed: {:?}", ready.map_err(|no| no.reason)));
                let caller = self.callers.remove(&who).unwrap();
                assert!(caller.is_refresh);
            }
        }
        let due = self.instances[number].verifier.due_refresh();
        if let Some(due) = due.filter(|_| self.refreshes) {
            self.start(world, number, TestKey::first(), true, refresh(due));
        }
    }

    fn note(&mut self, world: &mut World<Said>, note: u64) {
        self.begin(world, note);
    }
}

fn play(seed: u64) -> (Told, Figures) {
    let mut world = World::new("keys", seed);
    let mut dice = Dice::new(seed, 5);
    // Some worlds are dense, others go on for hours.
    let length = dice.pick(&[20_000, 300_000, 4_000_000, 15_000_000]);
    let weather = Weather::new(&mut dice, length);
    world.late_by = dice.pick(&[0, 0, 5]);
    let pairs = [TestKey::first(), TestKey::second(), TestKey::third()];
    let named = |pair: usize, name: &str| pairs[pair % 3].clone().with_kid(name);
    let instances = (0..3).map(|number| {
        // All call their keys the same, and no two mean the same by it.
        let (always, old, new) =
            (named(number, "ins_1"), named(number + 1, "ins_2"), named(number + 2, "ins_3"));
        let (added, gone) = (dice.time(length), dice.time(length));
        let (added, gone) = (added.min(gone), added.max(gone));
        let sets = vec![
            (Duration::ZERO, vec![always.clone(), old.clone()]),
            (added, vec![always.clone(), old, new.clone()]),
            (gone, vec![always, new]),
        ];
        let bodies = sets.iter().map(|(_, keys)| body(keys)).collect();
        let verifier = verifier(["sk_test_a", "sk_test_b", "sk_test_c"][number]);
        let (requests, held, fetched) = (Vec::new(), None, Vec::new());
        Instance { verifier, sets, bodies, requests, held, fetched }
    });
    let instances = instances.collect();
    let mut keys = Keys {
        instances,
        callers: BTreeMap::new(),
        next: 0,
        weather,
        refreshes: dice.percent(80),
        planned: Vec::new(),
        leave: Dice::new(seed, 6),
        figures: Figures::default(),
    };
    for number in 0..dice.pick(&[60, 200]) {
        let name = dice.pick(&["ins_1", "ins_1", "ins_1", "ins_2", "ins_3", "ins_4"]);
        let key = named(dice.below(3) as usize, name);
        let count = dice.pick(&[1, 1, 1, 2, 5, 20]);
        keys.planned.push((dice.below(3) as usize, key, count, dice.percent(50)));
        world.note_at(dice.time(length), number);
    }
    if dice.percent(50) {
        for _ in 0..dice.below(4) {
            let step = dice.pick(&[3_600_000, -3_600_000, 60_000, -60_000, 300_000]);
            world.clock_at(dice.time(length), step);
        }
    }
    world.run(&mut keys);
    keys.check_end();
    (world.told(), keys.figures)
}

pub(crate) fn log(seed: u64) -> Told {
    play(seed).0
}

#[test]
fn keys_keep_their_promises_whatever_happens() {
    let mut all = Figures::default();
    let mut worlds = BTreeSet::new();
    for seed in seeds("keys", 25) {
        let (told, figures) = play(seed);
        worlds.insert(told.hash);
        all.verifications += figures.verifications;
        all.good += figures.good;
        all.at_once += figures.at_once;
        all.refused += figures.refused;
        all.unavailable += figures.unavailable;
        all.left += figures.left;
        all.requests += figures.requests;
        all.most = all.most.max(figures.most);
        all.longest = all.longest.max(figures.longest);
    }
    println!("keys: {} worlds of 3 instances, {all:?}", worlds.len());
    assert!(all.good > all.at_once && all.at_once > 0 && all.refused > 0 && all.unavailable > 0);
}
