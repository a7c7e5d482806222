//! Virtual time, and who does what in it.
use std::{
    collections::{BTreeMap, VecDeque},
    fmt::Write as _,
    time::Duration,
};

use bytes::Bytes;
use clerk_core::{
    Event, Failure, FailureKind, Flow, Moment, Outgoing, Phase, Reach, Step, Timestamp,
};
use http::{Request, Response};

use crate::server::{End, Fate, Plan};

/// When worlds begin, in Unix seconds.
pub(crate) const START: u64 = 1_800_000_000;
/// How many things may happen in one world.
const MOST: u64 = 2_000_000;

/// Numbers that look random, and are the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64, salt: u64) -> Self {
        let mut dice = Self(seed ^ salt.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        dice.next();
        dice
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    pub(crate) fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    pub(crate) fn pick<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len() as u64) as usize].clone()
    }

    /// A time below so many milliseconds, to the nanosecond.
    pub(crate) fn time(&mut self, millis: u64) -> Duration {
        Duration::from_nanos(self.below(millis * 1_000_000))
    }
}

/// What is checked, and who answers.
pub(crate) trait Play: Sized {
    type Output: Send + 'static;

    /// A request was sent: what becomes of it?
    fn send(&mut self, world: &mut World<Self::Output>, who: usize, outgoing: &Outgoing) -> Fate;

    /// It has reached the server, which does its work and says this.
    fn arrive(
        &mut self,
        world: &mut World<Self::Output>,
        who: usize,
        request: &Request<Bytes>,
        plan: &Plan,
    ) -> Response<Bytes>;

    /// The caller is about to hear of it.
    fn replied(&mut self, world: &World<Self::Output>, who: usize, heard: &Heard) {
        let _ = (world, who, heard);
    }

    /// A flow wants to wait.
    fn wait(&mut self, world: &World<Self::Output>, who: usize, time: Duration) {
        let _ = (world, who, time);
    }

    /// A flow has an output; it can be started again.
    fn done(
        &mut self,
        world: &mut World<Self::Output>,
        who: usize,
        flow: Running<Self::Output>,
        output: Self::Output,
    );

    /// Something of its own happens now.
    fn note(&mut self, world: &mut World<Self::Output>, note: u64) {
        let _ = (world, note);
    }
}

/// What a caller hears about a request.
pub(crate) enum Heard {
    Answer(Plan),
    Failure(FailureKind, Reach),
}

pub(crate) type Running<T> = Box<dyn Flow<Output = T>>;

enum Due {
    Start(usize),
    Arrives(u64),
    Replies(u64),
    Elapsed(usize),
    Drop(usize),
    Note(u64),
    /// The wall clock jumps by so many milliseconds.
    Clock(i64),
}

struct Exchange {
    who: usize,
    request: Request<Bytes>,
    fate: Fate,
    /// Whether the transport gives up before there is an answer.
    is_late: bool,
    answer: Option<Response<Bytes>>,
}

/// What a world has come to: two that are equal took the same steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) hash: u64,
    pub(crate) lines: u64,
    pub(crate) bytes: u64,
}

/// Everybody, the network between them, and both clocks.
pub(crate) struct World<T> {
    name: &'static str,
    seed: u64,
    now: Duration,
    /// What the wall clock is ahead, in milliseconds.
    ahead: i64,
    /// By time, and then by the order of being planned.
    queue: BTreeMap<(Duration, u64), Due>,
    planned: u64,
    flows: BTreeMap<usize, Running<T>>,
    exchanges: BTreeMap<u64, Exchange>,
    in_flight: BTreeMap<usize, u64>,
    sent: u64,
    /// Drivers wake up by less than so many milliseconds late; on time if 0.
    pub(crate) late_by: u64,
    late: Dice,
    pub(crate) dice: Dice,
    told: Told,
    tail: VecDeque<String>,
    pub(crate) clock_steps: u64,
}

