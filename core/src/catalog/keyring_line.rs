//! One verifier that fetches its keys, in virtual time: no clock, and the same answer every time.
use std::{collections::BTreeMap, time::Duration};

use serde_json::{Map, Value, json};

use super::{
    auth_line::{Asked, Kind, Refusal, needed, verifier},
    line::Problem,
    request_line::Reply,
};
use crate::{
    Config, Event, Flow, Moment, Reach, Step,
    auth::{
        Auth, M2mAuth, OauthAuth, Refresh, SessionAuth, TemplateAuth, TokenKind, Verifier,
        VerifyError,
    },
};

/// More verifications than this are not simulated: they have to fit into memory.
const MAX_COUNT: u64 = 1_000_000;
/// How long an answer takes, unless the question says so.
const LATENCY: u64 = 100;
/// How long a transport waits for an answer that does not come.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long virtual time goes on after the last step.
const REST: Duration = Duration::from_secs(120);

pub(super) fn keyring(question: Asked<'_>) -> Result<Value, Refusal> {
    let options = needed("options", question.object("options")?)?;
    let kind = Kind::read(options)?;
    let steps = needed("steps", question.list("steps")?)?;
    let steps = steps.iter().map(Todo::read).collect::<Result<Vec<_>, _>>()?;
    if !steps.is_sorted_by_key(|step| step.at) {
        return Err(Problem::new("`steps` are not in order of `at`").into());
    }
    if steps.iter().fold(0_u64, |all, step| all.saturating_add(step.count())) > MAX_COUNT {
        return Err(Problem::new("`count` is too large to be tried").into());
    }
    let latency = Duration::from_millis(question.whole("latency_ms")?.unwrap_or(LATENCY));
    let config = question.text("secret_key")?.map(Config::new).transpose()?;
    let verifier = verifier(question, options, config.as_ref())?;

    let mut world = World::new(verifier, kind, latency);
    let end = steps.last().map_or(Duration::ZERO, |step| step.at).saturating_add(REST);
    for step in steps {
        world.step(step);
    }
    world.pass(|at| at <= end);
    Ok(world.answer())
}

/// One step of the question.
struct Todo {
    at: Duration,
    what: What,
}

enum What {
    /// From now on this answers.
    Server(Server),
    /// These begin.
    Verify { token: String, count: u64, abandon: bool },
}

/// What requests are answered.
enum Server {
    Reply(Reply),
    /// Nothing.
    Hang,
}

impl Todo {
    fn read(step: &Value) -> Result<Self, Problem> {
        let step = step.as_object().map(Asked);
        let step = step.ok_or_else(|| Problem::new("one of `steps` is not an object"))?;
        let at = Duration::from_millis(needed("at", step.whole("at")?)?);
        let what = match (step.object("server")?, step.text("verify")?) {
            (Some(server), None) => What::Server(if server.flag("hang")? {
                Server::Hang
            } else {
                Server::Reply(Reply::read(server)?)
            }),
            (None, Some(token)) => What::Verify {
                token: token.to_owned(),
                count: step.whole("count")?.unwrap_or(1),
                abandon: step.flag("abandon")?,
            },
            _ => return Err(Problem::new("a step has either `server` or `verify`")),
        };
        Ok(Self { at, what })
    }

    fn count(&self) -> u64 {
        match self.what {
            What::Server(_) => 0,
            What::Verify { count, .. } => count,
        }
    }
}

type AnyFlow<R> = Box<dyn Flow<Output = R>>;

/// What is under way.
enum Running {
    Verification {
        flow: AnyFlow<Result<(), VerifyError>>,
        outcome: usize,
        since: Duration,
    },
    /// A refresh beside verifications.
    Refresh(Box<Refresh>),
}

/// A verification of whichever kind: what it shows does not matter here, only whether it does.
struct Verified<F>(F);

