//! Drives the core over a bare `std::net::TcpStream`: a driver and a transport of one's own, in a
//! few lines.
//!
//! `cargo run --bin custom_runtime_std`, against a stand-in on loopback.
use std::{
    error::Error,
    io::{self, Read as _, Write as _},
    net::TcpStream,
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

/// A transport: two clocks and a way to exchange a request for an answer.
struct Plain {
    wall_at_start: SystemTime,
    start: Instant,
}

impl Plain {
    fn drive<F: Flow>(&self, flow: &mut F) -> F::Output {
        let mut event = Event::Start;
        loop {
            let now = Moment::new(self.wall_at_start, self.start.elapsed(), SystemTime::now());
            event = match flow.advance(event, now) {
                Step::Send(outgoing) => Event::Reply(exchange(outgoing)),
                Step::Wait(time) => {
                    std::thread::sleep(time);
                    Event::Elapsed
                }
                Step::Done(output) => return output,
            };
        }
    }
}

impl Transport for Plain {
    type Outcome<R: Send + 'static> = R;
    type Items<W: Flow + 'static> = std::iter::Empty<W::Output>;

    fn run<F: Flow + 'static>(&self, mut flow: F) -> F::Output {
        self.drive(&mut flow)
    }

    fn walk<W: Flow + 'static>(&self, _: W) -> Self::Items<W> {
        std::iter::empty() // This example has no lists.
    }
}

fn exchange(outgoing: Outgoing) -> Result<Response<Bytes>, Failure> {
    let Outgoing { request, time_left, .. } = outgoing;
    let begun = Instant::now();
    let address = wire::address(&request)?;
    // Until the first byte is written, nothing was sent: that much is certain.
    let mut stream = TcpStream::connect_timeout(&address, time_left)
        .map_err(|error| Failure::new(FailureKind::Connect, Reach::NotSent, error))?;
    stream.set_write_timeout(Some(time_left)).map_err(lost)?;
    stream.write_all(&wire::encode(&request)).map_err(lost)?;
    let mut answer = wire::Answer::default();
    let mut buffer = [0; 4096];
    loop {
        // What is left of the attempt, and not of each read: a slow drip ends as well.
        let left = time_left.saturating_sub(begun.elapsed()).max(Duration::from_millis(1));
        stream.set_read_timeout(Some(left)).map_err(lost)?;
        let count = stream.read(&mut buffer).map_err(lost)?;
        if let Some(response) = answer.push(buffer.get(..count).unwrap_or_default())? {
            return Ok(response);
        }
        if begun.elapsed() >= time_left {
            return Err(lost(io::ErrorKind::TimedOut.into()));
        }
    }
}

fn lost(error: io::Error) -> Failure {
    let kind = match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => FailureKind::Timeout(Phase::Headers),
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

    let config = Config::builder(SECRET_KEY).base_url(server.url()).build()?;
    // Waits between attempts are random; any number that differs from start to start will do.
    let seed = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
    let client = Client::new(
        config,
        Plain { wall_at_start: SystemTime::now(), start: Instant::now() },
        seed,
    );

    let token = client.actor_tokens().create(&user, Actor::new(&actor)).send()?;
    show("created", &token);
    show("revoked", &client.actor_tokens().revoke(&token.id).send()?);
    if let Err(error) = client.actor_tokens().revoke(&token.id).send() {
        println!("again      {error}");
    }
    Ok(())
}
