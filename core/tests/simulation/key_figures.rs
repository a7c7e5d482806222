//! How often keys are asked for, in the situations that have a figure.
use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use clerk_core::{
    FailureKind, Outgoing, Phase,
    auth::{Reason, Verifier, VerifyError},
    testing::TestKey,
};
use http::{Request, Response};
use serde_json::json;

use crate::{
    keys::{Said, body, refresh, token, verification, verifier},
    server::{End, Fate, Plan},
    world::{Play, Running, World},
};

const SECOND: Duration = Duration::from_secs(1);
const LATENCY: Duration = Duration::from_millis(100);

/// How one verification ended.
struct Ended {
    /// Which of those that were planned it was.
    plan: usize,
    at: Duration,
    waited: bool,
    verdict: Result<(), VerifyError>,
}

impl Ended {
    fn is(&self, reason: Reason) -> bool {
        self.verdict.as_ref().is_err_and(|error| error.reason() == reason)
    }

    fn is_unavailable(&self) -> bool {
        self.verdict.as_ref().is_err_and(VerifyError::is_unavailable)
    }
}

/// One verifier, and a server that is well or down.
struct Scene {
    verifier: Verifier,
    /// What the server gives, from when on; nothing while it is down.
    served: Vec<(Duration, Option<String>)>,
    planned: Vec<(String, usize)>,
    /// Which plan each verification belongs to; none for a refresh.
    flows: Vec<Option<usize>>,
    waited: Vec<bool>,
    requests: Vec<Duration>,
    ended: Vec<Ended>,
}

impl Scene {
    fn new(keys: &[TestKey]) -> (World<Said>, Self) {
        let scene = Self {
            verifier: verifier("sk_test_a"),
            served: vec![(Duration::ZERO, Some(body(keys)))],
            planned: Vec::new(),
            flows: Vec::new(),
            waited: Vec::new(),
            requests: Vec::new(),
            ended: Vec::new(),
        };
        (World::new("scene", 0), scene)
    }

    /// From then on the server gives these keys, or is down.
    fn serves(&mut self, at: Duration, keys: Option<&[TestKey]>) {
        self.served.push((at, keys.map(body)));
    }

    /// At that time this token is verified so many times at once.
    fn verifies(&mut self, world: &mut World<Said>, at: Duration, token: &str, count: usize) {
        world.note_at(at, self.planned.len() as u64);
        self.planned.push((token.to_owned(), count));
    }

    fn start(&mut self, world: &mut World<Said>, plan: Option<usize>, flow: Running<Said>) {
        self.flows.push(plan);
        self.waited.push(false);
        world.start(world.now(), self.flows.len() - 1, flow);
    }

    fn served_at(&self, at: Duration) -> &Option<String> {
        &self.served.iter().rfind(|(since, _)| *since <= at).unwrap().1
    }

    fn good(&self) -> usize {
        self.ended.iter().filter(|ended| ended.verdict.is_ok()).count()
    }

    fn waited(&self) -> usize {
        self.ended.iter().filter(|ended| ended.waited).count()
    }

    fn of(&self, plan: usize) -> impl Iterator<Item = &Ended> {
        self.ended.iter().filter(move |ended| ended.plan == plan)
    }
}

impl Play for Scene {
    type Output = Said;

    fn send(&mut self, world: &mut World<Said>, who: usize, _: &Outgoing) -> Fate {
        self.requests.push(world.now());
        self.waited[who] = true;
        if self.served_at(world.now()).is_none() {
            return Fate::Lost(FailureKind::Timeout(Phase::Headers), SECOND * 3);
        }
        Fate::Served { there: LATENCY / 2, back: LATENCY / 2, plan: Plan::Fine, end: End::Whole }
    }

    fn arrive(
        &mut self,
        world: &mut World<Said>,
        _: usize,
        _: &Request<Bytes>,
        plan: &Plan,
    ) -> Response<Bytes> {
        let body = self.served_at(world.now()).clone();
        plan.answer(world.now(), &body.unwrap_or_default())
    }

