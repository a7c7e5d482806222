//! Calls: how often something is sent and done, when, and what is said of it.
use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use clerk_core::{
    Call, CallOptions, CancelFlag, Config, Error, ErrorKind, FailureKind, Outgoing, RawOperation,
    Reach, RetryPolicy, RetrySafety,
};
use http::{Method, Request, Response};
use serde_json::{Value, json};

use crate::{
    seeds,
    server::{Fate, Hint, Plan, Weather},
    world::{Dice, Heard, Play, Running, START, Told, World},
};

/// How long a world goes on, in milliseconds; calls begin in it.
const LENGTH: u64 = 120_000;
/// Notes beyond this raise a flag.
const RAISE: u64 = 1 << 32;

struct Caller {
    start: Duration,
    /// Whether sending it twice does no harm, or was asked for.
    safe: bool,
    policy: RetryPolicy,
    deadline: Duration,
    attempt: Duration,
    flag: CancelFlag,
    has_flag: bool,
    raised: Option<Duration>,
    sends: u32,
    /// What the last attempt came to, and when.
    heard: Option<(Duration, Outcome)>,
    /// When the server wrote its last answer, in whole seconds after the beginning.
    written: u64,
    /// Whether the wait after it has begun.
    waits: bool,
    spent: u32,
    is_over: bool,
}

/// What a caller may make of what it heard.
#[derive(Clone, Debug, Default)]
struct Outcome {
    is_good: bool,
    /// Whether it may be sent again.
    repeats: bool,
    throttled: bool,
    /// How long the server asks to wait.
    hint: Option<Duration>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    received: u64,
    done: u64,
}

pub(crate) struct Calls {
    callers: Vec<Caller>,
    weather: Weather,
    /// What the server saw of each call.
    seen: BTreeMap<usize, Seen>,
    /// What the budget must hold.
    budget: u32,
    pub(crate) figures: Figures,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Figures {
    pub(crate) calls: u64,
    pub(crate) requests: u64,
    pub(crate) repeats: u64,
    pub(crate) good: u64,
    pub(crate) not_sent: u64,
    pub(crate) cancelled: u64,
    pub(crate) unsafe_done: u64,
    pub(crate) clock_steps: u64,
}

impl Figures {
    fn add(&mut self, other: &Self) {
        self.calls += other.calls;
        self.requests += other.requests;
        self.repeats += other.repeats;
        self.good += other.good;
        self.not_sent += other.not_sent;
        self.cancelled += other.cancelled;
        self.unsafe_done += other.unsafe_done;
        self.clock_steps += other.clock_steps;
    }
}

fn policy(dice: &mut Dice) -> RetryPolicy {
    let policy = RetryPolicy::default();
    if dice.percent(50) {
        return policy;
    }
    let millis = Duration::from_millis;
    let policy = policy
        .max_attempts(dice.pick(&[0, 1, 2, 4, 7, 50]))
        .initial_delay(millis(dice.pick(&[0, 1, 100, 3000])))
        .max_delay(millis(dice.pick(&[50, 5000, 60_000])))
        .exponent(dice.pick(&[0.5, 1.0, 1.5, 2.0, 10.0]))
        .max_retry_after(millis(dice.pick(&[0, 2000, 20_000, 120_000])))
        .max_elapsed(dice.pick(&[millis(1000), millis(9000), Duration::MAX, Duration::MAX]))
        .connection_errors(dice.percent(80))
        .repeat_maybe_sent(dice.percent(25));
    if dice.percent(20) { policy.statuses([429, 503, 404]) } else { policy }
}

type CallFlow = Running<Result<Value, Error>>;

/// A caller and its call.
fn caller(dice: &mut Dice, config: &Config, number: usize) -> (Caller, CallFlow) {
    let (method, mark) = dice.pick(&[
        (Method::GET, false),
        (Method::PUT, false),
        (Method::DELETE, false),
        (Method::POST, false),
        (Method::POST, false),
        (Method::PATCH, false),
        (Method::POST, true),
    ]);
    let safe = mark || method.is_idempotent();
    let mut operation = RawOperation::new(method, "/things/{id}").path(number.to_string());
    if mark {
        operation = operation.with_retry_safety(RetrySafety::Safe);
    }
    let policy = policy(dice);
    let mut options = CallOptions::new().retry(policy.clone());
    let (mut deadline, mut attempt) = (Duration::from_secs(30), Duration::from_secs(10));
    if dice.percent(60) {
        deadline = Duration::from_millis(dice.pick(&[1, 50, 700, 3000, 12_000, 90_000]));
        attempt = deadline;
        options = options.deadline(deadline);
    }
    if dice.percent(40) {
        attempt = Duration::from_millis(dice.pick(&[20, 500, 4000]));
        options = options.attempt_timeout(attempt);
    }
    let flag = CancelFlag::new();
    let has_flag = dice.percent(40);
    if has_flag {
        options = options.cancel_with(&flag);
    }
    let flow = Call::with_options(operation, config, dice.next(), options);
    let safe = safe || policy.repeat_maybe_sent;
    let caller = Caller {
        start: dice.time(LENGTH),
        safe,
        policy,
        deadline,
        attempt,
        flag,
        has_flag,
        raised: None,
        sends: 0,
        heard: None,
        written: 0,
        waits: false,
        spent: 0,
        is_over: false,
    };
    (caller, Box::new(flow))
}

/// A world of calls; `jumps` says whether the wall clock does, which changes nothing else in it.
fn play(seed: u64, jumps: bool, undated: bool) -> (Told, Figures) {
    let mut world = World::new("calls", seed);
    let mut dice = Dice::new(seed, 1);
    let config = Config::new("sk_test_x").unwrap();
    let mut weather = Weather::new(&mut dice, LENGTH);
    weather.undated = undated;
    world.late_by = dice.pick(&[0, 0, 5, 30]);
    let mut calls = Calls {
        callers: Vec::new(),
        weather,
        seen: BTreeMap::new(),
        budget: 500,
        figures: Figures::default(),
    };
    for number in 0..1 + dice.below(60) as usize {
        let (caller, flow) = caller(&mut dice, &config, number);
        world.start(caller.start, number, flow);
        let within = dice.pick(&[100, 2000, 20_000]);
        if dice.percent(15) {
            world.drop_at(caller.start + dice.time(within), number);
        }
        if caller.has_flag && dice.percent(80) {
            world.note_at(caller.start + dice.time(within), RAISE + number as u64);
        }
        calls.callers.push(caller);
    }
    if jumps {
        let mut clock = Dice::new(seed, 2);
        for _ in 0..1 + clock.below(12) {
            let step = clock.pick(&[3_600_000, -3_600_000, 1000, -86_400_000]);
            world.clock_at(clock.time(LENGTH), step);
        }
    }
    world.run(&mut calls);
    calls.check_end();
    calls.figures.clock_steps = world.clock_steps;
    (world.told(), calls.figures.clone())
}

pub(crate) fn log(seed: u64) -> Told {
    play(seed, true, true).0
}

impl Calls {
    fn check_end(&mut self) {
        for (number, caller) in self.callers.iter().enumerate() {
            let seen = self.seen.get(&number).copied().unwrap_or_default();
            assert!(seen.received <= u64::from(caller.sends), "#{number}: {seen:?}");
            if !caller.safe {
                assert!(seen.done <= 1, "#{number} is done {} times", seen.done);
                self.figures.unsafe_done += seen.done;
            }
        }
        self.figures.calls += self.callers.len() as u64;
    }

