//! A server on axum that knows who is calling.
//!
//! `cargo run --bin axum_auth` shows it against a stand-in for Clerk. With `--serve` it goes on serving, and these
//! commands can be pasted; it prints the tokens. Below each is what comes of it.
//!
//! ```text
//! curl -i http://127.0.0.1:3000/
//!     200 hello, whoever you are
//! curl -i http://127.0.0.1:3000/ -H "Authorization: Bearer $ANN"
//!     200 hello, user_ann
//! curl -i http://127.0.0.1:3000/me
//!     401 www-authenticate: Bearer
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $ANN"
//!     200 user_ann
//! curl -i http://127.0.0.1:3000/me -H "Cookie: __session=$ANN; __client_uat=1"
//!     200 user_ann
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $SUPPORT"
//!     200 user_ann, impersonated by user_support
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $EXPIRED"
//!     401 www-authenticate: Bearer
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $ELSEWHERE"
//!     401 www-authenticate: Bearer
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $STRANGER"
//!     401 www-authenticate: Bearer
//! curl -i http://127.0.0.1:3000/admin -H "Authorization: Bearer $ADMIN"
//!     200 user_adam may
//! curl -i http://127.0.0.1:3000/admin -H "Authorization: Bearer $ANN"
//!     403
//! curl -i http://127.0.0.1:3000/posts -H "Authorization: Bearer $ANN"
//!     200 the posts of org_acme
//! curl -i http://127.0.0.1:3000/posts -H "Authorization: Bearer $ADMIN"
//!     403
//! curl -i http://127.0.0.1:3000/nowhere
//!     404
//! curl -i $CUT_OFF/me -H "Authorization: Bearer $ANN"
//!     503 retry-after: 1
//! curl -i $CUT_OFF/me
//!     401 www-authenticate: Bearer
//! ```
//!
//! The last two go to a server that cannot fetch the keys of the instance: whether a token is good, nobody can say
//! there, and that is no reason to call anybody signed out.
use std::process::ExitCode;

use axum::{Router, body::Body, response::Response, routing::get};
use clerk_example_servers::{Ask, Failure, Settings, auth_server, finish, get as ask};
use clerk_hyper::{
    AuthLayer, Clerk, Refusal,
    auth::Require,
    axum::{Auth, Protect, Protected, Session},
};

/// The routes. All that has to do with Clerk is made here, once.
fn app(settings: &Settings) -> Result<Router, clerk_hyper::Error> {
    let clerk = Clerk::builder(&settings.secret_key).base_url(&settings.api_url).build()?;
    let verifier = clerk
        .verifier()
        .publishable_key(&settings.publishable_key)
        .authorized_party(&settings.origin) // the front end's, to the letter
        .build()?;
    let signed_in = AuthLayer::new(&clerk, &verifier).respond_with(refuse);
    let anybody = signed_in.clone().optional();

    let members = Router::new()
        .route("/me", get(me))
        .route("/admin", get(admin))
        .route("/posts", get(posts))
        .route_layer(signed_in);
    let public = Router::new().route("/", get(hello)).route_layer(anybody);
    Ok(members.merge(public))
}

/// Whoever it is.
async fn hello(auth: Option<Auth>) -> String {
    match auth.and_then(|auth| auth.user_id()) {
        Some(user) => format!("hello, {user}"),
        None => "hello, whoever you are".to_owned(),
    }
}

/// Only who is signed in. Where somebody acts in the place of a user, say so, and think twice about what that
/// somebody may do.
async fn me(Session(session): Session) -> String {
    match &session.actor {
        None => session.user_id.to_string(),
        Some(actor) => {
            format!("{}, impersonated by {}", session.user_id, actor.sub().unwrap_or("somebody"))
        }
    }
}

struct Admin;

impl Protect for Admin {
    fn require() -> Require {
        Require::new().role("org:admin")
    }
}

/// Only who is an admin of the organization that is active.
async fn admin(admin: Protected<Admin>) -> String {
    format!("{} may", admin.session.user_id)
}

struct ReadPosts;

impl Protect for ReadPosts {
    fn require() -> Require {
        Require::new().permission("org:posts:read")
    }
}

/// Only who may read posts in the organization that is active: theirs, and no other's.
async fn posts(reader: Protected<ReadPosts>) -> String {
    match &reader.session.organization {
        Some(organization) => format!("the posts of {}", organization.id),
        None => String::new(), // a permission is always one in an organization
    }
}

/// The reason is for the log. They get the same answer, whatever it is.
fn refuse(refusal: Refusal<'_>) -> Response {
    let (method, path) = (&refusal.request.method, refusal.request.uri.path());
    if let Some(reason) = refusal.state.reason() {
        eprintln!("{method} {path}: {}, {}", refusal.response.status(), reason.code());
    }
    if let Some(error) = refusal.state.error() {
        eprintln!("  because: {error}");
    }
    refusal.response.map(|()| Body::empty())
}

/// `axum::serve` has no time limits of its own: where strangers can connect, a proxy that waits for whole requests
/// belongs in front.
#[tokio::main]
async fn serve(listener: std::net::TcpListener, settings: Settings) -> Result<(), Failure> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    Ok(axum::serve(listener, app(&settings)?).await?)
}

// What follows shows it.

const HELP: &str = "\
A server on axum that knows who is calling.

  axum_auth                      shows it: starts a stand-in for Clerk on loopback, sends requests, ends
  axum_auth --serve [ADDRESS]    serves against the stand-in, and prints commands to paste
  axum_auth --real --origin URL [--serve ADDRESS]
                                 serves for an instance of yours: with the keys in CLERK_SECRET_KEY
                                 and CLERK_PUBLISHABLE_KEY, and for a front end at this origin
  -h, --help                     shows this

ADDRESS is 127.0.0.1:3000 unless given. It ends with 0 if all is as it should be, 1 if not, 2 if it was
called wrongly.
";

fn requests() -> Vec<Ask> {
    let signed_out = "www-authenticate: Bearer";
    vec![
        ask("/").gets(200, "hello, whoever you are"),
        ask("/").by("ANN").gets(200, "hello, user_ann"),
        ask("/me").gets(401, signed_out),
        ask("/me").by("ANN").gets(200, "user_ann"),
        ask("/me").by_cookie("ANN").gets(200, "user_ann"),
        ask("/me").by("SUPPORT").gets(200, "user_ann, impersonated by user_support"),
        ask("/me").by("EXPIRED").gets(401, signed_out),
        ask("/me").by("ELSEWHERE").gets(401, signed_out),
        ask("/me").by("STRANGER").gets(401, signed_out),
        ask("/admin").by("ADMIN").gets(200, "user_adam may"),
        ask("/admin").by("ANN").gets(403, ""),
        ask("/posts").by("ANN").gets(200, "the posts of org_acme"),
        ask("/posts").by("ADMIN").gets(403, ""),
        ask("/nowhere").gets(404, ""),
        ask("/me").by("ANN").cut_off().gets(503, "retry-after: 1"),
        ask("/me").cut_off().gets(401, signed_out),
    ]
}

fn main() -> ExitCode {
    finish(auth_server(HELP, requests, serve))
}
