//! A receiver of webhooks on axum, which keeps a copy of the users.
//!
//! `cargo run --bin webhook_receiver` shows it with deliveries that it signs itself. With `--serve` it goes on
//! serving, and these commands can be pasted for five minutes, after which the signatures are too old; it prints
//! the variables. Below each is what comes of it.
//!
//! ```text
//! curl -i http://127.0.0.1:3000/webhooks -H "svix-id: msg_1" -H "svix-timestamp: $NOW" -H "svix-signature: $ANN_SIGNED" --data-binary "$ANN"
//!     204
//! curl -i http://127.0.0.1:3000/webhooks -H "svix-id: msg_2" -H "svix-timestamp: $NOW" -H "svix-signature: $BOB_SIGNED" --data-binary "$BOB"
//!     204
//! curl -i http://127.0.0.1:3000/webhooks -H "svix-id: msg_3" -H "svix-timestamp: $NOW" -H "svix-signature: $GONE_SIGNED" --data-binary "$GONE"
//!     204
//! curl -i http://127.0.0.1:3000/webhooks -H "svix-id: msg_1" -H "svix-timestamp: $NOW" -H "svix-signature: $ANN_SIGNED" --data-binary "$ANN"
//!     204
//! curl -i http://127.0.0.1:3000/webhooks -H "svix-id: msg_7" -H "svix-timestamp: $NOW" -H "svix-signature: $LATE_SIGNED" --data-binary "$LATE"
//!     204
//! curl -i http://127.0.0.1:3000/webhooks -H "svix-id: msg_4" -H "svix-timestamp: $NOW" -H "svix-signature: $GONE_SIGNED" --data-binary "$ANN"
//!     400
//! curl -i http://127.0.0.1:3000/webhooks -H "svix-id: msg_5" -H "svix-timestamp: $NOW" -H "svix-signature: $COMET_SIGNED" --data-binary "$COMET"
//!     204
//! curl -i http://127.0.0.1:3000/webhooks -H "svix-id: msg_6" -H "svix-timestamp: $NOW" -H "svix-signature: $ODD_SIGNED" --data-binary "$ODD"
//!     500
//! curl -i http://127.0.0.1:3000/webhooks -H "svix-id: msg_6" -H "svix-timestamp: $NOW" -H "svix-signature: $ODD_SIGNED" --data-binary "$ODD"
//!     500
//! ```
//!
//! Ann is created and deleted; neither the fourth, her creation once more, nor the fifth, an older event that comes
//! late, brings her back. The last two are an event that cannot be read here: it is to come again, and when it does, it
//! is not taken for a replay.
use std::{
    collections::BTreeMap,
    process::ExitCode,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
    routing::post,
};
use clerk_example_servers::{
    Ask, Deliveries, Failure, Mode, SIGNING_SECRET, Stop, delivery, finish, listen, print_requests,
    send_all, serve_beside, signing_secrets, user_created,
};
use clerk_hyper::{
    Timestamp,
    webhook::{Event, EventData, ReplayGuard, Webhook},
};
use serde_json::json;

/// The receiver; clones share what it knows.
#[derive(Clone)]
struct Receiver {
    webhook: Webhook,
    seen: Arc<Mutex<ReplayGuard>>,
    /// The copy, by the ids of users. In an application it is a table.
    users: Arc<Mutex<BTreeMap<String, User>>>,
}

/// What is known of a user.
#[derive(Clone)]
struct User {
    /// The address; `None` once the user is deleted. That is kept, so that nothing older brings it back.
    address: Option<String>,
    /// When that happened.
    at: Option<Timestamp>,
}

/// What is larger than a webhook can be is not read to its end: 413.
const MAX_BODY: usize = 1 << 20;

fn app(receiver: Receiver) -> Router {
    Router::new()
        .route("/webhooks", post(receive))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(receiver)
}

