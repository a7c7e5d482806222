//! One operation, sent and repeated until it is answered for good.
use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::{
    Event, Failure, FailureKind, Flow, Outgoing, Reach, Step,
    retry::{Budget, mix, retry_after},
};
use crate::{
    ApiResponse, CallOptions, Config, Error, Moment, Operation, RetryPolicy, RetrySafety,
    error::Before, response,
};

/// How long a wait may be if somebody may cancel it.
const CANCEL_SLICE: Duration = Duration::from_millis(50);

/// A [`Flow`]: one operation, sent and repeated until it is answered for good.
///
/// The first attempt is built straight from the operation and moved out, and so is each further
/// one: what is never repeated is never copied.
#[derive(Debug)]
pub struct Call<O: Operation> {
    operation: O,
    attempts: Attempts,
}

impl<O: Operation> Call<O> {
    /// Prepares `operation`. `seed` feeds the jitter of the waits and nothing else: let it differ
    /// from call to call.
    pub fn new(operation: O, config: &Config, seed: u64) -> Self {
        Self { operation, attempts: Attempts::new(config.clone(), None, seed) }
    }

    /// The same, with options for this call.
    pub fn with_options(operation: O, config: &Config, seed: u64, options: CallOptions) -> Self {
        Self::boxed(operation, config, seed, Some(Box::new(options)))
    }

    pub(crate) fn boxed(
        operation: O,
        config: &Config,
        seed: u64,
        options: Option<Box<CallOptions>>,
    ) -> Self {
        Self { operation, attempts: Attempts::new(config.clone(), options, seed) }
    }

    /// The same flow, giving the value together with status, headers, trace id, attempts and body.
    pub fn with_response(self) -> CallWithResponse<O> {
        CallWithResponse(self)
    }

    fn step(&mut self, event: Event, now: Moment) -> Step<Result<Response<Bytes>, Error>> {
        self.attempts.advance(event, now, &self.operation)
    }
}

impl<O: Operation> Flow for Call<O> {
    type Output = Result<O::Output, Error>;

    fn advance(&mut self, event: Event, now: Moment) -> Step<Self::Output> {
        match self.step(event, now) {
            Step::Send(outgoing) => Step::Send(outgoing),
            Step::Wait(time) => Step::Wait(time),
            Step::Done(reply) => Step::Done(reply.and_then(|reply| {
                let (head, body) = reply.into_parts();
                O::decode(&body).map_err(|problem| {
                    self.attempts.name(
                        response::unreadable(&head, body, problem),
                        Operation::name(&self.operation),
                    )
                })
            })),
        }
    }
}

/// A [`Flow`]: as [`Call`], giving the value together with what came with it.
#[derive(Debug)]
pub struct CallWithResponse<O: Operation>(Call<O>);

impl<O: Operation> Flow for CallWithResponse<O> {
    type Output = Result<ApiResponse<O::Output>, Error>;

    fn advance(&mut self, event: Event, now: Moment) -> Step<Self::Output> {
        match self.0.step(event, now) {
            Step::Send(outgoing) => Step::Send(outgoing),
            Step::Wait(time) => Step::Wait(time),
            Step::Done(reply) => Step::Done(reply.and_then(|reply| {
                let (head, body) = reply.into_parts();
                match O::decode(&body) {
                    Ok(value) => Ok(ApiResponse::new(value, head, body, self.0.attempts.sent)),
                    Err(problem) => Err(self.0.attempts.name(
                        response::unreadable(&head, body, problem),
                        Operation::name(&self.0.operation),
                    )),
                }
            })),
        }
    }
}

/// What [`Attempts`] needs to know of an operation: so the machine exists once, and not once for
/// each operation.
trait AnyOperation {
    fn name(&self) -> Cow<'static, str>;
    fn is_safe(&self) -> bool;
    fn build(
        &self,
        config: &Config,
        options: Option<&CallOptions>,
    ) -> Result<Request<Bytes>, Error>;
}

impl<O: Operation> AnyOperation for O {
    fn name(&self) -> Cow<'static, str> {
        Operation::name(self)
    }

    fn is_safe(&self) -> bool {
        self.retry_safety() == RetrySafety::Safe
    }

    fn build(
        &self,
        config: &Config,
        options: Option<&CallOptions>,
    ) -> Result<Request<Bytes>, Error> {
        self.draft(config, options)
    }
}