    /// What is to be made of it, by the documentation of the policy.
    fn outcome(&self, world: &World<Result<Value, Error>>, who: usize, heard: &Heard) -> Outcome {
        let Caller { policy, safe, written, .. } = &self.callers[who];
        match heard {
            Heard::Failure(kind, reach) => Outcome {
                repeats: matches!(
                    kind,
                    FailureKind::Connect | FailureKind::Timeout(_) | FailureKind::Closed
                ) && policy.connection_errors
                    && (*safe || *reach == Reach::NotSent),
                ..Outcome::default()
            },
            Heard::Answer(Plan::Status { status, hint, .. }) => {
                let throttled = *status == 429;
                let repeats = policy.statuses.contains(status) && (*safe || throttled);
                let hint = hint.as_ref().and_then(|hint| match hint {
                    Hint::Seconds(seconds) | Hint::Dated(seconds) => {
                        Some(Duration::from_secs(*seconds))
                    }
                    Hint::Endless => Some(Duration::MAX),
                    Hint::Odd(_) => None,
                    // Held against the wall clock as it is when the answer is there.
                    Hint::Undated(seconds) => {
                        let date = (START + written + seconds) as i64 * 1000;
                        let left = date - world.moment().wall.as_millis();
                        Some(Duration::from_millis(left.max(0) as u64))
                    }
                });
                let hint = hint.filter(|hint| !hint.is_zero());
                Outcome { is_good: false, repeats, throttled, hint }
            }
            Heard::Answer(Plan::Fine | Plan::Garbage) => {
                Outcome { is_good: true, ..Outcome::default() }
            }
            Heard::Answer(Plan::Zipped | Plan::Redirect) => Outcome::default(),
        }
    }

