//! The stand-in for the API behind a real HTTP server on loopback.
use std::{
    convert::Infallible,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    thread::JoinHandle,
    time::SystemTime,
};

use clerk_core::{model::UserId, testing::StandIn};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, sync::oneshot};

/// The key of the stand-in's instance, which exists nowhere else.
pub const SECRET_KEY: &str = "sk_test_standin";

/// A server on 127.0.0.1 that answers as the Clerk API does, from memory. It ends when it is
/// dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stand_in: Arc<Mutex<StandIn>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts a server on a port that is free, in a thread of its own.
    ///
    /// # Errors
    ///
    /// If the machine lets nobody listen on loopback.
    pub fn start() -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let stand_in = Arc::new(Mutex::new(StandIn::new(SECRET_KEY)));
        let (stop, stopped) = oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let shared = Arc::clone(&stand_in);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    // It only ends if listening fails, and then the clients say so.
                    _ = serve(listener, shared) => {}
                }
            });
        });
        Ok(Self { address, stand_in, stop: Some(stop), thread: Some(thread) })
    }

    /// The base URL of its API.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Adds a user.
    pub fn add_user(&self, email_address: &str) -> UserId {
        self.stand_in.lock().unwrap_or_else(PoisonError::into_inner).add_user(email_address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(listener: std::net::TcpListener, stand_in: Arc<Mutex<StandIn>>) -> io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        let stand_in = Arc::clone(&stand_in);
        let service = service_fn(move |request| answer(request, Arc::clone(&stand_in)));
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(
    request: http::Request<Incoming>,
    stand_in: Arc<Mutex<StandIn>>,
) -> Result<http::Response<Full<bytes::Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let Ok(body) = Limited::new(body, 20 << 20).collect().await else {
        let mut refused = http::Response::default();
        *refused.status_mut() = http::StatusCode::PAYLOAD_TOO_LARGE;
        return Ok(refused);
    };
    let request = http::Request::from_parts(head, body.to_bytes());
    let mut stand_in = stand_in.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(stand_in.handle(request, SystemTime::now().into()).map(Full::new))
}
