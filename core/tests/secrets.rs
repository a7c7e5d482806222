//! Nothing of ours shows a secret in `Debug` or `Display`, whatever it is wrapped in.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::{fmt::Debug, time::Duration};

use bytes::Bytes;
use clerk_core::{
    Call, CallOptions, Config, Draft, Error, Event, File, Flow, MachineSecretKey, Meta, Moment,
    Operation, RawOperation, SecretKey, Sensitive, Step,
    api::{
        actor_tokens::CreateActorToken,
        users::{CreateUser, SetUserProfileImage},
    },
    error::Unreadable,
    operation::Part,
};
use http::{Method, Response};

const CANARY: &str = "canary-7f3a";

#[track_caller]
fn silent(shown: &dyn Debug) {
    // Bytes may be shown as text, or as numbers.
    let numbers = format!("{:?}", CANARY.as_bytes());
    let shown = format!("{shown:?} {shown:#?}");
    assert!(!shown.contains(CANARY), "{shown}");
    assert!(!shown.contains(numbers.trim_matches(['[', ']'])), "{shown}");
}

fn config() -> Config {
    let builder = Config::builder(format!("sk_test_{CANARY}"));
    builder.machine_secret_key(format!("ak_{CANARY}")).header("x-mine", CANARY).build().unwrap()
}

/// An operation that looks at its draft.
struct Looking;

impl Operation for Looking {
    const META: &'static Meta = &Meta::new("Looking", Method::POST, "/looking").with_fields();
    type Output = ();

    fn encode(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        draft.body("password", &CANARY)?;
        silent(draft);
        Ok(())
    }

    fn decode(_: &Bytes) -> Result<(), Unreadable> {
        Ok(())
    }
}

#[test]
fn keys_and_configurations() {
    silent(&SecretKey::new(&format!("sk_live_{CANARY}")).unwrap());
    silent(&MachineSecretKey::new(&format!("ak_{CANARY}")).unwrap());
    silent(&Sensitive::new(CANARY));
    silent(&Config::builder(format!("sk_test_{CANARY}")).base_url(format!("https://a:{CANARY}@b")));
    silent(&config());
    silent(&CallOptions::new().header("x-mine", CANARY));
}

#[test]
fn operations_and_their_requests() {
    let create = CreateUser::new().password(CANARY).totp_secret(CANARY).backup_codes([CANARY]);
    silent(&create);
    silent(&RawOperation::new(Method::POST, "/x").query("q", &CANARY.to_owned()).body(&[CANARY]));
    silent(&SetUserProfileImage::new("user_1", File::new("a.png", CANARY)));
    silent(&Part::text(CANARY));
    Looking.to_request(&config()).unwrap();

    // Every step of a call, and the call itself.
    let mut call = Call::new(create, &config(), 7);
    silent(&call);
    let step = call.advance(Event::Start, Moment::at(Duration::ZERO));
    silent(&step);
    let Step::Send(outgoing) = step else { panic!("nothing was sent") };
    silent(&outgoing);
    silent(&outgoing.request.headers());
    let answer =
        Response::builder().header("x", "y").body(Bytes::from(format!("{{\"id\":\"{CANARY}\"}}")));
    let event = Event::Reply(Ok(answer.unwrap()));
    silent(&event);
    let step = call.advance(event, Moment::at(Duration::ZERO));
    silent(&step);
    let Step::Done(Err(error)) = step else { panic!("it cannot be read") };
    silent(&error);
    silent(&error.decode().unwrap());
    assert!(!error.to_string().contains(CANARY));
}

#[test]
fn answers_and_envelopes() {
    let body = format!(
        r#"{{"object":"actor_token","id":"act_1","status":"pending","user_id":"user_1","actor":{{}},"token":"{CANARY}","url":"{CANARY}","created_at":1,"updated_at":1}}"#
    );
    let operation = || RawOperation::new(Method::GET, "/actor_tokens/act_1");
    let mut call =
        Call::new(operation().returns::<clerk_core::api::actor_tokens::ActorToken>(), &config(), 7)
            .with_response();
    let now = Moment::at(Duration::ZERO);
    let Step::Send(_) = call.advance(Event::Start, now) else { panic!("nothing was sent") };
    let answer = Response::new(Bytes::from(body.clone()));
    let Step::Done(Ok(response)) = call.advance(Event::Reply(Ok(answer)), now) else {
        panic!("it can be read")
    };
    silent(&response);
    assert_eq!(response.value.token.unwrap().expose(), CANARY);

    // An error of a hostile server: what it says is shown, and its body is not.
    let answer =
        Response::builder().status(500).body(Bytes::from(format!("<html>{CANARY}</html>")));
    silent(&CreateActorToken::read(answer.unwrap()).unwrap_err());
}
