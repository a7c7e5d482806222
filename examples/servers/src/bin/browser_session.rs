//! Pages that a server renders for browsers, and that know who is signed in.
//!
//! A session token lives for a minute. While a page is open, Clerk's script renews it; a page that is loaded an hour
//! later comes with a stale one. The server has it renewed then, or sends the browser to Clerk and back, once: the
//! handshake. Nobody sees any of that.
//!
//! `cargo run --bin browser_session` shows it against a stand-in for Clerk, request by request, and with `--production`
//! in the manner of a production instance. With `--serve` it goes on serving, for a browser of yours.
//!
//! | page | |
//! |---|---|
//! | `/` | anybody; says who is signed in |
//! | `/members` | leads to where people sign in, and from there back |
//! | `/sign-in` | where the page for signing in would be; satellites send people there |
use std::{process::ExitCode, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri,
        header::{CACHE_CONTROL, CONTENT_TYPE, HOST},
    },
    middleware::{Next, from_fn_with_state},
    response::Response,
    routing::get,
};
use clerk_example_servers::{Failure, Site, finish, parameter, session_server};
use clerk_hyper::{
    AuthLayer, Clerk, Refusal,
    auth::{Auth, AuthenticateOptions, Handshake, Reason, Rejection, RequestState, Verifier},
    axum::Session,
};

/// What the pages share.
#[derive(Clone)]
struct App {
    verifier: Verifier,
    site: Arc<Site>,
}