    /// The shortest and the longest wait after the last attempt.
    fn pause(caller: &Caller, outcome: &Outcome) -> (Duration, Duration) {
        if let Some(hint) = outcome.hint {
            return (hint, hint.saturating_add((hint / 4).min(Duration::from_secs(1))));
        }
        let policy = &caller.policy;
        let first = if outcome.throttled { policy.throttled_delay } else { policy.initial_delay };
        let growth = policy.exponent.max(1.0).powi(caller.sends as i32 - 1);
        let longest = Duration::try_from_secs_f64(first.as_secs_f64() * growth)
            .unwrap_or(Duration::MAX)
            .min(policy.max_delay);
        (Duration::ZERO, longest)
    }
}

impl Play for Calls {
    type Output = Result<Value, Error>;

    fn send(&mut self, world: &mut World<Self::Output>, who: usize, outgoing: &Outgoing) -> Fate {
        let now = world.now();
        let late = Duration::from_millis(world.late_by);
        let caller = &mut self.callers[who];
        let elapsed = now - caller.start;
        assert!(elapsed < caller.deadline, "#{who}: an attempt after the deadline");
        assert_eq!(outgoing.time_left, caller.attempt.min(caller.deadline - elapsed), "#{who}");
        assert!(caller.raised.is_none(), "#{who}: an attempt after it was cancelled");
        if let Some((at, outcome)) = caller.heard.take() {
            assert!(caller.waits, "#{who}: nobody waited");
            let (shortest, longest) = Self::pause(caller, &outcome);
            let pause = now - at;
            assert!(pause >= shortest, "#{who} waited {pause:?}: not what was asked for");
            let most = longest + late;
            assert!(pause <= most, "#{who} waited {pause:?}, and at most {most:?} was due");
            assert!(
                elapsed <= caller.policy.max_elapsed.saturating_add(late),
                "#{who}: {elapsed:?} is beyond what the policy allows"
            );
            self.figures.repeats += 1;
        } else {
            assert_eq!(caller.sends, 0, "#{who}: sent again without a reason");
        }
        caller.waits = false;
        caller.sends += 1;
        assert!(caller.sends <= caller.policy.max_attempts.max(1), "#{who}: too many attempts");
        self.figures.requests += 1;
        self.weather.fate(&mut world.dice, now)
    }

    fn arrive(
        &mut self,
        world: &mut World<Self::Output>,
        who: usize,
        request: &Request<Bytes>,
        plan: &Plan,
    ) -> Response<Bytes> {
        let number: usize = request.uri().path().rsplit('/').next().unwrap().parse().unwrap();
        assert_eq!(number, who, "a request of somebody else");
        self.callers[who].written = world.now().as_secs();
        let seen = self.seen.entry(number).or_default();
        seen.received += 1;
        seen.done += u64::from(plan.works());
        plan.answer(world.now(), &json!({ "call": number, "run": seen.done }).to_string())
    }

    fn replied(&mut self, world: &World<Self::Output>, who: usize, heard: &Heard) {
        let outcome = self.outcome(world, who, heard);
        let caller = &mut self.callers[who];
        if outcome.is_good {
            self.budget = (self.budget + caller.spent.max(1)).min(500);
        }
        caller.heard = Some((world.now(), outcome));
    }

    fn wait(&mut self, world: &World<Self::Output>, who: usize, time: Duration) {
        let caller = &mut self.callers[who];
        let end = world.now() + time;
        assert!(end < caller.start + caller.deadline, "#{who}: a wait beyond the deadline");
        if caller.waits {
            return; // The next piece of the same wait.
        }
        caller.waits = true;
        let (_, outcome) = caller.heard.as_ref().unwrap();
        assert!(outcome.repeats, "#{who}: {outcome:?} is repeated");
        assert!(caller.sends < caller.policy.max_attempts, "#{who}: a wait for nothing");
        let cap = caller.policy.max_retry_after;
        assert!(outcome.hint.is_none_or(|hint| hint <= cap), "#{who}: {outcome:?} is waited for");
        let cost = if outcome.throttled { 5 } else { 14 };
        assert!(self.budget >= cost, "#{who}: nothing is left in the budget");
        self.budget -= cost;
        caller.spent += cost;
    }

    fn done(
        &mut self,
        world: &mut World<Self::Output>,
        who: usize,
        _flow: CallFlow,
        output: Self::Output,
    ) {
        let now = world.now();
        let late = Duration::from_millis(world.late_by);
        let caller = &mut self.callers[who];
        assert!(!caller.is_over, "#{who} ended twice");
        caller.is_over = true;
        let elapsed = now - caller.start;
        // Who wakes up late ends as late; nobody else does.
        let most = caller.deadline + if caller.waits { late } else { Duration::ZERO };
        assert!(elapsed <= most, "#{who} took {elapsed:?} of {:?}", caller.deadline);
        let seen = self.seen.get(&who).copied().unwrap_or_default();
        match &output {
            Ok(value) => {
                world.log(format_args!("#{who} is fine: {value}"));
                assert_eq!(value["call"], who, "the answer to another call");
                let run = value["run"].as_u64().unwrap();
                assert!((1..=seen.done).contains(&run), "#{who}: {run} of {seen:?}");
                assert!(caller.heard.as_ref().unwrap().1.is_good, "#{who}: out of nowhere");
                self.figures.good += 1;
            }
            Err(error) => {
                world.log(format_args!("#{who} fails: {error}"));
                self.failed(world, who, error, seen);
            }
        }
    }

