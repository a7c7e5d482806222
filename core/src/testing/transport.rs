//! A transport that asks a stand-in in the same process.
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};

use super::StandIn;
use crate::{Event, Flow, Moment, Outgoing, Step, Timestamp, Transport};

/// A [`Transport`] that asks a [`StandIn`] in the same process: nothing waits, nothing is sent, and
/// the clock only moves when a flow wants to wait. Clones share the stand-in.
#[derive(Clone, Debug)]
pub struct StandInTransport(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    stand_in: StandIn,
    now: Moment,
}

impl StandInTransport {
    /// Over this stand-in, at the time 1,800,000,000 (January 2027).
    pub fn new(stand_in: StandIn) -> Self {
        let now = Moment::at(std::time::Duration::from_secs(1_800_000_000));
        Self(Arc::new(Mutex::new(State { stand_in, now })))
    }

    /// Looks at the stand-in, or changes it.
    pub fn with<R>(&self, use_it: impl FnOnce(&mut StandIn) -> R) -> R {
        self.state(|state| use_it(&mut state.stand_in))
    }

    /// Answers a request, as [`StandIn::handle`] does.
    pub fn answer(&self, request: Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        self.with(|stand_in| stand_in.handle(request, now))
    }

    /// The time, which moves by the waits that flows ask for.
    pub fn now(&self) -> Timestamp {
        self.state(|state| state.now.wall)
    }

    fn state<R>(&self, use_it: impl FnOnce(&mut State) -> R) -> R {
        // A panic elsewhere leaves the stand-in as it was between two requests.
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn drive<F: Flow>(&self, flow: &mut F) -> F::Output {
        let mut event = Event::Start;
        loop {
            let now = self.state(|state| state.now);
            event = match flow.advance(event, now) {
                Step::Send(Outgoing { request, .. }) => Event::Reply(Ok(
                    self.state(|state| state.stand_in.handle(request, state.now.wall))
                )),
                Step::Wait(time) => {
                    self.state(|state| state.now = state.now.after(time));
                    Event::Elapsed
                }
                Step::Done(output) => return output,
            };
        }
    }
}

impl Transport for StandInTransport {
    type Outcome<R: Send + 'static> = R;
    type Items<W: Flow + 'static> = Walk<W>;

    fn run<F: Flow + 'static>(&self, mut flow: F) -> F::Output {
        self.drive(&mut flow)
    }

    fn walk<W: Flow + 'static>(&self, flow: W) -> Walk<W> {
        Walk { transport: self.clone(), flow, over: false }
    }
}

/// A list as an iterator.
#[derive(Debug)]
pub struct Walk<W> {
    transport: StandInTransport,
    flow: W,
    over: bool,
}

impl<W: Flow<Output = Option<I>>, I> Iterator for Walk<W> {
    type Item = I;

    fn next(&mut self) -> Option<I> {
        if self.over {
            return None;
        }
        let item = self.transport.drive(&mut self.flow);
        self.over = item.is_none();
        item
    }
}