    fn wait(&mut self, _: &World<Said>, who: usize, _: Duration) {
        self.waited[who] = true;
    }

    fn done(&mut self, world: &mut World<Said>, who: usize, _: Running<Said>, said: Said) {
        if let (Some(plan), Said::Verdict(verdict)) = (self.flows[who], said) {
            let (at, waited) = (world.now(), self.waited[who]);
            self.ended.push(Ended { plan, at, waited, verdict });
        }
        if let Some(due) = self.verifier.due_refresh() {
            self.start(world, None, refresh(due));
        }
    }

    fn note(&mut self, world: &mut World<Said>, note: u64) {
        let (token, count) = self.planned[note as usize].clone();
        for _ in 0..count {
            let flow = verification(&self.verifier, &token);
            self.start(world, Some(note as usize), flow);
        }
    }
}

#[test]
fn many_callers_are_one_fetch() {
    const CALLERS: usize = 10_000;
    let key = TestKey::first();
    let token = token(&key);
    let (mut world, mut scene) = Scene::new(std::slice::from_ref(&key));
    scene.verifies(&mut world, SECOND, &token, CALLERS);
    world.run(&mut scene);
    let (cold, waited) = (scene.requests.len(), scene.waited());
    assert_eq!((cold, scene.good(), waited), (1, CALLERS, CALLERS));

    // Keys of six minutes are refreshed beside those who use them.
    let (mut world, mut scene) = Scene::new(&[key]);
    scene.verifies(&mut world, SECOND, &token, 1);
    scene.verifies(&mut world, SECOND * 361, &token, CALLERS);
    world.run(&mut scene);
    let waiting = scene.of(1).filter(|ended| ended.waited || ended.at != SECOND * 361).count();
    let fetches = scene.requests.len() - 1;
    assert_eq!((fetches, scene.good(), waiting), (1, CALLERS + 1, 0));
    println!(
        "P11 holds: 10,000 callers on a cold keyring, {cold} fetch; 10,000 on keys to be refreshed, {fetches} fetch, \
         {waiting} waited"
    );
}

/// The same token under another key's name: nobody signed that.
fn renamed(token: &str, kid: &str) -> String {
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": kid }).to_string();
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(header))
}

#[test]
fn forged_tokens_cause_few_requests() {
    const FORGED: u32 = 100_000;
    let key = TestKey::first();
    let good = token(&key);
    let minute = SECOND * 60;
    let (mut world, mut scene) = Scene::new(std::slice::from_ref(&key));
    scene.verifies(&mut world, Duration::ZERO, &good, 1);
    for number in 0..FORGED {
        let forged = renamed(&good, &format!("ins_{number}"));
        scene.verifies(&mut world, SECOND + minute * number / FORGED, &forged, 1);
    }
    world.run(&mut scene);
    let unknown = scene.requests.len() - 1;
    assert!(unknown <= 3, "{:?}", scene.requests);
    let refused = scene.ended.iter().filter(|ended| ended.is(Reason::JwkKidMismatch)).count();
    assert_eq!(refused, FORGED as usize);

    // Known by name, signed by somebody else. A tenth as many: here each has its signature checked.
    let forged = token(&TestKey::second().with_kid(key.kid()));
    let (mut world, mut scene) = Scene::new(&[key]);
    scene.verifies(&mut world, Duration::ZERO, &good, 1);
    for number in 0..FORGED / 10 {
        scene.verifies(&mut world, SECOND + minute * number / (FORGED / 10), &forged, 1);
    }
    world.run(&mut scene);
    let known = scene.requests.len() - 1;
    let bad =
        scene.ended.iter().filter(|ended| ended.is(Reason::TokenInvalidSignature)).count() as u32;
    assert_eq!((known, bad, scene.waited()), (0, FORGED / 10, 1));
    println!(
        "P12 holds: {refused} random key ids in 60 s, {unknown} fetches; {bad} bad signatures of a known key, {known} \
         fetches"
    );
}