/// The machine behind a call: attempts, waits, limits.
#[derive(Debug)]
struct Attempts {
    config: Config,
    options: Option<Box<CallOptions>>,
    state: State,
    /// How often the request was sent.
    sent: u32,
    /// When the call began, on the steady clock.
    start: Duration,
    /// The latest reading of the steady clock: a driver's mistake must not extend a deadline.
    latest: Duration,
    /// What retries took from the budget.
    spent: u32,
    jitter: u64,
    /// How far the attempts so far got.
    before: Before,
    /// Why the last attempt is being repeated.
    last: Option<Error>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Ready,
    Sent,
    /// `until` is where the wait ends if all of its pieces are on time; who wakes up late is not to be
    /// late once for each piece.
    Waiting {
        left: Duration,
        until: Duration,
    },
    Finished,
}

type Replied = Result<Response<Bytes>, Error>;

impl Attempts {
    fn new(config: Config, options: Option<Box<CallOptions>>, seed: u64) -> Self {
        Self {
            config,
            options,
            state: State::Ready,
            sent: 0,
            start: Duration::ZERO,
            latest: Duration::ZERO,
            spent: 0,
            jitter: seed,
            before: Before::NotSent,
            last: None,
        }
    }

    fn advance(
        &mut self,
        event: Event,
        now: Moment,
        operation: &dyn AnyOperation,
    ) -> Step<Replied> {
        self.latest = self.latest.max(now.steady);
        let step = match (self.state, event) {
            (State::Ready, Event::Start) => {
                self.start = now.steady;
                self.send(operation)
            }
            (State::Sent, Event::Reply(reply)) => self.settle(reply, now, operation),
            (State::Waiting { left, until }, Event::Elapsed) => {
                match left.min(until.saturating_sub(self.latest)) {
                    Duration::ZERO => self.send(operation),
                    left => self.wait(left, until),
                }
            }
            (State::Finished, _) => Step::Done(Err(Error::misuse("the call is over already"))),
            // Never guess: what is guessed wrong here is sent twice.
            (state, _) => {
                if state == State::Sent {
                    self.before = Before::MaybeSent;
                }
                Step::Done(Err(Error::misuse(
                    "the driver reported an event that does not follow the last step",
                )))
            }
        };
        match step {
            Step::Done(Err(error)) => {
                self.state = State::Finished;
                Step::Done(Err(self.name(error, operation.name())))
            }
            Step::Done(Ok(reply)) => {
                self.state = State::Finished;
                Step::Done(Ok(reply))
            }
            step => step,
        }
    }

    fn send(&mut self, operation: &dyn AnyOperation) -> Step<Replied> {
        if self.is_cancelled() {
            return Step::Done(Err(Error::cancelled()));
        }
        match operation.build(&self.config, self.options.as_deref()) {
            Err(error) => Step::Done(Err(error)),
            Ok(request) => {
                let (attempt, total) = self.limits();
                let left = self.start.saturating_add(total).saturating_sub(self.latest);
                if left.is_zero() {
                    return Step::Done(Err(Error::deadline(self.last.take())));
                }
                self.sent = self.sent.saturating_add(1);
                self.state = State::Sent;
                Step::Send(Outgoing { request, time_left: left.min(attempt) })
            }
        }
    }

