//! Lists as streams.
use std::{
    fmt,
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll, ready},
};

use clerk_core::{Event, Flow, Step};
use futures_core::{FusedStream, Stream};

use crate::{BoxFuture, Hyper};

/// The pages or items of a list, as a stream: what `pages()` and `items()` of an operation give.
///
/// ```no_run
/// # use clerk_hyper::{Error, Flow, Items};
/// # async fn show<W: Flow<Output = Option<Result<u64, Error>>> + 'static>(mut items: Items<W>) -> Result<(), Error> {
/// while let Some(item) = items.next().await {
///     println!("{}", item?);
/// }
/// # Ok(())
/// # }
/// ```
///
/// It is a [`Stream`] too, for everything that takes one. Only what needs the network costs an
/// allocation: items of a page that is at hand come straight from it. A future of
/// [`next`](Self::next) that is dropped loses nothing; the stream goes on where it was.
#[must_use = "a stream does nothing until it is polled"]
pub struct Items<W: Flow> {
    hyper: Hyper,
    state: State<W>,
}

enum State<W: Flow> {
    Ready(W),
    Busy(BoxFuture<(W, W::Output)>),
    /// With the flow, unless a panic took it away.
    Over(Option<W>),
}

impl<W: Flow> Items<W> {
    pub(crate) fn new(hyper: Hyper, flow: W) -> Self {
        Self { hyper, state: State::Ready(flow) }
    }

    /// The flow behind it, which knows where the list stands; `None` while it waits for an answer.
    pub fn flow(&self) -> Option<&W> {
        match &self.state {
            State::Ready(flow) => Some(flow),
            State::Busy(_) => None,
            State::Over(flow) => flow.as_ref(),
        }
    }
}

impl<I: Send + 'static, W: Flow<Output = Option<I>> + 'static> Items<W> {
    /// The next one, or `None` at the end of the list.
    #[allow(clippy::should_implement_trait)] // It is asynchronous.
    pub async fn next(&mut self) -> Option<I> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    fn poll_output(&mut self, cx: &mut Context<'_>) -> Poll<Option<I>> {
        if let State::Ready(flow) = &mut self.state {
            let step = match flow.advance(Event::Start, self.hyper.now()) {
                Step::Done(output) => return Poll::Ready(output),
                step => step,
            };
            let State::Ready(mut flow) = std::mem::replace(&mut self.state, State::Over(None))
            else {
                return Poll::Ready(None);
            };
            let hyper = self.hyper.clone();
            self.state = State::Busy(Box::pin(async move {
                let output = hyper.drive(&mut flow, step).await;
                (flow, output)
            }));
        }
        let State::Busy(busy) = &mut self.state else { return Poll::Ready(None) };
        let (flow, output) = ready!(busy.as_mut().poll(cx));
        self.state = State::Ready(flow);
        Poll::Ready(output)
    }
}

/// Nothing in it is pinned in place: the future is behind a box of its own.
impl<W: Flow> Unpin for Items<W> {}

impl<I: Send + 'static, W: Flow<Output = Option<I>> + 'static> Stream for Items<W> {
    type Item = I;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<I>> {
        let output = ready!(self.poll_output(cx));
        if output.is_none() {
            let state = std::mem::replace(&mut self.state, State::Over(None));
            self.state = match state {
                State::Ready(flow) => State::Over(Some(flow)),
                over => over,
            };
        }
        Poll::Ready(output)
    }
}

impl<I: Send + 'static, W: Flow<Output = Option<I>> + 'static> FusedStream for Items<W> {
    fn is_terminated(&self) -> bool {
        matches!(self.state, State::Over(_))
    }
}

impl<W: Flow + fmt::Debug> fmt::Debug for Items<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            State::Ready(flow) => f.debug_tuple("Items").field(flow).finish(),
            State::Busy(_) => f.write_str("Items(under way)"),
            State::Over(_) => f.write_str("Items(over)"),
        }
    }
}
