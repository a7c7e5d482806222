//! What every connection goes through: the proof of what was sent, and the limit on what comes in.
use std::{
    cell::Cell,
    io,
    time::{Duration, Instant},
};

use clerk_core::FailureKind;
use ureq::{
    Error,
    unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport},
};

use crate::classify::ours;

/// How large the head of an answer may be. It is also the size of the input buffer: an input buffer
/// that is full without a whole head in it is the sign of a larger one. (ureq's own check counts
/// whatever follows an interim answer, too.)
pub(crate) const MAX_HEAD: usize = 64 << 10;
/// What may come in beside the body: heads, interim answers, the framing of chunks. With the last read, which is of one
/// buffer at the most, that is 1 MiB.
const OVERHEAD: usize = (1 << 20) - MAX_HEAD;

thread_local! {
    // ureq runs an exchange, the reading of its body included, on the caller's thread.
    /// Whether a byte of the current exchange's request was handed to the network.
    static SENT: Cell<bool> = const { Cell::new(false) };
    /// While a connection is being made: when that must be done.
    static CONNECT_BY: Cell<Option<Instant>> = const { Cell::new(None) };
    /// Whether the current exchange's connection is for no other.
    static DISCARD: Cell<bool> = const { Cell::new(false) };
}

/// An exchange begins on this thread.
pub(crate) fn begin() {
    SENT.set(false);
    CONNECT_BY.set(None);
    DISCARD.set(false);
}

/// Whether a byte of the current exchange's request was handed to the network.
pub(crate) fn sent() -> bool {
    SENT.get()
}

/// Keeps the connection of the current exchange out of the pool.
pub(crate) fn discard() {
    DISCARD.set(true);
}

/// What is left of `timeout`: while a connection is being made, all steps of that share one limit,
/// where ureq gives each step the whole of it.
pub(crate) fn left(mut timeout: NextTimeout) -> Result<NextTimeout, Error> {
    if let Some(by) = CONNECT_BY.get() {
        timeout.after = timeout.after.min(by.saturating_duration_since(Instant::now()).into());
        // For ureq's sockets, zero is a second.
        if timeout.after.is_zero() {
            return Err(Error::Timeout(timeout.reason));
        }
    }
    Ok(timeout)
}

/// How finely a socket is told how much time is left. ureq tells it before each read and write, but
/// for what it was told last: with a time that is the same from call to call, that is no system call.
const STEP: Duration = Duration::from_millis(500);

/// Whole steps of `timeout`, and what that leaves; all of it and nothing when it is short.
fn in_steps(timeout: NextTimeout) -> (NextTimeout, Duration) {
    let exact = *timeout.after;
    if exact < 2 * STEP || timeout.after.is_not_happening() {
        return (timeout, Duration::ZERO);
    }
    let rest = Duration::from_nanos((exact.as_nanos() % STEP.as_nanos()) as u64);
    (NextTimeout { after: (exact - rest).into(), ..timeout }, rest)
}

/// Makes connections with `C`, and watches them.
#[derive(Debug)]
pub(crate) struct Watch<C> {
    pub(crate) connector: C,
    pub(crate) max_body: usize,
}

impl<C: Connector> Connector for Watch<C> {
    type Out = Watched<C::Out>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        // The connection to a proxy is made in the course of making the one through it.
        let outermost = CONNECT_BY.get().is_none();
        if outermost {
            // There always is a limit, and a short one: see `LONGEST`.
            CONNECT_BY.set(Instant::now().checked_add(*details.timeout.after));
        }
        let made = self.connector.connect(details, chained);
        if outermost {
            CONNECT_BY.set(None);
        }
        let budget = self.max_body.saturating_add(OVERHEAD);
        Ok(made?.map(|transport| Watched { transport, received: 0, budget }))
    }
}

/// A connection that is watched.
#[derive(Debug)]
pub(crate) struct Watched<T> {
    transport: T,
    /// How much came in since something was sent.
    received: usize,
    budget: usize,
}

impl<T: Transport> Transport for Watched<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.transport.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        // What a proxy is asked for is no part of the request.
        if CONNECT_BY.get().is_none() {
            SENT.set(true);
        }
        self.received = 0;
        // A write that hangs may end half a second early: what was written of it is not known, so
        // it cannot go on.
        self.transport.transmit_output(amount, in_steps(left(timeout)?).0)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        let before = self.transport.buffers().input().len();
        if before >= MAX_HEAD {
            return Err(Error::LargeResponseHeader(before, MAX_HEAD));
        }
        let (timeout, rest) = in_steps(left(timeout)?);
        let more = match self.transport.await_input(timeout) {
            Err(Error::Timeout(_)) if !rest.is_zero() => {
                self.transport.await_input(NextTimeout { after: rest.into(), ..timeout })
            }
            more => more,
        };
        let more = more.map_err(cut_off)?;
        let after = self.transport.buffers().input().len();
        self.received = self.received.saturating_add(after.saturating_sub(before));
        if self.received > self.budget {
            // Interim answers without end, for example.
            let problem = "far more came in than the largest answer needs";
            return Err(ours(FailureKind::Protocol, problem));
        }
        Ok(more)
    }

    fn is_open(&mut self) -> bool {
        // ureq asks this, too, before it keeps a connection for later.
        !DISCARD.get() && self.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }
}

/// ureq takes a reset in the middle of a body for its end, and would hand out half an answer if
/// nothing but the end of the connection says how long it is. Under another kind it is an error.
fn cut_off(error: Error) -> Error {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    match error {
        Error::Io(error)
            if matches!(error.kind(), UnexpectedEof | ConnectionAborted | ConnectionReset) =>
        {
            Error::Io(io::Error::new(BrokenPipe, error))
        }
        error => error,
    }
}

/// The longest time that is handed to ureq and the system: some add it to a clock, and some cannot
/// express more.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);
