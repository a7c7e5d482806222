//! The stand-in in the place of the API, for tests of applications.
use std::{future::ready, sync::Arc, time::SystemTime};

use bytes::Bytes;
use clerk_core::{Failure, testing::StandInTransport};
use http::{Request, Response};

use crate::{
    BoxFuture,
    body::{Body, Progress},
    service::Own,
};

impl Own for StandInTransport {
    fn send(
        &self,
        request: Request<Body>,
        _: Arc<Progress>,
        _: usize,
    ) -> BoxFuture<Result<Response<Bytes>, Failure>> {
        let response = self.answer(request.map(Body::into_bytes), SystemTime::now().into());
        Box::pin(ready(Ok(response)))
    }
}
