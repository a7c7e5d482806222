//! A gRPC server behind the layer, and a client of tonic's.
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use clerk_fault_server::ClosedPort;
use clerk_hyper::AuthLayer;
use tokio::net::TcpListener;
use tonic::{
    Code, Request, Status,
    transport::{Channel, Server, server::TcpIncoming},
};
use tonic_health::{
    pb::{HealthCheckRequest, HealthCheckResponse, health_client::HealthClient},
    server::health_reporter,
};
use tower::layer::layer_fn;

use crate::{api::Api, clerk, in_time, modes, session_token, verifier, warm};

/// A server with this layer in front of it, and how often it is reached.
async fn serve(layer: AuthLayer) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let reached = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&reached);
    let counts = layer_fn(move |inner| {
        let counted = Arc::clone(&counted);
        tower::util::MapRequest::new(inner, move |request: http::Request<tonic::body::Body>| {
            counted.fetch_add(1, SeqCst);
            request
        })
    });
    let (_, health) = health_reporter();
    let server = Server::builder().layer(layer).layer(counts).add_service(health);
    tokio::spawn(server.serve_with_incoming(TcpIncoming::from(listener)));
    (address, reached)
}

async fn check(
    client: &mut HealthClient<Channel>,
    token: Option<&str>,
) -> Result<HealthCheckResponse, Status> {
    let mut request = Request::new(HealthCheckRequest::default());
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", value);
    }
    client.check(request).await.map(tonic::Response::into_inner)
}

async fn connect(address: SocketAddr) -> HealthClient<Channel> {
    let channel = Channel::from_shared(format!("http://{address}")).unwrap();
    HealthClient::new(channel.connect().await.unwrap())
}

#[tokio::test]
async fn a_good_token_gets_an_answer() {
    in_time(async {
        let api = Api::start().await;
        let clerk = clerk(&api.url);
        let good = session_token();
        for verifier in [warm(&clerk).await, verifier(&clerk)] {
            let [required, optional] = modes(&clerk, &verifier);
            let (address, reached) = serve(required).await;
            let mut client = connect(address).await;
            assert_eq!(check(&mut client, Some(&good)).await.unwrap().status, 1, "it serves");
            assert_eq!(reached.load(SeqCst), 1);
            for token in [None, Some("garbage"), Some("ak_0123")] {
                let status = check(&mut client, token).await.unwrap_err();
                assert_eq!(status.code(), Code::Unauthenticated, "{status:?}");
            }
            assert_eq!(reached.load(SeqCst), 1);
            // The connection is as good as before.
            assert_eq!(check(&mut client, Some(&good)).await.unwrap().status, 1);

            let (address, reached) = serve(optional).await;
            let mut client = connect(address).await;
            for token in [None, Some("garbage"), Some(&*good)] {
                assert_eq!(check(&mut client, token).await.unwrap().status, 1);
            }
            assert_eq!(reached.load(SeqCst), 3);
        }
    })
    .await;
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_are_unavailable() {
    in_time(async {
        let port = ClosedPort::open().unwrap();
        let clerk = clerk(&format!("http://{}", port.address()));
        for layer in modes(&clerk, &verifier(&clerk)) {
            let (address, reached) = serve(layer).await;
            let mut client = connect(address).await;
            let status = check(&mut client, Some(&session_token())).await.unwrap_err();
            assert_eq!(status.code(), Code::Unavailable, "{status:?}");
            assert_eq!(reached.load(SeqCst), 0);
        }
    })
    .await;
}
