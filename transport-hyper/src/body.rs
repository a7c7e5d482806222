//! Bodies: what is sent, and how far it got; what is received, and how much of it.
use std::{
    convert::Infallible,
    fmt,
    future::poll_fn,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, Ordering::Relaxed},
    },
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};
use clerk_core::{Failure, FailureKind, Reach, connection::check_head};
use http::{Response, StatusCode};
use http_body::{Frame, SizeHint};
use hyper::ext::ReasonPhrase;

use crate::{BoxError, classify::classify};

/// How far an attempt got. Written where it happens, read when time is up.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// Whether the body of the request was looked at.
    written: AtomicBool,
    /// The status of the answer; 0 before there is one.
    status: AtomicU16,
}

impl Progress {
    pub(crate) fn is_written(&self) -> bool {
        self.written.load(Relaxed)
    }

    pub(crate) fn status(&self) -> Option<StatusCode> {
        StatusCode::from_u16(self.status.load(Relaxed)).ok()
    }
}

/// The body of a request: some bytes that are at hand, or nothing.
///
/// What a service given to [`ClerkBuilder::service`](crate::ClerkBuilder::service) receives. `Debug` shows the length only.
pub struct Body {
    data: Bytes,
    progress: Option<Arc<Progress>>,
}

impl Body {
    pub(crate) fn new(data: Bytes, progress: &Arc<Progress>) -> Self {
        Self { data, progress: Some(Arc::clone(progress)) }
    }

    /// Whether there is none. Not a look: nothing is sent by asking.
    pub(crate) fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// All of it, for services that answer without sending it on.
    pub fn into_bytes(self) -> Bytes {
        self.data
    }

    /// hyper asks a body whether it is empty before it writes the first byte of the head: a body
    /// that nobody looked at was not sent, and neither was anything else of the request.
    fn look(&self) {
        if let Some(progress) = &self.progress {
            progress.written.store(true, Relaxed);
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.data.len())
    }
}

impl From<Bytes> for Body {
    fn from(data: Bytes) -> Self {
        Self { data, progress: None }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.look();
        let data = std::mem::take(&mut self.data);
        Poll::Ready((!data.is_empty()).then_some(Ok(Frame::data(data))))
    }

    fn is_end_stream(&self) -> bool {
        self.look();
        self.data.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.look();
        SizeHint::with_exact(self.data.len() as u64)
    }
}

/// Receives the body of an answer, up to `max` bytes.
pub(crate) async fn receive<B>(
    response: Response<B>,
    progress: &Progress,
    max: usize,
) -> Result<Response<Bytes>, Failure>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>>,
{
    let (head, body) = response.into_parts();
    progress.status.store(head.status.as_u16(), Relaxed);
    // What hyper limits is its buffer, and that is larger.
    let reason = head.extensions.get::<ReasonPhrase>().map(ReasonPhrase::as_bytes);
    check_head(head.status, reason, &head.headers)?;
    match collect(body, max).await {
        Ok(body) => Ok(Response::from_parts(head, body)),
        Err(failure) => Err(failure.with_status(head.status)),
    }
}

async fn collect<B>(body: B, max: usize) -> Result<Bytes, Failure>
where
    B: http_body::Body<Data: Buf, Error: Into<BoxError>>,
{
    // Before anything is allocated: what is announced may be a lie, or the truth.
    let announced = body.size_hint().lower();
    if announced > max as u64 {
        return Err(too_large(format!("its body has more than {max} bytes")));
    }
    let mut body = pin!(body);
    let mut first = Bytes::new();
    let mut all = Vec::new();
    while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let frame = frame.map_err(|error| classify(error.into(), Some(true)))?;
        // Trailers say nothing that anyone asked for.
        let Ok(mut data) = frame.into_data() else { continue };
        let length = data.remaining();
        if length > max.saturating_sub(first.len()).saturating_sub(all.len()) {
            return Err(too_large(format!("its body has more than {max} bytes")));
        }
        if first.is_empty() && all.is_empty() {
            // Most answers are one piece, which is handed on as it is.
            first = data.copy_to_bytes(length);
            continue;
        }
        if all.is_empty() {
            // Exactly what is announced, so that it becomes `Bytes` without another copy.
            let announced = usize::try_from(announced).unwrap_or(max);
            all.reserve_exact(announced.max(first.len().saturating_add(length)));
            all.extend_from_slice(&std::mem::take(&mut first));
        }
        let wanted = all.len().saturating_add(length);
        if wanted > all.capacity() {
            // Twice as much, as a vector grows by itself, but for what can never come.
            let grown = all.capacity().saturating_mul(2).min(max).max(wanted);
            all.reserve_exact(grown.saturating_sub(all.len()));
        }
        while data.has_remaining() {
            let chunk = data.chunk();
            all.extend_from_slice(chunk);
            let taken = chunk.len();
            data.advance(taken);
        }
    }
    Ok(if all.is_empty() { first } else { all.into() })
}

fn too_large(detail: String) -> Failure {
    Failure::new(FailureKind::TooLarge, Reach::MaybeSent, detail.clone()).with_detail(detail)
}
