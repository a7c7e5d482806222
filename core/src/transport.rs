//! What it takes to put the SDK on another HTTP stack.
use crate::Flow;

/// Runs flows: the one place where the SDK meets the world.
///
/// `clerk-hyper` and `clerk-blocking` implement it; so can you, in a few lines, for any runtime.
/// The facade (`client.users().get(…).send()`) exists once for all of them, and what `send` gives
/// is up to the transport: the result itself, or a future of it.
///
/// ```
/// use clerk_core::{Client, Config, Event, Failure, FailureKind, Flow, Moment, Reach, Step, Transport};
///
/// /// A transport that has no network.
/// struct Offline;
///
/// impl Transport for Offline {
///     type Outcome<R: Send + 'static> = R;
///     type Items<W: Flow + 'static> = std::iter::Empty<W::Output>;
///
///     fn run<F: Flow + 'static>(&self, mut flow: F) -> F::Output {
///         let now = Moment::at(std::time::Duration::ZERO);
///         let mut event = Event::Start;
///         loop {
///             event = match flow.advance(event, now) {
///                 Step::Send(_) => Event::Reply(Err(Failure::new(FailureKind::Connect, Reach::NotSent, "no network"))),
///                 Step::Wait(_) => Event::Elapsed, // a real one waits
///                 Step::Done(output) => return output,
///             };
///         }
///     }
///
///     fn walk<W: Flow + 'static>(&self, _: W) -> Self::Items<W> {
///         std::iter::empty()
///     }
/// }
///
/// let client = Client::new(Config::new("sk_test_abc")?, Offline, 7);
/// let error = client.users().get("user_1").send().unwrap_err();
/// assert_eq!(error.to_string(), "GetUser: could not connect (nothing was sent) (attempt 3)");
/// # Ok::<(), clerk_core::Error>(())
/// ```
pub trait Transport {
    /// What running a flow gives the caller: `R` itself, or a future of it.
    type Outcome<R: Send + 'static>;
    /// What walking a list gives the caller: an iterator, or a stream.
    type Items<W: Flow + 'static>;

    /// Drives `flow` to its end.
    fn run<F: Flow + 'static>(&self, flow: F) -> Self::Outcome<F::Output>;

    /// Drives `flow` to its end again and again, until it gives `None`.
    fn walk<W: Flow + 'static>(&self, flow: W) -> Self::Items<W>;
}