impl<K: 'static, F: Flow<Output = Result<K, VerifyError>>> Flow for Verified<F> {
    type Output = Result<(), VerifyError>;

    fn advance(&mut self, event: Event, now: Moment) -> Step<Self::Output> {
        self.0.advance(event, now).map(|verdict| verdict.map(drop))
    }
}

/// What became of the verifications of one step.
#[derive(Default)]
struct Outcome {
    count: u64,
    ok: u64,
    signed_out: BTreeMap<&'static str, u64>,
    unavailable: BTreeMap<&'static str, u64>,
    longest: Duration,
}

/// Something that happens later to a flow.
#[derive(Clone, Copy)]
enum Due {
    /// Its wait is over.
    Wait(u64),
    /// Its request may be answered, or given up.
    Request(u64),
}

/// The world around the verifier.
struct World {
    verifier: Verifier,
    kind: Kind,
    latency: Duration,
    server: Server,
    now: Duration,
    /// What is under way, by numbers that are given in order and once.
    running: BTreeMap<u64, Running>,
    next: u64,
    /// What is going to happen, in order of time, and then of being known.
    due: BTreeMap<Duration, Vec<Due>>,
    /// When the requests were sent that are not answered, by the flow that sent them.
    in_flight: BTreeMap<u64, Duration>,
    requests: Vec<Duration>,
    outcomes: Vec<Outcome>,
}

impl World {
    fn new(verifier: Verifier, kind: Kind, latency: Duration) -> Self {
        Self {
            verifier,
            kind,
            latency,
            server: Server::Reply(Reply::Failure(Reach::NotSent)),
            now: Duration::ZERO,
            running: BTreeMap::new(),
            next: 0,
            due: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            requests: Vec::new(),
            outcomes: Vec::new(),
        }
    }

    /// Lets time pass until a step, and takes it.
    fn step(&mut self, step: Todo) {
        match step.what {
            What::Server(server) => {
                // What is answered at this very moment gets the new answer already.
                self.pass(|at| at < step.at);
                self.now = step.at;
                self.server = server;
                // Requests whose answer is overdue need not wait for anything else now.
                let in_flight: Vec<_> = self.in_flight.keys().copied().collect();
                for number in in_flight {
                    self.settle(number);
                }
            }
            What::Verify { token, count, abandon } => {
                // What arrives at this very moment is there already.
                self.pass(|at| at <= step.at);
                self.now = step.at;
                self.verify(&token, count, abandon);
            }
        }
        self.refresh();
    }

    fn verify(&mut self, token: &str, count: u64, abandon: bool) {
        let outcome = self.outcomes.len();
        self.outcomes.push(Outcome { count, ..Outcome::default() });
        let first = self.next;
        for _ in 0..count {
            let verifier = self.verifier.clone();
            let flow = match self.kind {
                Kind::Session => any::<SessionAuth>(&verifier, token),
                Kind::Template => any::<TemplateAuth>(&verifier, token),
                Kind::M2m => any::<M2mAuth>(&verifier, token),
                Kind::Oauth => any::<OauthAuth>(&verifier, token),
                Kind::Any => any::<Auth>(&verifier, token),
            };
            self.start(Running::Verification { flow, outcome, since: self.now });
        }
        if abandon {
            for (number, running) in self.running.split_off(&first) {
                match running {
                    Running::Verification { .. } => {
                        self.in_flight.remove(&number);
                    }
                    refresh => {
                        self.running.insert(number, refresh);
                    }
                }
            }
        }
    }

    /// Begins a refresh beside everything else if one is due, as transports do.
    fn refresh(&mut self) {
        if let Some(refresh) = self.verifier.due_refresh() {
            self.start(Running::Refresh(Box::new(refresh)));
        }
    }

    fn start(&mut self, running: Running) {
        let number = self.next;
        self.next += 1;
        self.advance(number, running, Event::Start);
    }

