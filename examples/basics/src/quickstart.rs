//! The command line of the two quickstarts: against a stand-in, unless told otherwise.
use std::{error::Error, process::ExitCode};

use clerk_core::{SecretKey, api::actor_tokens::ActorToken, model::UserId};

use crate::stand_in::{SECRET_KEY, Server};

const HELP: &str = "\
Creates, shows and revokes an actor token.

Without flags it talks to a stand-in for the Clerk API on loopback: no account, no key.

  --real              talk to the real API, with the key in CLERK_SECRET_KEY
  --user ID           the user who is acted for (needed with --real)
  --actor ID          the user who acts (needed with --real)
  --live              allow a live key (sk_live_...) with --real
  --help              show this
";

/// Where to go, and for whom.
#[derive(Debug)]
pub struct Target {
    /// The stand-in, unless the real API is meant.
    pub stand_in: Option<Server>,
    /// The key, for the stand-in or from the environment.
    pub secret_key: String,
    /// The base URL, unless the client's own is meant.
    pub base_url: Option<String>,
    /// The user who is acted for.
    pub user: UserId,
    /// The user who acts.
    pub actor: UserId,
}

/// Reads the command line; `None` if it only asks for help.
///
/// # Errors
///
/// If the flags do not go together, or the key is missing or live without leave.
pub fn target() -> Result<Option<Target>, Box<dyn Error>> {
    use lexopt::prelude::{Long, ValueExt as _};
    let (mut real, mut live, mut user, mut actor) = (false, false, None, None);
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("real") => real = true,
            Long("live") => live = true,
            Long("user") => user = Some(arguments.value()?.string()?),
            Long("actor") => actor = Some(arguments.value()?.string()?),
            Long("help") => {
                print!("{HELP}");
                return Ok(None);
            }
            _ => return Err(format!("{}; see --help", argument.unexpected()).into()),
        }
    }
    if !real {
        if live || user.is_some() || actor.is_some() {
            return Err("--live, --user and --actor only go with --real; see --help".into());
        }
        let server = Server::start()?;
        let (user, actor) =
            (server.add_user("ann@example.com"), server.add_user("support@example.com"));
        println!("stand-in   {} (nothing leaves this machine)", server.url());
        let base_url = Some(server.url());
        return Ok(Some(Target {
            stand_in: Some(server),
            secret_key: SECRET_KEY.to_owned(),
            base_url,
            user,
            actor,
        }));
    }
    let (Some(user), Some(actor)) = (user, actor) else {
        return Err(
            "--real needs --user ID and --actor ID: a token lets the one act as the other".into()
        );
    };
    let secret_key =
        std::env::var("CLERK_SECRET_KEY").map_err(|_| "--real needs a key in CLERK_SECRET_KEY")?;
    if SecretKey::new(&secret_key)?.is_live() && !live {
        return Err("the key in CLERK_SECRET_KEY is a live one: say --live if you mean it".into());
    }
    let base_url = std::env::var("CLERK_API_URL").ok();
    Ok(Some(Target {
        stand_in: None,
        secret_key,
        base_url,
        user: user.into(),
        actor: actor.into(),
    }))
}

/// Prints a token without what would let somebody use it.
pub fn show(what: &str, token: &ActorToken) {
    let ActorToken { id, status, user_id, .. } = token;
    println!("{what:10} {id}  {status}  {} acts as {user_id}", token.sub().unwrap_or("somebody"));
}

/// Prints what went wrong, if anything did: the error in one line, and its causes.
pub fn report(result: Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = result else { return ExitCode::SUCCESS };
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
    ExitCode::FAILURE
}