impl<T: Send + 'static> World<T> {
    pub(crate) fn new(name: &'static str, seed: u64) -> Self {
        Self {
            name,
            seed,
            now: Duration::ZERO,
            ahead: 0,
            queue: BTreeMap::new(),
            planned: 0,
            flows: BTreeMap::new(),
            exchanges: BTreeMap::new(),
            in_flight: BTreeMap::new(),
            sent: 0,
            late_by: 0,
            late: Dice::new(seed, 11),
            dice: Dice::new(seed, 7),
            told: Told { hash: 0xCBF2_9CE4_8422_2325, lines: 0, bytes: 0 },
            tail: VecDeque::new(),
            clock_steps: 0,
        }
    }

    /// The time since the beginning, on the clock that never jumps.
    pub(crate) fn now(&self) -> Duration {
        self.now
    }

    /// What a driver reads off both clocks.
    pub(crate) fn moment(&self) -> Moment {
        let mut moment = Moment::at(Duration::from_secs(START) + self.now);
        moment.wall = Timestamp::from_millis(moment.wall.as_millis() + self.ahead);
        moment
    }

    pub(crate) fn told(&self) -> Told {
        self.told.clone()
    }

    /// Starts a flow at a time that is not over.
    pub(crate) fn start(&mut self, at: Duration, who: usize, flow: Running<T>) {
        self.flows.insert(who, flow);
        self.plan(at, Due::Start(who));
    }

    /// Drops a flow then, wherever it stands.
    pub(crate) fn drop_at(&mut self, at: Duration, who: usize) {
        self.plan(at, Due::Drop(who));
    }

    pub(crate) fn note_at(&mut self, at: Duration, note: u64) {
        self.plan(at, Due::Note(note));
    }

    pub(crate) fn clock_at(&mut self, at: Duration, millis: i64) {
        self.plan(at, Due::Clock(millis));
    }

    fn plan(&mut self, at: Duration, due: Due) {
        self.planned += 1;
        self.queue.insert((at.max(self.now), self.planned), due);
    }

    pub(crate) fn log(&mut self, line: std::fmt::Arguments<'_>) {
        let mut text = if self.tail.len() < 60 {
            String::new()
        } else {
            self.tail.pop_front().unwrap_or_default()
        };
        text.clear();
        write!(text, "{}.{:09} ", self.now.as_secs(), self.now.subsec_nanos()).unwrap();
        text.write_fmt(line).unwrap();
        // FNV-1a on eight bytes at a time, and on the length, which is where a line ends.
        let mut add = |word: u64| {
            let hash = (self.told.hash ^ word).wrapping_mul(0x0000_0100_0000_01B3);
            self.told.hash = hash ^ (hash >> 32);
        };
        for chunk in text.as_bytes().chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            add(u64::from_le_bytes(word));
        }
        add(text.len() as u64);
        self.told.lines += 1;
        self.told.bytes += text.len() as u64 + 1;
        self.tail.push_back(text);
    }

    /// Lets everything happen, until nothing is planned any more.
    pub(crate) fn run<P: Play<Output = T>>(&mut self, play: &mut P) {
        let mut steps = 0;
        while let Some(((at, _), due)) = self.queue.pop_first() {
            steps += 1;
            assert!(steps < MOST, "it goes on for ever");
            self.now = at;
            match due {
                Due::Start(who) => self.tell(play, who, Event::Start),
                Due::Elapsed(who) => self.tell(play, who, Event::Elapsed),
                Due::Arrives(number) => self.arrive(play, number),
                Due::Replies(number) => self.reply(play, number),
                Due::Drop(who) => self.drop_flow(who),
                Due::Note(note) => play.note(self, note),
                Due::Clock(millis) => {
                    // Not in the log: that it changes nothing is seen by comparing logs.
                    self.ahead += millis;
                    self.clock_steps += 1;
                }
            }
        }
        assert!(self.flows.is_empty(), "{} flows never ended", self.flows.len());
    }

    fn drop_flow(&mut self, who: usize) {
        if self.flows.remove(&who).is_some() {
            self.log(format_args!("#{who} goes away"));
            if let Some(number) = self.in_flight.remove(&who)
                && self.dice.percent(50)
            {
                // What is not on its way yet never will be.
                self.exchanges.remove(&number);
            }
        }
    }

    /// Tells a flow what happened, and does what it wants.
    fn tell<P: Play<Output = T>>(&mut self, play: &mut P, who: usize, event: Event) {
        let Some(mut flow) = self.flows.remove(&who) else { return };
        match flow.advance(event, self.moment()) {
            Step::Send(outgoing) => {
                self.flows.insert(who, flow);
                self.send(play, who, outgoing);
            }
            Step::Wait(time) => {
                self.flows.insert(who, flow);
                self.log(format_args!("#{who} waits {time:?}"));
                play.wait(self, who, time);
                let late = self.late.time(self.late_by);
                self.plan(self.now + time + late, Due::Elapsed(who));
            }
            Step::Done(output) => play.done(self, who, flow, output),
        }
    }

    fn send<P: Play<Output = T>>(&mut self, play: &mut P, who: usize, outgoing: Outgoing) {
        assert!(!outgoing.time_left.is_zero(), "an attempt without time");
        let fate = play.send(self, who, &outgoing);
        let (method, uri) = (outgoing.request.method(), outgoing.request.uri());
        self.log(format_args!(
            "#{who} sends {method} {uri}, {:?} left: {fate:?}",
            outgoing.time_left
        ));
        self.sent += 1;
        let (number, patience) = (self.sent, outgoing.time_left);
        let end = match &fate {
            Fate::Unsent(_, after) | Fate::Lost(_, after) => *after,
            Fate::Served { there, back, .. } => {
                self.plan(self.now + *there, Due::Arrives(number));
                *there + *back
            }
        };
        let exchange = Exchange {
            who,
            request: outgoing.request,
            fate,
            is_late: end > patience,
            answer: None,
        };
        self.exchanges.insert(number, exchange);
        self.in_flight.insert(who, number);
        // This is what bounds an attempt: the transport, to the nanosecond.
        self.plan(self.now + end.min(patience), Due::Replies(number));
    }

    fn arrive<P: Play<Output = T>>(&mut self, play: &mut P, number: u64) {
        let Some(mut exchange) = self.exchanges.remove(&number) else { return };
        if let Fate::Served { plan, .. } = &exchange.fate {
            let answer = play.arrive(self, exchange.who, &exchange.request, plan);
            self.log(format_args!("#{} is answered {}", exchange.who, answer.status().as_u16()));
            exchange.answer = Some(answer);
        }
        if self.in_flight.get(&exchange.who) == Some(&number) {
            self.exchanges.insert(number, exchange);
        }
    }

    fn reply<P: Play<Output = T>>(&mut self, play: &mut P, number: u64) {
        // An answer that nobody waits for any more may still have to be worked for.
        let Some(exchange) = self.exchanges.get(&number) else { return };
        let who = exchange.who;
        if self.in_flight.get(&who) != Some(&number) {
            return;
        }
        let failed = |kind, reach| Err((kind, reach, None));
        let heard = match &exchange.fate {
            Fate::Unsent(..) if exchange.is_late => {
                failed(FailureKind::Timeout(Phase::Connect), Reach::NotSent)
            }
            Fate::Unsent(kind, _) => failed(*kind, Reach::NotSent),
            _ if exchange.is_late => failed(FailureKind::Timeout(Phase::Headers), Reach::MaybeSent),
            Fate::Lost(kind, _) => failed(*kind, Reach::MaybeSent),
            Fate::Served { plan, end, .. } => match (end, &exchange.answer) {
                (End::Whole, Some(answer)) => Ok((answer.clone(), plan.clone())),
                (End::Cut(kind), Some(answer)) => {
                    Err((*kind, Reach::MaybeSent, Some(answer.status())))
                }
                (End::Lost(kind), _) => failed(*kind, Reach::MaybeSent),
                (_, None) => panic!("an answer without an arrival"),
            },
        };
        self.in_flight.remove(&who);
        if exchange.answer.is_some() || !matches!(exchange.fate, Fate::Served { .. }) {
            self.exchanges.remove(&number);
        }
        let event = match heard {
            Ok((answer, plan)) => {
                play.replied(self, who, &Heard::Answer(plan));
                Event::Reply(Ok(answer))
            }
            Err((kind, reach, status)) => {
                self.log(format_args!("#{who} fails: {kind:?}, {reach:?}"));
                play.replied(self, who, &Heard::Failure(kind, reach));
                let failure = Failure::new(kind, reach, "as the script says");
                Event::Reply(Err(match status {
                    Some(status) => failure.with_status(status),
                    None => failure,
                }))
            }
        };
        self.tell(play, who, event);
    }
}

impl<T> Drop for World<T> {
    /// Whatever failed: which world it was, and what happened last.
    fn drop(&mut self) {
        if std::thread::panicking() {
            let tail: Vec<_> = self.tail.iter().map(String::as_str).collect();
            eprintln!("{}\n{}: seed {} at {:?}", tail.join("\n"), self.name, self.seed, self.now);
        }
    }
}