    /// Tells a flow what happened, and notes what it wants.
    fn advance(&mut self, number: u64, mut running: Running, event: Event) {
        let now = Moment::at(self.now);
        let step = match &mut running {
            Running::Verification { flow, .. } => flow.advance(event, now).map(Some),
            Running::Refresh(flow) => flow.advance(event, now).map(|_| None),
        };
        match (step, &running) {
            (Step::Wait(time), _) => self.plan(time, Due::Wait(number)),
            (Step::Send(_), _) => {
                self.requests.push(self.now);
                self.in_flight.insert(number, self.now);
                self.plan(self.latency, Due::Request(number));
                self.plan(PATIENCE, Due::Request(number));
            }
            (Step::Done(verdict), Running::Verification { outcome, since, .. }) => {
                if let Some((verdict, outcome)) = verdict.zip(self.outcomes.get_mut(*outcome)) {
                    outcome.add(&verdict, self.now.saturating_sub(*since));
                }
                return self.refresh();
            }
            (Step::Done(_), Running::Refresh(_)) => return,
        }
        self.running.insert(number, running);
    }

    fn plan(&mut self, after: Duration, due: Due) {
        self.due.entry(self.now.saturating_add(after)).or_default().push(due);
    }

    /// Lets everything happen whose time is such.
    fn pass(&mut self, is_time: impl Fn(Duration) -> bool) {
        while let Some(entry) = self.due.first_entry()
            && is_time(*entry.key())
        {
            let (at, all) = entry.remove_entry();
            self.now = at;
            for due in all {
                match due {
                    Due::Request(number) => self.settle(number),
                    Due::Wait(number) => {
                        if let Some(running) = self.running.remove(&number) {
                            self.advance(number, running, Event::Elapsed);
                        }
                    }
                }
            }
        }
    }

    /// Answers a request if that is due. One that the server keeps waiting is answered once it no
    /// longer does, or given up by the transport.
    fn settle(&mut self, number: u64) {
        let Some(sent) = self.in_flight.get(&number) else { return };
        let age = self.now.saturating_sub(*sent);
        let reply = match &self.server {
            Server::Reply(reply) if age >= self.latency => reply.clone(),
            Server::Hang if age >= PATIENCE => Reply::Failure(Reach::MaybeSent),
            _ => return,
        };
        self.in_flight.remove(&number);
        if let Some(running) = self.running.remove(&number) {
            self.advance(number, running, reply.event());
        }
    }

    fn answer(self) -> Value {
        let millis = |time: &Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        json!({
            "outcomes": self.outcomes.iter().map(Outcome::shown).collect::<Vec<_>>(),
            "requests": self.requests.iter().map(millis).collect::<Vec<_>>(),
        })
    }
}

fn any<K: TokenKind>(verifier: &Verifier, token: &str) -> AnyFlow<Result<(), VerifyError>> {
    Box::new(Verified(verifier.verify_as::<K>(token)))
}

impl Outcome {
    fn add(&mut self, verdict: &Result<(), VerifyError>, time: Duration) {
        match verdict {
            Ok(()) => self.ok += 1,
            Err(error) => {
                let counts = if error.is_unavailable() {
                    &mut self.unavailable
                } else {
                    &mut self.signed_out
                };
                *counts.entry(error.reason().code()).or_default() += 1;
            }
        }
        self.longest = self.longest.max(time);
    }

    fn shown(&self) -> Value {
        let done = self.ok + self.signed_out.values().chain(self.unavailable.values()).sum::<u64>();
        json!({
            "ok": self.ok,
            "signed_out": counts(&self.signed_out),
            "unavailable": counts(&self.unavailable),
            "pending": self.count.saturating_sub(done),
            // Whole milliseconds, and no wait is none.
            "max_ms": u64::try_from(self.longest.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX),
        })
    }
}

fn counts(counts: &BTreeMap<&'static str, u64>) -> Map<String, Value> {
    counts.iter().map(|(reason, count)| ((*reason).to_owned(), (*count).into())).collect()
}