/// The routes. All that has to do with Clerk is made here, once.
fn app(site: Site) -> Result<Router, clerk_hyper::Error> {
    let clerk = Clerk::builder(&site.secret_key)
        // These two are for the stand-in: Clerk itself is where it is.
        .base_url(&site.api_url)
        .allow_live_key_anywhere()
        .build()?;

    let mut handshake = Handshake::new()
        .proxy_url(&site.frontend_api) // for the stand-in, again: the publishable key says where Clerk is
        .sign_in_url(&site.sign_in_url); // Clerk's account portal unless set
    if site.is_satellite {
        handshake = handshake.satellite(); // a real one needs `.domain("shop.example")` in place of the `proxy_url`
    } else {
        handshake = handshake.allowed_redirect_origin(&site.other); // its satellite
    }
    let verifier = clerk
        .verifier()
        .publishable_key(&site.publishable_key)
        .authorized_party(&site.origin) // to the letter; browsers are sent back there and nowhere else
        .handshake(handshake)
        .build()?;

    let shared = App { verifier: verifier.clone(), site: Arc::new(site) };
    let name = shared.site.name;
    let anybody = AuthLayer::new(&clerk, &verifier)
        .optional()
        .respond_with(move |refusal: Refusal<'_>| sent_away(name, refusal));
    Ok(Router::new()
        .route("/", get(home))
        .route("/members", get(members))
        .route("/sign-in", get(sign_in))
        .route_layer(from_fn_with_state(name, log)) // behind the next, so that it knows who it is
        .route_layer(anybody)
        .with_state(shared))
}

/// Anybody's page.
async fn home(State(app): State<App>, session: Option<Session>) -> Response {
    let state = match session {
        Some(session) => format!("signed in as {}", session.user_id),
        None => "signed out".to_owned(),
    };
    page(&app.site, StatusCode::OK, &state)
}

/// Only for who is signed in; others are sent to where they can do so, and come back.
async fn members(State(app): State<App>, session: Option<Session>, request: Request) -> Response {
    if let Some(session) = session {
        return page(&app.site, StatusCode::OK, &format!("signed in as {}", session.user_id));
    }
    // Signing in helps who has no session. With cookies that cannot be read, or after too many handshakes, a browser
    // would come back as it went; and Clerk's page sends back by itself whoever is signed in there.
    let helps = request.extensions().get::<Rejection>().is_some_and(|rejection| {
        let reason = rejection.reason;
        rejection.no_handshake.is_none()
            && matches!(reason, Reason::SessionTokenAndUatMissing | Reason::SessionTokenMissing)
    });
    if !helps {
        return page(&app.site, StatusCode::UNAUTHORIZED, "signed out");
    }
    let (parts, _) = request.into_parts();
    match app.verifier.redirects(&parts, &AuthenticateOptions::new()) {
        Ok(redirects) => redirects.redirect_to_sign_in().map(|()| Body::empty()),
        Err(_) => page(&app.site, StatusCode::UNAUTHORIZED, "signed out"),
    }
}

/// Where Clerk's component for signing in would be. Here it is on a page of the stand-in's, to which this one leads.
async fn sign_in(State(app): State<App>, uri: Uri, request: Request) -> Response {
    let back = parameter(uri.query().unwrap_or_default(), "redirect_url");
    let (parts, _) = request.into_parts();
    let redirects = app.verifier.redirects(&parts, &AuthenticateOptions::new());
    // Only to pages of this application, or of its satellite: links can have anything in them.
    match redirects.and_then(|it| it.return_back_to(back.as_deref().unwrap_or("/"))) {
        Ok(redirects) => redirects.redirect_to_sign_in().map(|()| Body::empty()),
        Err(_) => page(&app.site, StatusCode::BAD_REQUEST, "there is no way back to that page"),
    }
}

/// A page. What is in it belongs to one person, and is not to be stored by anybody.
fn page(site: &Site, status: StatusCode, state: &str) -> Response {
    let Site { name, other, origin, sign_out_url, .. } = site;
    let mut response = Response::new(Body::from(format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<link rel=\"icon\" href=\"data:,\">\n<title>{name}</title>\n\
         <h1>{name}</h1>\n<p id=\"state\">{state}</p>\n\
         <p><a href=\"/\">home</a> <a href=\"/members\">members</a> <a href=\"{other}/\">the other application</a>\n\
         <a href=\"{sign_out_url}?redirect_url={origin}/\">sign out</a></p>\n"
    )));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Logs those who pass.
async fn log(State(name): State<&'static str>, request: Request, next: Next) -> Response {
    let asked = asked(name, request.method(), request.uri(), request.headers());
    let extensions = request.extensions();
    match (extensions.get::<Auth>(), extensions.get::<Rejection>()) {
        (Some(_), _) => eprintln!("{asked}: signed in"),
        (None, Some(rejection)) => {
            let why = match &rejection.no_handshake {
                Some(why) => format!("; no handshake: {why:?}"),
                None => String::new(),
            };
            eprintln!("{asked}: signed out, {}{why}", rejection.reason.code());
        }
        (None, None) => eprintln!("{asked}: nobody looked"),
    }
    next.run(request).await
}

/// Logs those who do not pass: who are sent to the handshake, or cannot be told. What is answered stays as it is.
fn sent_away(name: &str, refusal: Refusal<'_>) -> Response {
    let parts = refusal.request;
    let asked = asked(name, &parts.method, &parts.uri, &parts.headers);
    let reason = refusal.state.reason().map(|reason| reason.code());
    match refusal.state {
        RequestState::Handshake(_) => {
            eprintln!("{asked}: handshake, {}", reason.unwrap_or("and back to the page"));
        }
        _ => eprintln!("{asked}: unavailable, {}", reason.unwrap_or_default()),
    }
    if let Some(error) = refusal.state.error() {
        eprintln!("  because: {error}");
    }
    refusal.response.map(|()| Body::empty())
}

/// What was asked for, without the query: there may be tokens in it.
fn asked(name: &str, method: &Method, uri: &Uri, headers: &HeaderMap) -> String {
    let header = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    format!("{name}: {method} {} {}", header(&HOST).unwrap_or("-"), uri.path())
}

/// `axum::serve` has no time limits of its own: where strangers can connect, a proxy that waits for whole requests
/// belongs in front.
#[tokio::main]
async fn serve(listener: std::net::TcpListener, site: Site) -> Result<(), Failure> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    Ok(axum::serve(listener, app(site)?).await?)
}

// What follows shows it.

const HELP: &str = "\
Pages that a server renders for browsers, and that know who is signed in.

  browser_session                      shows it: starts a stand-in for Clerk on loopback, an application and
                                       its satellite, sends a browser's requests, ends
  browser_session --serve [ADDRESS]    serves against the stand-in, for a browser of yours
  --production                         in the manner of a production instance
  --lifetime SECONDS                   how long session tokens live: 10 with --serve, unless given
  -h, --help                           shows this

ADDRESS is 127.0.0.1:3000 unless given. It ends with 0 if all is as it should be, 1 if not, 2 if it was
called wrongly.
";

fn main() -> ExitCode {
    finish(session_server(HELP, serve))
}
