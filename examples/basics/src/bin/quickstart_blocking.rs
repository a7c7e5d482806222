//! Creates, shows and revokes an actor token, sync, over real HTTP: no async runtime in the client.
//!
//! `cargo run --bin quickstart_blocking`; see `--help` for the real API.
use std::{error::Error, process::ExitCode};

use clerk_blocking::{
    Clerk,
    api::actor_tokens::{Actor, RevokeActorToken},
};
use clerk_examples::quickstart::{report, show, target};

fn main() -> ExitCode {
    report(run())
}

fn run() -> Result<(), Box<dyn Error>> {
    let Some(target) = target()? else { return Ok(()) };
    let mut builder = Clerk::builder(&target.secret_key);
    if let Some(url) = &target.base_url {
        builder = builder.base_url(url);
    }
    let clerk = builder.build()?;

    // By the client's own method …
    let token = clerk
        .actor_tokens()
        .create(&target.user, Actor::new(&target.actor))
        .expires_in_seconds(600)
        .send()?;
    show("created", &token);

    // … or as a value, which can be made anywhere and sent by any client.
    let revoke = RevokeActorToken::new(&token.id);
    show("revoked", &clerk.call(revoke.clone())?);

    // Errors say which operation, which status, which code.
    if target.stand_in.is_some()
        && let Err(error) = clerk.call(revoke)
    {
        println!("again      {error}");
    }
    Ok(())
}
