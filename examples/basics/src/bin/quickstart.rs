//! Creates, shows and revokes an actor token, async, over real HTTP.
//!
//! `cargo run --bin quickstart`; see `--help` for the real API.
use std::{error::Error, process::ExitCode};

use clerk_examples::quickstart::{report, show, target};
use clerk_hyper::{
    Clerk,
    api::actor_tokens::{Actor, RevokeActorToken},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    report(run().await)
}

async fn run() -> Result<(), Box<dyn Error>> {
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
        .send()
        .await?;
    show("created", &token);

    // … or as a value, which can be made anywhere and sent by any client.
    let revoke = RevokeActorToken::new(&token.id);
    show("revoked", &clerk.call(revoke.clone()).await?);

    // Errors say which operation, which status, which code.
    if target.stand_in.is_some()
        && let Err(error) = clerk.call(revoke).await
    {
        println!("again      {error}");
    }
    Ok(())
}
