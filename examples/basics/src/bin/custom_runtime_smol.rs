//! Drives the core on smol: the same facade, with futures of another runtime.
//!
//! `cargo run --bin custom_runtime_smol --features smol`, against a stand-in on loopback.
use std::{
    error::Error,
    io,
    pin::Pin,
    process::ExitCode,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use clerk_core::{
    Client, Config, Event, Failure, FailureKind, Flow, Moment, Outgoing, Phase, Reach, Step,
    Transport, api::actor_tokens::Actor,
};
use clerk_examples::{
    quickstart::{report, show},
    stand_in::{SECRET_KEY, Server},
    wire,
};
use http::Response;
use smol::{
    Timer,
    future::FutureExt as _,
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A transport: two clocks, and smol's sockets and timers.
#[derive(Clone, Copy)]
struct Smol {
    wall_at_start: SystemTime,
    start: Instant,
}

impl Smol {
    async fn drive<F: Flow>(self, mut flow: F) -> F::Output {
        let mut event = Event::Start;
        loop {
            let now = Moment::new(self.wall_at_start, self.start.elapsed(), SystemTime::now());
            event = match flow.advance(event, now) {
                Step::Send(Outgoing { request, time_left, .. }) => {
                    let late = async {
                        Timer::after(time_left).await;
                        Err(lost(io::ErrorKind::TimedOut.into()))
                    };
                    Event::Reply(exchange(request).or(late).await)
                }
                Step::Wait(time) => {
                    Timer::after(time).await;
                    Event::Elapsed
                }
                Step::Done(output) => return output,
            };
        }
    }
}

impl Transport for Smol {
    type Outcome<R: Send + 'static> = Pin<Box<dyn Future<Output = R> + Send>>;
    type Items<W: Flow + 'static> = smol::stream::Empty<W::Output>;

    fn run<F: Flow + 'static>(&self, flow: F) -> Self::Outcome<F::Output> {
        Box::pin(self.drive(flow))
    }

    fn walk<W: Flow + 'static>(&self, _: W) -> Self::Items<W> {
        smol::stream::empty() // This example has no lists.
    }
}

async fn exchange(request: http::Request<Bytes>) -> Result<Response<Bytes>, Failure> {
    let address = wire::address(&request)?;
    // Until the first byte is written, nothing was sent: that much is certain.
    let mut stream = TcpStream::connect(address)
        .await
        .map_err(|error| Failure::new(FailureKind::Connect, Reach::NotSent, error))?;
    stream.write_all(&wire::encode(&request)).await.map_err(lost)?;
    let mut answer = wire::Answer::default();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer).await.map_err(lost)?;
        if let Some(response) = answer.push(buffer.get(..count).unwrap_or_default())? {
            return Ok(response);
        }
    }
}

fn lost(error: io::Error) -> Failure {
    let kind = match error.kind() {
        io::ErrorKind::TimedOut => FailureKind::Timeout(Phase::Headers),
        _ => FailureKind::Closed,
    };
    wire::failed(kind, error)
}

fn main() -> ExitCode {
    report(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let server = Server::start()?;
    println!("stand-in   {} (nothing leaves this machine)", server.url());
    let (user, actor) =
        (server.add_user("ann@example.com"), server.add_user("support@example.com"));

    let config = Config::builder(SECRET_KEY)
        .base_url(server.url())
        .deadline(Duration::from_secs(5))
        .build()?;
    let seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let client =
        Client::new(config, Smol { wall_at_start: SystemTime::now(), start: Instant::now() }, seed);

    smol::block_on(async {
        let token = client.actor_tokens().create(&user, Actor::new(&actor)).send().await?;
        show("created", &token);
        show("revoked", &client.actor_tokens().revoke(&token.id).send().await?);
        if let Err(error) = client.actor_tokens().revoke(&token.id).send().await {
            println!("again      {error}");
        }
        Ok(())
    })
}
