//! One request, one answer.
use std::{io::Read as _, time::Duration};

use bytes::Bytes;
use clerk_core::{
    Failure, Outgoing,
    connection::{Proxy, check_head},
};
use http::{
    Method, Request, Response, StatusCode,
    header::{CONTENT_LENGTH, TRANSFER_ENCODING},
};
use ureq::{Agent, AsSendBody, Body, Error};

use crate::{
    classify::{Progress, classify},
    wire,
};

/// How much room there is first for a body whose length is not announced.
const FIRST_ROOM: usize = 16 << 10;

/// Sends requests with an agent.
pub(crate) struct Exchange {
    pub(crate) agent: Agent,
    /// Whether the agent's connections are made by us, and so are watched.
    pub(crate) watched: bool,
    pub(crate) max_body: usize,
    /// The proxy that we gave to the agent.
    pub(crate) proxy: Option<Proxy>,
    /// Who answers instead, if anybody does.
    #[cfg(feature = "testing")]
    pub(crate) stand_in: Option<clerk_core::testing::StandInTransport>,
}

impl Exchange {
    pub(crate) fn run(&self, outgoing: Outgoing) -> Result<Response<Bytes>, Failure> {
        let Outgoing { request, time_left, .. } = outgoing;
        #[cfg(feature = "testing")]
        if let Some(stand_in) = &self.stand_in {
            return Ok(stand_in.answer(request, std::time::SystemTime::now().into()));
        }
        let (head, body) = request.into_parts();
        // For ureq an empty slice is a body of length zero, and `()` is no body. Without a length,
        // these methods would be sent as an endless stream of chunks.
        let has_body =
            !body.is_empty() || matches!(head.method, Method::POST | Method::PUT | Method::PATCH);
        wire::begin();
        let answer = if has_body {
            self.agent.run(self.configure(Request::from_parts(head, &*body), time_left))
        } else {
            self.agent.run(self.configure(Request::from_parts(head, ()), time_left))
        };
        let (head, body) = answer.map_err(|error| classify(error, self.progress()))?.into_parts();
        // ureq takes a few fields more.
        check_head(head.status, None, &head.headers)?;
        // Chunks count then, but who says both may be two who disagree: where this answer ends, and
        // what comes after it, is not to be trusted.
        if head.headers.contains_key(TRANSFER_ENCODING) && head.headers.contains_key(CONTENT_LENGTH)
        {
            wire::discard();
        }
        let body = self.read(head.status, body)?;
        Ok(Response::from_parts(head, body))
    }

    fn configure<B: AsSendBody>(&self, request: Request<B>, time_left: Duration) -> Request<B> {
        let direct = self.proxy.as_ref().is_some_and(|proxy| !proxy.covers(request.uri()));
        let mut configured = self
            .agent
            .configure_request(request)
            .timeout_global(Some(time_left.min(wire::LONGEST)));
        if direct {
            configured = configured.proxy(None);
        }
        if !self.watched {
            // Ours are made so. Whatever the caller's agent does else, these are not to be changed: an
            // answer that says no must come back, and the key goes nowhere but where it was sent to.
            configured = configured
                .http_status_as_error(false)
                .max_redirects(0)
                .max_redirects_will_error(false)
                .accept_encoding("");
        }
        configured.build()
    }

    fn progress(&self) -> Progress {
        match self.watched {
            false => Progress::Unwatched,
            true if wire::sent() => Progress::Sent,
            true => Progress::NotSent,
        }
    }

    fn read(&self, status: StatusCode, mut body: Body) -> Result<Bytes, Failure> {
        let failed = |error| Err(classify(error, Progress::Answered(status)));
        let too_large = Error::BodyExceedsLimit(self.max_body as u64);
        // None is announced where chunks, or the end of the connection, say how long it is.
        let announced = usize::try_from(body.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
        let mut content = Vec::new();
        if announced > self.max_body || content.try_reserve_exact(announced).is_err() {
            return failed(too_large);
        }
        let mut body = body.as_reader();
        loop {
            let room = content.capacity().saturating_sub(content.len());
            match body.by_ref().take(room as u64).read_to_end(&mut content) {
                // Out of the error that it was wrapped in.
                Err(error) => return failed(error.into()),
                Ok(read) if read < room => return Ok(content.into()),
                Ok(_) => {}
            }
            // It is full, and perhaps that is all.
            let mut next = [0];
            match body.read(&mut next) {
                Err(error) => return failed(error.into()),
                Ok(0) => return Ok(content.into()),
                Ok(_) if content.len() >= self.max_body => return failed(too_large),
                Ok(_) => {}
            }
            // Twice as much, as a vector grows by itself, but for what can never come.
            let grown = content.len().saturating_mul(2).max(FIRST_ROOM).min(self.max_body);
            if content.try_reserve_exact(grown.saturating_sub(content.len())).is_err() {
                return failed(too_large);
            }
            content.extend_from_slice(&next);
        }
    }
}
