//! A transport that asks a stand-in in the same process.
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};

use super::StandIn;
use crate::{Event, Flow, Moment, Outgoing, Step, Timestamp, Transport};

/// A [`Transport`] that asks a [`StandIn`] in the same process: nothing waits, nothing is sent, and
/// the clock is a number, which moves when a flow wants to wait, and when it is
/// [told to](Self::advance). Clones share the stand-in and the clock.
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
        let now = Moment::at(Duration::from_secs(1_800_000_000));
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

    /// The time, which moves by the waits that flows ask for, and by [`advance`](Self::advance).
    pub fn now(&self) -> Timestamp {
        self.state(|state| state.now.wall)
    }

    /// Lets time pass: on the clock by which tokens are judged, and on the one by which keys get old.
    ///
    /// Clients of the transport crates that have this stand-in behind them go by the system's clock
    /// nevertheless: this moves it only for a [`Client`](crate::Client) over this very transport.
    ///
    /// ```
    /// # #[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))] {
    /// use std::time::Duration;
    /// use clerk_core::{Client, Config, auth::Reason, testing::{StandIn, StandInTransport, TestKey}};
    ///
    /// let api = StandInTransport::new(StandIn::new("sk_test_abc"));
    /// let clerk = Client::new(Config::new("sk_test_abc")?, api.clone(), 7);
    /// let verifier = clerk.verifier().any_issuer().build()?;
    ///
    /// // A session token lives for a minute, and clocks may differ by 5 s.
    /// let token = TestKey::first().session("user_1").mint(api.now().as_secs());
    /// api.advance(Duration::from_secs(64));
    /// assert!(clerk.run(verifier.verify(&token)).is_ok());
    /// api.advance(Duration::from_secs(1));
    /// assert_eq!(clerk.run(verifier.verify(&token)).unwrap_err().reason(), Reason::TokenExpired);
    /// # }
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn advance(&self, time: Duration) {
        self.state(|state| state.now = state.now.after(time));
    }

    /// Sets the time. If it is ahead, what lies between passes, as with [`advance`](Self::advance); if it
    /// is behind, the clock is set back, and nothing gets any younger.
    pub fn set_now(&self, now: Timestamp) {
        self.state(|state| {
            let ahead = now.as_millis().saturating_sub(state.now.wall.as_millis());
            let ahead = Duration::from_millis(u64::try_from(ahead).unwrap_or(0));
            state.now = Moment { wall: now, ..state.now.after(ahead) };
        });
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
