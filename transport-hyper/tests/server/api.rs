//! The API, as far as the stand-in plays it, behind a socket and a gate.
use std::{convert::Infallible, time::SystemTime};

use clerk_core::testing::{StandIn, StandInTransport};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use tokio::sync::watch;
use tower::service_fn;

use crate::{
    ISSUER, SECRET_KEY,
    wire::{Body, Served, serve},
};

/// A server that answers what the stand-in does, but not before the gate is open.
pub(crate) struct Api {
    pub(crate) url: String,
    pub(crate) stand_in: StandInTransport,
    gate: watch::Sender<bool>,
    asked: watch::Receiver<usize>,
    served: Served,
}

impl Api {
    pub(crate) async fn start() -> Self {
        let api = Self::held().await;
        api.release();
        api
    }

    /// Answers nobody before it is [released](Self::release).
    pub(crate) async fn held() -> Self {
        let mut stand_in = StandIn::new(SECRET_KEY);
        stand_in.set_issuer(ISSUER);
        let stand_in = StandInTransport::new(stand_in);
        let (gate, _) = watch::channel(false);
        let (asks, asked) = watch::channel(0);
        let (answers, open) = (stand_in.clone(), gate.clone());
        let served = serve(service_fn(move |request: Request<Incoming>| {
            asks.send_modify(|asked| *asked += 1);
            reply(request, answers.clone(), open.subscribe())
        }))
        .await;
        Self { url: format!("http://{}", served.address), stand_in, gate, asked, served }
    }

    pub(crate) fn release(&self) {
        self.gate.send_replace(true);
    }

    /// Waits until that many requests have come, and says that there are no more of them.
    pub(crate) async fn asked(&self, count: usize) {
        let mut asked = self.asked.clone();
        asked.wait_for(|asked| *asked >= count).await.unwrap();
        assert_eq!(self.count(), count);
    }

    /// How many requests have come.
    pub(crate) fn count(&self) -> usize {
        *self.asked.borrow()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> usize {
        self.served.accepted()
    }

    /// What was answered, such as `GET /v1/jwks 200`.
    pub(crate) fn log(&self) -> Vec<String> {
        let line = |served: &clerk_core::testing::Served| {
            format!("{} {} {}", served.method, served.path, served.status.as_u16())
        };
        self.stand_in.with(|stand_in| stand_in.requests().map(line).collect())
    }
}

async fn reply(
    request: Request<Incoming>,
    stand_in: StandInTransport,
    mut open: watch::Receiver<bool>,
) -> Result<Response<Body>, Infallible> {
    open.wait_for(|open| *open).await.unwrap();
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let answer = stand_in.answer(Request::from_parts(parts, body), SystemTime::now().into());
    Ok(answer.map(Full::new))
}