    fn note(&mut self, world: &mut World<Self::Output>, note: u64) {
        let caller = &mut self.callers[(note - RAISE) as usize];
        caller.flag.cancel();
        caller.raised = Some(world.now());
    }
}

impl Calls {
    fn failed(
        &mut self,
        world: &World<Result<Value, Error>>,
        who: usize,
        error: &Error,
        seen: Seen,
    ) {
        let now = world.now();
        let late = Duration::from_millis(world.late_by);
        let caller = &self.callers[who];
        let elapsed = now - caller.start;
        assert_eq!(error.attempts(), caller.sends, "#{who}: {error}");
        assert_ne!(error.kind(), ErrorKind::Misuse, "#{who}: {error}");
        if !error.may_have_been_sent() {
            assert_eq!(seen.received, 0, "#{who} says that nothing was sent: {error}");
            self.figures.not_sent += 1;
        }
        if error.kind() == ErrorKind::Cancelled {
            assert!(caller.raised.is_some(), "#{who}: nobody cancelled it");
            self.figures.cancelled += 1;
        }
        if caller.waits
            && let Some(raised) = caller.raised
        {
            let slow = now - raised;
            assert!(slow <= Duration::from_millis(50) + late, "#{who}: cancelled after {slow:?}");
        }
        // Did it give up too early? After a wait only for want of time, or because somebody said so.
        let Some((at, outcome)) = &caller.heard else { return };
        if caller.waits {
            let is_late = caller.start + caller.deadline <= now;
            assert!(is_late || caller.raised.is_some(), "#{who}: {error}");
            return;
        }
        assert_eq!(*at, now, "#{who} ends out of the blue");
        if let Some(hint) = outcome.hint {
            assert_eq!(error.retry_after(), Some(hint), "#{who} hides what was asked for: {error}");
        }
        let (_, longest) = Self::pause(caller, outcome);
        let cost = if outcome.throttled { 5 } else { 14 };
        let could = outcome.repeats
            && caller.sends < caller.policy.max_attempts
            && outcome.hint.is_none_or(|hint| hint <= caller.policy.max_retry_after)
            && elapsed.saturating_add(longest) < caller.deadline
            && elapsed.saturating_add(longest) <= caller.policy.max_elapsed
            && caller.raised.is_none()
            && self.budget >= cost;
        assert!(!could, "#{who} gave up although it could go on: {error}");
    }
}

#[test]
fn calls_keep_their_promises_whatever_happens() {
    let mut all = Figures::default();
    let mut worlds = 0;
    for seed in seeds("calls", 60) {
        all.add(&play(seed, true, false).1);
        all.add(&play(seed, true, true).1);
        worlds += 2;
    }
    let Figures { calls, requests, repeats, good, not_sent, cancelled, unsafe_done, .. } = all;
    println!(
        "calls: {worlds} worlds, {calls} calls, {requests} requests, {repeats} repeated, {good} good, {cancelled} \
         cancelled; {not_sent} said not sent and 0 of them arrived; {unsafe_done} POST and PATCH done, 0 twice"
    );
    // It must have happened, or nothing was shown.
    assert!(repeats > 0 && good > 0 && not_sent > 0 && cancelled > 0 && unsafe_done > 0);
}

#[test]
fn a_wall_clock_that_jumps_changes_no_wait() {
    let (mut worlds, mut steps, mut lines) = (0, 0, 0);
    for seed in seeds("clock", 40) {
        let (still, _) = play(seed, false, false);
        let (jumped, figures) = play(seed, true, false);
        assert_eq!(still, jumped, "seed {seed}");
        worlds += 1;
        steps += figures.clock_steps;
        lines += still.lines;
    }
    assert!(steps > worlds);
    println!(
        "row 46 holds: {worlds} worlds, {steps} jumps of the wall clock, {lines} lines of log, 0 differ"
    );
    // What a date without another beside it asks for is the one thing that it changes.
    let differ = (0..40).filter(|seed| play(*seed, false, true).0 != play(*seed, true, true).0);
    assert!(differ.count() > 0, "no world had such a date");
}
