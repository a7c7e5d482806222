//! Drives flows: sends, waits, and asks what is next.
use std::{
    fmt,
    iter::FusedIterator,
    sync::Arc,
    thread,
    time::{Instant, SystemTime},
};

use clerk_core::{Event, Flow, Moment, Step, Transport};

use crate::exchange::Exchange;

/// The transport behind [`Clerk`](crate::Clerk): ureq, on the thread of the caller.
///
/// Waits between attempts block that thread too. Clones share connections.
#[derive(Clone)]
pub struct Blocking(Arc<Shared>);

struct Shared {
    exchange: Exchange,
    /// The clocks when the driver started.
    start: (SystemTime, Instant),
}

impl Blocking {
    pub(crate) fn new(exchange: Exchange) -> Self {
        Self(Arc::new(Shared { exchange, start: (SystemTime::now(), Instant::now()) }))
    }

    fn now(&self) -> Moment {
        let (wall, steady) = self.0.start;
        Moment::new(wall, steady.elapsed(), SystemTime::now())
    }

    fn drive<F: Flow>(&self, flow: &mut F) -> F::Output {
        let mut event = Event::Start;
        loop {
            event = match flow.advance(event, self.now()) {
                Step::Send(outgoing) => Event::Reply(self.0.exchange.run(outgoing)),
                Step::Wait(time) => {
                    thread::sleep(time);
                    Event::Elapsed
                }
                Step::Done(output) => return output,
            };
        }
    }
}

impl fmt::Debug for Blocking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blocking").finish_non_exhaustive()
    }
}

impl Transport for Blocking {
    type Outcome<R: Send + 'static> = R;
    type Items<W: Flow + 'static> = Items<W>;

    fn run<F: Flow + 'static>(&self, mut flow: F) -> F::Output {
        self.drive(&mut flow)
    }

    fn walk<W: Flow + 'static>(&self, flow: W) -> Items<W> {
        Items { blocking: self.clone(), flow, over: false }
    }
}

/// A list as an iterator: what `pages()` and `items()` give.
///
/// Each step asks the server only if it must, and may block for that. After an error it is over.
#[must_use = "iterators do nothing until they are iterated"]
pub struct Items<W> {
    blocking: Blocking,
    flow: W,
    over: bool,
}

impl<W> Items<W> {
    /// The flow behind it, which knows where the list stands.
    pub fn flow(&self) -> &W {
        &self.flow
    }
}

impl<W: fmt::Debug> fmt::Debug for Items<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("flow", &self.flow)
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}

impl<W: Flow<Output = Option<I>>, I> Iterator for Items<W> {
    type Item = I;

    fn next(&mut self) -> Option<I> {
        if self.over {
            return None;
        }
        let item = self.blocking.drive(&mut self.flow);
        self.over = item.is_none();
        item
    }
}

impl<W: Flow<Output = Option<I>>, I> FusedIterator for Items<W> {}
