//! Runs flows.
use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use clerk_core::{
    Event, Failure, FailureKind, Flow, Moment, Outgoing, Phase, Reach, Step, Transport,
};
use http::{HeaderValue, Method, Request, Response, header::CONTENT_LENGTH};
use hyper_util::client::legacy;

use crate::{
    BoxFuture, Items,
    body::{Body, Progress, receive},
    classify::classify,
    pool::Pool,
    service::Own,
};

/// The transport behind [`Clerk`](crate::Clerk): runs flows on hyper, or on a service of the
/// caller's. Clones share the connections.
#[derive(Clone)]
pub struct Hyper(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) service: Service,
    /// The largest body of an answer.
    pub(crate) max_body: usize,
    /// Where this driver's steady clock starts.
    pub(crate) start: (SystemTime, Instant),
}

/// What requests are sent with.
pub(crate) enum Service {
    Pool(Box<Pool>),
    Own(Box<dyn Own>),
}

impl fmt::Debug for Hyper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hyper").field("max_response_body", &self.0.max_body).finish_non_exhaustive()
    }
}

impl Transport for Hyper {
    /// One allocation; nothing happens before it is polled.
    type Outcome<R: Send + 'static> = BoxFuture<R>;
    type Items<W: Flow + 'static> = Items<W>;

    fn run<F: Flow + 'static>(&self, mut flow: F) -> BoxFuture<F::Output> {
        let hyper = self.clone();
        Box::pin(async move {
            let step = flow.advance(Event::Start, hyper.now());
            hyper.drive(&mut flow, step).await
        })
    }

    fn walk<W: Flow + 'static>(&self, flow: W) -> Items<W> {
        Items::new(self.clone(), flow)
    }
}

impl Hyper {
    pub(crate) fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    pub(crate) fn now(&self) -> Moment {
        let (wall, steady) = self.0.start;
        Moment::new(wall, steady.elapsed(), SystemTime::now())
    }

    /// Takes a flow from this step to its end.
    pub(crate) async fn drive<F: Flow>(
        &self,
        flow: &mut F,
        mut step: Step<F::Output>,
    ) -> F::Output {
        loop {
            let event = match step {
                Step::Send(outgoing) => Event::Reply(self.attempt(outgoing).await),
                Step::Wait(time) => {
                    tokio::time::sleep(time).await;
                    Event::Elapsed
                }
                Step::Done(output) => return output,
            };
            step = flow.advance(event, self.now());
        }
    }

    /// One attempt, from connecting to the last byte of the answer.
    async fn attempt(&self, outgoing: Outgoing) -> Result<Response<Bytes>, Failure> {
        // What a timer cannot tell from nothing.
        if outgoing.time_left < Duration::from_millis(1) {
            let kind = FailureKind::Timeout(Phase::Connect);
            return Err(Failure::new(kind, Reach::NotSent, "no time is left"));
        }
        let progress = Arc::<Progress>::default();
        let exchange = self.exchange(outgoing.request, &progress);
        let lost = match tokio::time::timeout(outgoing.time_left, exchange).await {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(lost)) => lost,
            Err(late) => Lost::Late(late),
        };
        let status = progress.status();
        // The exchange is over. If the request's body is gone with it, nobody can look at it any
        // more, on no other thread either: only then is it proof that nobody has.
        let unsent = Arc::into_inner(progress).is_some_and(|progress| !progress.is_written());
        Err(match lost {
            Lost::Known(failure) => failure,
            Lost::OfPool(error) => classify(error.into(), Some(!unsent)),
            Lost::Late(late) => {
                // Only our own pool is known to look at the body before it writes.
                let ours = matches!(self.0.service, Service::Pool(_));
                let (phase, reach) = match status {
                    Some(_) => (Phase::Body, Reach::MaybeSent),
                    None if ours && unsent => (Phase::Connect, Reach::NotSent),
                    None => (Phase::Headers, Reach::MaybeSent),
                };
                let mut failure = Failure::new(FailureKind::Timeout(phase), reach, late);
                failure.status = status;
                failure
            }
        })
    }

    async fn exchange(
        &self,
        request: Request<Bytes>,
        progress: &Arc<Progress>,
    ) -> Result<Response<Bytes>, Lost> {
        let mut request = request.map(|data| Body::new(data, progress));
        announce_nothing(&mut request);
        match &self.0.service {
            Service::Pool(pool) => {
                let response = pool.request(request).await.map_err(Lost::OfPool)?;
                receive(response, progress, self.0.max_body).await
            }
            Service::Own(own) => own.send(request, Arc::clone(progress), self.0.max_body).await,
        }
        .map_err(Lost::Known)
    }
}

/// Why there is no answer.
enum Lost {
    /// All is said.
    Known(Failure),
    /// The pool gave up, before there was a head of an answer.
    OfPool(legacy::Error),
    Late(tokio::time::error::Elapsed),
}

/// Says `content-length: 0` where a body is usual and there is none: hyper does not, and some
/// servers insist.
fn announce_nothing(request: &mut Request<Body>) {
    let usual = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
    if usual && request.body().is_empty() {
        request.headers_mut().entry(CONTENT_LENGTH).or_insert(HeaderValue::from_static("0"));
    }
}
