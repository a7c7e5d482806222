//! A server on hyper alone that knows who is calling: the layer around a function.
//!
//! `cargo run --bin hyper_auth` shows it against a stand-in for Clerk. With `--serve` it goes on serving, and these
//! commands can be pasted; it prints the tokens. Below each is what comes of it.
//!
//! ```text
//! curl -i http://127.0.0.1:3000/
//!     200 {"hello":null}
//! curl -i http://127.0.0.1:3000/ -H "Authorization: Bearer $ANN"
//!     200 {"hello":"user_ann"}
//! curl -i http://127.0.0.1:3000/me
//!     401 {"error":"sign in first"}
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $ANN"
//!     200 {"actor":null,"user":"user_ann"}
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $SUPPORT"
//!     200 {"actor":"user_support","user":"user_ann"}
//! curl -i http://127.0.0.1:3000/me -H "Authorization: Bearer $EXPIRED"
//!     401 {"error":"sign in first"}
//! curl -i http://127.0.0.1:3000/admin -H "Authorization: Bearer $ADMIN"
//!     200 {"admin":"user_adam"}
//! curl -i http://127.0.0.1:3000/admin -H "Authorization: Bearer $ANN"
//!     403 {"error":"you may not do that"}
//! curl -i http://127.0.0.1:3000/nowhere -H "Authorization: Bearer $ANN"
//!     404 {"error":"there is no such thing"}
//! curl -i $CUT_OFF/me -H "Authorization: Bearer $ANN"
//!     503 {"error":"try again later"}
//! ```
//!
//! The last one goes to a server that cannot fetch the keys of the instance. Ctrl-C lets the requests that have
//! come be answered.
use std::{convert::Infallible, pin::pin, process::ExitCode, time::Duration};

use clerk_example_servers::{Ask, Failure, Settings, auth_server, finish, get};
use clerk_hyper::{
    AuthLayer, Clerk, Refusal,
    auth::{ActorClaim, Auth, Require},
    bytes::Bytes,
    http::{
        HeaderValue, Method, Request, Response, StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE},
    },
};
use http_body_util::Full;
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use serde_json::{Value, json};
use tokio::{
    net::TcpListener,
    time::{sleep, timeout},
};
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

/// The service. All that has to do with Clerk is made here, once.
fn app(
    settings: &Settings,
) -> Result<
    impl Service<Request<Incoming>, Response = Answer, Error = Infallible, Future: Send>
    + Clone
    + Send
    + use<>,
    clerk_hyper::Error,
> {
    let clerk = Clerk::builder(&settings.secret_key).base_url(&settings.api_url).build()?;
    let verifier = clerk
        .verifier()
        .publishable_key(&settings.publishable_key)
        .authorized_party(&settings.origin) // the front end's, to the letter
        .build()?;
    let signed_in = AuthLayer::new(&clerk, &verifier).respond_with(refuse);
    let members = signed_in.clone().layer(service_fn(answer));
    let anybody = signed_in.optional().layer(service_fn(answer));
    // What is not named is protected.
    Ok(service_fn(move |request: Request<Incoming>| match request.uri().path() {
        "/" => anybody.clone().oneshot(request),
        _ => members.clone().oneshot(request),
    }))
}

type Answer = Response<Full<Bytes>>;

/// The handler: who it is comes with the request, and nobody is let in whom it does not come with.
async fn answer(request: Request<Incoming>) -> Result<Answer, Infallible> {
    let admins = Require::new().role("org:admin");
    let auth = request.extensions().get::<Auth>();
    Ok(match (request.method(), request.uri().path(), auth) {
        (&Method::GET, "/", auth) => {
            let user = auth.and_then(Auth::user_id);
            json(StatusCode::OK, &json!({ "hello": user }))
        }
        (&Method::GET, "/me", Some(auth)) => {
            // Somebody may act in the place of the user: say so.
            let actor = auth.session().and_then(|session| session.actor.as_ref());
            let actor = actor.map(|actor| ActorClaim::sub(actor).unwrap_or("somebody"));
            json(StatusCode::OK, &json!({ "user": auth.user_id(), "actor": actor }))
        }
        (&Method::GET, "/admin", Some(auth)) if auth.has(&admins) => {
            json(StatusCode::OK, &json!({ "admin": auth.user_id() }))
        }
        (&Method::GET, "/admin", Some(_)) => problem(StatusCode::FORBIDDEN),
        _ => problem(StatusCode::NOT_FOUND),
    })
}