/// The body is taken as bytes: parsed and written again, it would have another signature.
async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> Response {
    let now = SystemTime::now();
    let delivery = match receiver.webhook.verify(&headers, &body, now) {
        Ok(delivery) => delivery,
        Err(rejection) => {
            // The reason is for the log. They get the same answer, whatever it is.
            eprintln!("refused: {}", rejection.reason.code());
            return rejection.response().map(|()| Body::empty());
        }
    };
    // It is remembered when it was handled, and not before: one that fails, or panics, is to come again.
    let mut seen = lock(&receiver.seen);
    if seen.contains(&delivery, now) {
        eprintln!("{} was here before", delivery.id);
        return StatusCode::NO_CONTENT.into_response();
    }
    match receiver.handle(&delivery.event) {
        Ok(()) => {
            _ = seen.insert(&delivery, now);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => {
            eprintln!("{}: {error}", delivery.id);
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Receiver {
    fn new(webhook: Webhook) -> Self {
        Self { webhook, seen: Arc::default(), users: Arc::default() }
    }

    /// Does what an event says. Events may come twice, and in another order than they happened in.
    fn handle(&self, event: &Event) -> Result<(), Failure> {
        let (id, address) = match event.data()? {
            EventData::UserCreated(user) | EventData::UserUpdated(user) => {
                let address = user.primary_email_address().map(|it| it.email_address.clone());
                (user.id.to_string(), Some(address.unwrap_or_default()))
            }
            EventData::UserDeleted(user) => {
                (user.id.ok_or("it does not say who was deleted")?, None)
            }
            _ => {
                // Of no interest here, or news to this version.
                eprintln!("{} is passed over", event.event_type);
                return Ok(());
            }
        };
        let mut users = lock(&self.users);
        if users.get(&id).is_some_and(|known| known.at > event.timestamp) {
            eprintln!("{} of {id} is older than what is known", event.event_type);
        } else {
            users.insert(id, User { address, at: event.timestamp });
        }
        Ok(())
    }
}

/// What is in there is whole, even if somebody panicked meanwhile.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[tokio::main]
async fn serve(listener: std::net::TcpListener, receiver: Receiver) -> Result<(), Failure> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    Ok(axum::serve(listener, app(receiver)).await?)
}

// What follows shows it.

const HELP: &str = "\
A receiver of webhooks on axum, which keeps a copy of the users.

  webhook_receiver                      shows it: signs deliveries, sends them on loopback, ends
  webhook_receiver --serve [ADDRESS]    serves with a secret for tests, and prints commands to paste
  webhook_receiver --real [--serve ADDRESS]
                                        serves for an endpoint of yours, whose signing secret is in
                                        CLERK_WEBHOOK_SIGNING_SECRET (several, with commas between
                                        them, while you change it)
  -h, --help                            shows this

ADDRESS is 127.0.0.1:3000 unless given. It ends with 0 if all is as it should be, 1 if not, 2 if it was
called wrongly.
";

fn requests(deliveries: &mut Deliveries) -> Result<Vec<Ask>, Failure> {
    let (ann, bob) =
        (user_created("user_ann", "ann@example.com"), user_created("user_bob", "bob@example.com"));
    let gone = json!({ "type": "user.deleted", "timestamp": 1_800_000_000_000_i64,
        "data": { "object": "user", "id": "user_ann", "deleted": true } });
    let comet = json!({ "type": "comet.passed", "data": { "tail": "long" } });
    let odd = json!({ "type": "user.created", "data": { "object": "user", "id": 7 } });

    let late = json!({ "type": "user.updated", "timestamp": ann.get("timestamp"), "data": ann.get("data") });

    let ann = deliveries.sign(("ANN", "ANN_SIGNED"), "msg_1", &ann)?.of("ann is created");
    let bob = deliveries.sign(("BOB", "BOB_SIGNED"), "msg_2", &bob)?.of("bob is created");
    let gone = deliveries.sign(("GONE", "GONE_SIGNED"), "msg_3", &gone)?.of("ann is deleted");
    let late = deliveries.sign(("LATE", "LATE_SIGNED"), "msg_7", &late)?.of("ann, from before");
    let comet = deliveries.sign(("COMET", "COMET_SIGNED"), "msg_5", &comet)?.of("an unknown type");
    let odd = deliveries.sign(("ODD", "ODD_SIGNED"), "msg_6", &odd)?.of("odd data");
    Ok(vec![
        ann.clone().gets(204, ""),
        bob.gets(204, ""),
        gone.gets(204, ""),
        ann.of("the first again").gets(204, ""),
        late.gets(204, ""),
        delivery("msg_4", "ANN", "GONE_SIGNED").of("a forgery").gets(400, ""),
        comet.gets(204, ""),
        odd.clone().gets(500, ""),
        odd.of("odd data again").gets(500, ""),
    ])
}

fn run() -> Result<(), Stop> {
    let address = match Mode::read(HELP)? {
        Mode::Show => None,
        Mode::Serve(address) => Some(address),
        Mode::Real { origin: Some(_), .. } => {
            return Err(Stop::Usage("a receiver has no --origin; see --help".to_owned()));
        }
        Mode::Real { address, origin: None } => {
            let receiver = Receiver::new(Webhook::with_secrets(signing_secrets()?)?);
            let listener = listen(address)?;
            println!("receiving at http://{}/webhooks", listener.local_addr()?);
            return Ok(serve(listener, receiver)?);
        }
    };
    let webhook = Webhook::new(SIGNING_SECRET)?;
    let mut deliveries = Deliveries::new(webhook.clone());
    let requests = requests(&mut deliveries)?;
    let receiver = Receiver::new(webhook);
    let listener = listen(address.unwrap_or_else(|| ([127, 0, 0, 1], 0).into()))?;
    let server = listener.local_addr()?;
    if address.is_some() {
        println!("receiving at http://{server}/webhooks, with a secret for tests; Ctrl-C ends it");
        println!("the signatures are good for five minutes, and worth nothing elsewhere\n");
        print_requests(&requests, server, &deliveries.variables);
        return Ok(serve(listener, receiver)?);
    }
    let serving = serve_beside(serve, listener, receiver.clone());
    send_all(&requests, server, &deliveries.variables, &[serving])?;
    let users: Vec<_> = lock(&receiver.users)
        .iter()
        .filter_map(|(id, user)| Some((id.clone(), user.address.clone()?)))
        .collect();
    for (id, address) in &users {
        println!("the copy has {id}, {address}");
    }
    if users != [("user_bob".to_owned(), "bob@example.com".to_owned())] {
        return Err(Stop::Failed("that is not as it should be: Bob alone is left".into()));
    }
    println!("as it should be");
    Ok(())
}

fn main() -> ExitCode {
    finish(run())
}