    fn settle(
        &mut self,
        reply: Result<Response<Bytes>, Failure>,
        now: Moment,
        operation: &dyn AnyOperation,
    ) -> Step<Replied> {
        let policy = self.policy();
        let safe = operation.is_safe() || policy.repeat_maybe_sent;
        let (error, repeat, hint, throttled, reached) = match reply {
            Ok(response) => {
                let (status, hint) =
                    (response.status(), retry_after(response.headers(), Some(now.wall)));
                match response::accept(response, hint) {
                    Ok(response) => {
                        self.config.inner().budget.refund(self.spent);
                        return Step::Done(Ok(response));
                    }
                    Err(error) => {
                        // A 429 is refused before any work, so repeating it is always safe.
                        let throttled = status == StatusCode::TOO_MANY_REQUESTS;
                        let repeat = error.api().is_some()
                            && policy.statuses.contains(&status.as_u16())
                            && (safe || throttled);
                        let reached = if throttled { Before::Refused } else { Before::MaybeSent };
                        (error, repeat, hint, throttled, reached)
                    }
                }
            }
            Err(failure) => {
                let transient = matches!(
                    failure.kind,
                    FailureKind::Connect | FailureKind::Timeout(_) | FailureKind::Closed
                );
                let maybe_sent = failure.reach == Reach::MaybeSent;
                let repeat = transient && policy.connection_errors && (safe || !maybe_sent);
                let reached = if maybe_sent { Before::MaybeSent } else { Before::NotSent };
                (failure.into(), repeat, None, false, reached)
            }
        };
        if !repeat
            || self.sent >= policy.max_attempts
            || hint.is_some_and(|hint| hint > policy.max_retry_after)
        {
            return Step::Done(Err(error));
        }
        let max_elapsed = policy.max_elapsed;
        let ceiling = policy.ceiling(self.sent, throttled);
        let pause = match hint {
            // Never less than asked; a little more, so that not all clients come back at once.
            Some(hint) => hint.saturating_add(self.random((hint / 4).min(Duration::from_secs(1)))),
            None => self.random(ceiling),
        };
        let next = self.latest.saturating_sub(self.start).saturating_add(pause);
        if next >= self.limits().1 {
            // A hint is worth more to the caller than the word that time is short.
            return Step::Done(Err(if hint.is_some() { error } else { self.late(error, reached) }));
        }
        let cost = if throttled { Budget::THROTTLED } else { Budget::TRANSIENT };
        if next > max_elapsed || self.is_cancelled() || !self.config.inner().budget.spend(cost) {
            return Step::Done(Err(error));
        }
        self.spent = self.spent.saturating_add(cost);
        self.before = self.before.max(reached);
        self.last = Some(error);
        self.wait(pause, self.latest.saturating_add(pause))
    }

    /// The deadline, with what went wrong before it.
    fn late(&mut self, last: Error, reached: Before) -> Error {
        self.before = self.before.max(reached);
        Error::deadline(Some(last))
    }

    fn wait(&mut self, time: Duration, until: Duration) -> Step<Replied> {
        if self.is_cancelled() {
            return Step::Done(Err(Error::cancelled()));
        }
        let can_be_cancelled =
            self.options.as_ref().is_some_and(|options| options.cancel.is_some());
        let slice = if can_be_cancelled { time.min(CANCEL_SLICE) } else { time };
        self.state = State::Waiting { left: time.saturating_sub(slice), until };
        Step::Wait(slice)
    }

    /// Up to `ceiling`, evenly.
    fn random(&mut self, ceiling: Duration) -> Duration {
        let ceiling = u64::try_from(ceiling.as_nanos()).unwrap_or(u64::MAX);
        Duration::from_nanos(
            mix(&mut self.jitter).checked_rem(ceiling.saturating_add(1)).unwrap_or(0),
        )
    }

    fn policy(&self) -> &RetryPolicy {
        let own = self.options.as_ref().and_then(|options| options.retry.as_ref());
        own.unwrap_or(&self.config.inner().retry)
    }

    /// The time limits of an attempt and of the call.
    fn limits(&self) -> (Duration, Duration) {
        let inner = self.config.inner();
        let (attempt, deadline) = self
            .options
            .as_ref()
            .map_or((None, None), |options| (options.attempt_timeout, options.deadline));
        // Who gives an upload more time in all gives it to the attempt.
        (attempt.or(deadline).unwrap_or(inner.attempt_timeout), deadline.unwrap_or(inner.deadline))
    }

    fn is_cancelled(&self) -> bool {
        self.options
            .as_ref()
            .and_then(|options| options.cancel.as_ref())
            .is_some_and(crate::CancelFlag::is_cancelled)
    }

    /// Says in an error which operation failed, and after what.
    fn name(&self, error: Error, operation: Cow<'static, str>) -> Error {
        error.during(operation, self.sent).after(self.before)
    }
}