/// The reason is for the log. They get the same answer, whatever it is.
fn refuse(refusal: Refusal<'_>) -> Answer {
    let (method, path) = (&refusal.request.method, refusal.request.uri.path());
    if let Some(reason) = refusal.state.reason() {
        eprintln!("{method} {path}: {}, {}", refusal.response.status(), reason.code());
    }
    let (head, ()) = refusal.response.into_parts(); // with the headers that belong to it
    let mut answer = problem(head.status);
    answer.headers_mut().extend(head.headers);
    answer
}

fn problem(status: StatusCode) -> Answer {
    let problem = match status {
        StatusCode::UNAUTHORIZED => "sign in first",
        StatusCode::FORBIDDEN => "you may not do that",
        StatusCode::NOT_FOUND => "there is no such thing",
        _ => "try again later",
    };
    json(status, &json!({ "error": problem }))
}

fn json(status: StatusCode, body: &Value) -> Answer {
    let mut answer = Response::new(Full::from(body.to_string()));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}

/// How long a request may take to come, and to be answered once nobody new is let in.
const PATIENCE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn serve(listener: std::net::TcpListener, settings: Settings) -> Result<(), Failure> {
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let service = TowerToHyperService::new(app(&settings)?);
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(PATIENCE);

    let connections = GracefulShutdown::new();
    let mut stopped = pin!(tokio::signal::ctrl_c());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            signal = &mut stopped => break signal?,
        };
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                eprintln!("cannot accept: {error}");
                sleep(Duration::from_millis(100)).await; // until there are file handles again
                continue;
            }
        };
        let connection = http.serve_connection(TokioIo::new(stream), service.clone());
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("a connection broke: {error}");
            }
        });
    }
    drop(listener);
    match timeout(PATIENCE, connections.shutdown()).await {
        Ok(()) => eprintln!("stopped; every request was answered"),
        Err(_) => eprintln!("stopped; some requests took too long"),
    }
    Ok(())
}

// What follows shows it.

const HELP: &str = "\
A server on hyper alone that knows who is calling.

  hyper_auth                      shows it: starts a stand-in for Clerk on loopback, sends requests, ends
  hyper_auth --serve [ADDRESS]    serves against the stand-in, and prints commands to paste
  hyper_auth --real --origin URL [--serve ADDRESS]
                                  serves for an instance of yours: with the keys in CLERK_SECRET_KEY
                                  and CLERK_PUBLISHABLE_KEY, and for a front end at this origin
  -h, --help                      shows this

ADDRESS is 127.0.0.1:3000 unless given. It ends with 0 if all is as it should be, 1 if not, 2 if it was
called wrongly.
";

fn requests() -> Vec<Ask> {
    let signed_out = r#"{"error":"sign in first"}"#;
    vec![
        get("/").gets(200, r#"{"hello":null}"#),
        get("/").by("ANN").gets(200, r#"{"hello":"user_ann"}"#),
        get("/me").gets(401, signed_out),
        get("/me").by("ANN").gets(200, r#"{"actor":null,"user":"user_ann"}"#),
        get("/me").by("SUPPORT").gets(200, r#"{"actor":"user_support","user":"user_ann"}"#),
        get("/me").by("EXPIRED").gets(401, signed_out),
        get("/admin").by("ADMIN").gets(200, r#"{"admin":"user_adam"}"#),
        get("/admin").by("ANN").gets(403, r#"{"error":"you may not do that"}"#),
        get("/nowhere").by("ANN").gets(404, r#"{"error":"there is no such thing"}"#),
        get("/me").by("ANN").cut_off().gets(503, r#"{"error":"try again later"}"#),
    ]
}

fn main() -> ExitCode {
    finish(auth_server(HELP, requests, serve))
}
