//! The pool of connections.
use std::sync::{Arc, OnceLock};

use clerk_core::connection::Connections;
use http::{
    HeaderMap, Request, Response,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{self, connect::capture_connection},
    rt::{TokioExecutor, TokioTimer},
};

use crate::{
    body::Body,
    builder::{INGRESS_BESIDE_BODY, LONGEST_IDLE, READ_BUFFER},
    connector::{Connect, Guard, Guarded},
};

type Client = legacy::Client<Guard, Body>;

/// A pool, and another one for servers whose answers have two lengths (see [`has_two_lengths`]).
///
/// To end the connection that brought an answer costs something for each request, before anybody knows
/// the answer. So it is paid for only after the first such answer: its connection stays behind in a pool
/// that nobody uses any more.
pub(crate) struct Pool {
    guard: Guard,
    settings: Connections,
    usual: Client,
    careful: OnceLock<Client>,
}

impl Pool {
    pub(crate) fn new(connector: Box<dyn Connect>, settings: Connections) -> Self {
        let ingress = (settings.max_response_body as u64).saturating_add(INGRESS_BESIDE_BODY);
        let limit = settings.connect_timeout;
        let guard = Guard(Arc::new(Guarded { connector, limit, ingress, streams: false }));
        let usual = client(&guard, &settings);
        Self { guard, settings, usual, careful: OnceLock::new() }
    }

    /// The answer, as far as its head.
    pub(crate) async fn request(
        &self,
        mut request: Request<Body>,
    ) -> Result<Response<Incoming>, legacy::Error> {
        let Some(careful) = self.careful.get() else {
            let response = self.usual.request(request).await?;
            if has_two_lengths(response.headers()) {
                self.careful.get_or_init(|| client(&self.guard, &self.settings));
            }
            return Ok(response);
        };
        let connection = capture_connection(&mut request);
        let response = careful.request(request).await?;
        if has_two_lengths(response.headers())
            && let Some(connection) = &*connection.connection_metadata()
        {
            connection.poison();
        }
        Ok(response)
    }
}

/// Whether an answer has a length and chunks: it is read by its chunks, but a proxy on the way may have
/// gone by the length, and then the next bytes belong to somebody else's answer (RFC 9112, 6.3).
pub(crate) fn has_two_lengths(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING) && headers.contains_key(CONTENT_LENGTH)
}

fn client(guard: &Guard, settings: &Connections) -> Client {
    legacy::Client::builder(TokioExecutor::new())
        // Without a timer the idle timeout would be looked at only when a connection is wanted.
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(settings.idle_timeout.min(LONGEST_IDLE))
        .pool_max_idle_per_host(settings.max_idle_connections)
        // The core repeats what was not sent, within its limits and where it is counted.
        .retry_canceled_requests(false)
        // The limit on fields is left as it is: setting it costs an allocation for each answer.
        .http1_max_buf_size(READ_BUFFER)
        .build(guard.clone())
}