#[test]
fn a_new_key_is_found() {
    let (old, new) = (TestKey::first(), TestKey::second());
    let (known, fresh) = (token(&old), token(&new));
    // Nobody has asked before: at once.
    let (mut world, mut scene) = Scene::new(std::slice::from_ref(&old));
    scene.serves(SECOND * 60, Some(&[old.clone(), new.clone()]));
    scene.verifies(&mut world, Duration::ZERO, &known, 1);
    scene.verifies(&mut world, SECOND * 61, &fresh, 1000);
    world.run(&mut scene);
    assert_eq!((scene.requests.len(), scene.good()), (2, 1001));
    let refetches = scene.requests.len() - 1;

    // Somebody has, a moment before the keys changed: thirty seconds later, whenever that was.
    let mut latest = Duration::ZERO;
    for before in [1, 100, 5_000, 15_000, 29_000] {
        let (mut world, mut scene) = Scene::new(std::slice::from_ref(&old));
        let (asked, rotated) = (SECOND * 60, SECOND * 60 + LATENCY + Duration::from_millis(before));
        scene.serves(rotated, Some(&[old.clone(), new.clone()]));
        scene.verifies(&mut world, Duration::ZERO, &known, 1);
        scene.verifies(&mut world, asked, &renamed(&known, "forged"), 1);
        for step in 0..400 {
            scene.verifies(&mut world, rotated + SECOND / 10 * step, &fresh, 1);
        }
        world.run(&mut scene);
        let first = scene.ended.iter().find(|ended| ended.plan > 1 && ended.verdict.is_ok());
        let found = scene.requests.last().unwrap().saturating_sub(asked);
        assert!(first.unwrap().at <= asked + SECOND * 30 + SECOND / 10 + LATENCY);
        assert_eq!(scene.requests.len(), 3, "{:?}", scene.requests);
        latest = latest.max(found);
    }
    assert!(latest <= SECOND * 30 + SECOND / 10, "{latest:?}");
    println!(
        "P13 holds: 1,000 tokens of a new key, {refetches} refetch; at the latest {} ms after the last one for an \
         unknown key (tokens come each 100 ms)",
        latest.as_millis()
    );
}

#[test]
fn known_keys_outlive_an_outage_of_an_hour() {
    let (key, other) = (TestKey::first(), TestKey::second());
    let (known, unknown) = (token(&key), token(&other));
    let (mut world, mut scene) = Scene::new(&[key]);
    scene.serves(SECOND, None);
    scene.verifies(&mut world, Duration::ZERO, &known, 1);
    // A token each second, for an hour and ten minutes.
    for second in 2..4200 {
        scene.verifies(&mut world, SECOND * second, &known, 1);
    }
    let first_unknown = scene.planned.len();
    for second in 0..60 {
        scene.verifies(&mut world, SECOND * (second * 70 + 5), &unknown, 1);
    }
    world.run(&mut scene);
    let hour = SECOND * 3600;
    let mut last_good = Duration::ZERO;
    for ended in &scene.ended {
        if ended.plan >= first_unknown {
            assert!(ended.is_unavailable(), "an unknown key at {:?}", ended.at);
        } else if ended.verdict.is_ok() {
            assert!(ended.plan == 0 || !ended.waited, "somebody waited at {:?}", ended.at);
            last_good = last_good.max(ended.at);
        } else {
            assert!(ended.is_unavailable(), "refused as invalid at {:?}", ended.at);
            assert!(ended.at > hour, "gone at {:?}", ended.at);
        }
    }
    assert_eq!(last_good, hour);
    let unavailable = scene.ended.iter().filter(|ended| ended.is_unavailable()).count();
    assert_eq!(scene.good() + unavailable, 4199 + 60);
    println!(
        "P14 holds: known keys good for {} s of outage without a wait, then {} times unavailable, 0 times invalid",
        last_good.as_secs(),
        unavailable - 60
    );
}
