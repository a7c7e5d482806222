//! What browsers ask: the handshake, and the pages for signing in and out.
use axum::http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, REFERRER_POLICY, SET_COOKIE},
};
use std::sync::atomic::Ordering;

use axum::{body::Body, response::Response};

use super::{
    FrontendApi,
    asked::Asked,
    query::with,
    state::{Clients, Kind, domain},
};

const DEV_BROWSER: &str = "__clerk_db_jwt";
const NONCE: &str = "__clerk_handshake_nonce";
const TICKET: &str = "__clerk_ticket";

impl FrontendApi {
    /// Sends a browser back to the application with what it has to know, or rather with a nonce for it.
    pub(super) fn handshake(&self, asked: &Asked) -> Response {
        let Some(back) = self.back(asked) else { return refuse() };
        if asked.parameter("format").as_deref() != Some("nonce") {
            return refuse();
        }
        let is_production = self.places.is_production();
        let is_satellite = is_production && asked.host == self.places.satellite_clerk_host();
        let mut clients = self.clients();
        let id = match asked.parameter(TICKET).and_then(|ticket| clients.tickets.remove(&ticket)) {
            Some(id) if is_satellite => id,
            // The domain of the satellite has no cookies of the primary one: ask there, once.
            _ if is_satellite && is_to_sync(asked, &clients) => {
                let primary = format!("http://{}/v1/client/sync", self.places.clerk_host());
                return go(
                    StatusCode::TEMPORARY_REDIRECT,
                    &with(&primary, "redirect_url", &asked.url()),
                );
            }
            _ => clients.client(asked, is_production),
        };
        let client = clients.all.get(&id).cloned().unwrap_or_default();
        let origin = origin(&back).to_owned();
        let mut directives = self.directives(&client, &id, &origin);
        let nonce = clients.name("nonce");
        let mut cookies = vec![self.client_cookie(&id)];
        let back = if is_production {
            let attributes = format!(
                "Domain={}; Path=/; HttpOnly; SameSite=Lax{}",
                domain(&origin),
                self.secure()
            );
            cookies.push(format!("{NONCE}={nonce}; Max-Age=60; {attributes}"));
            // Whoever uses the nonce has the browser forget it.
            directives.push(format!("{NONCE}=; Max-Age=0; {attributes}"));
            if is_satellite { with(&back, "__clerk_synced", "true") } else { back }
        } else {
            with(&with(&back, DEV_BROWSER, &id), NONCE, &nonce)
        };
        clients.nonces.insert(nonce, directives);
        with_cookies(go(StatusCode::TEMPORARY_REDIRECT, &back), &cookies)
    }

    /// Tells the Frontend API of a satellite which browser this is.
    pub(super) fn sync(&self, asked: &Asked) -> Response {
        let wanted = format!("http://{}/v1/client/handshake?", self.places.satellite_clerk_host());
        let is_here = asked.host == self.places.clerk_host();
        let back = asked.parameter("redirect_url").filter(|back| back.starts_with(&wanted));
        let Some(back) = back.filter(|_| is_here && self.places.is_production()) else {
            return refuse();
        };
        let mut clients = self.clients();
        let id = clients.client(asked, true);
        let ticket = clients.name("ticket");
        clients.tickets.insert(ticket.clone(), id.clone());
        let response = go(StatusCode::TEMPORARY_REDIRECT, &with(&back, TICKET, &ticket));
        with_cookies(response, &[self.client_cookie(&id)])
    }

    pub(super) fn sign_in_page(&self, asked: &Asked) -> Response {
        let action = escape(&format!("/sign-in?{}", asked.query));
        page(&format!(
            "<p id=\"state\">sign in</p>\n\
             <form method=\"post\" action=\"{action}\"><button id=\"sign-in\">as user_ann</button></form>"
        ))
    }

    pub(super) fn sign_in(&self, asked: &Asked) -> Response {
        self.change(asked, true)
    }

    pub(super) fn sign_out(&self, asked: &Asked) -> Response {
        self.change(asked, false)
    }

    fn change(&self, asked: &Asked, is_in: bool) -> Response {
        let back = match (self.back(asked), asked.parameter("redirect_url")) {
            (None, Some(_)) => return refuse(),
            (back, _) => back,
        };
        let is_production = self.places.is_production();
        let mut clients = self.clients();
        let id = clients.client(asked, is_production);
        if is_in {
            clients.sign_in(&id);
        } else {
            clients.sign_out(&id);
        }
        let client = clients.all.get(&id).cloned().unwrap_or_default();
        let mut cookies = vec![self.client_cookie(&id)];
        // Every application on this domain is to see that something has changed. In development it is told by the
        // token of the browser in the URL.
        if is_production {
            cookies.extend(self.uat_cookies(&client, &self.places.application()));
        }
        let response = match back {
            Some(back) if is_production => go(StatusCode::SEE_OTHER, &back),
            Some(back) => go(StatusCode::SEE_OTHER, &with(&back, DEV_BROWSER, &id)),
            None if is_in => page("<p id=\"state\">signed in</p>"),
            None => page("<p id=\"state\">signed out</p>"),
        };
        with_cookies(response, &cookies)
    }

    /// Hands out a session token as wanted, to see what comes of it.
    pub(super) fn control_session(&self, asked: &Asked) -> Response {
        let kind = match asked.parameter("kind").as_deref() {
            Some("expired") => Kind::Expired,
            Some("strange") => Kind::Strange,
            _ => return refuse(),
        };
        let origin = asked.parameter("origin").unwrap_or_default();
        self.session(kind, &origin).map_or_else(refuse, |token| Response::new(Body::from(token)))
    }

    /// Changes how long session tokens live. Less than nothing is what servers see whose clocks are wrong.
    pub(super) fn control_lifetime(&self, asked: &Asked) -> Response {
        match asked.parameter("seconds").and_then(|seconds| seconds.parse().ok()) {
            Some(seconds) => {
                self.lifetime.store(seconds, Ordering::Relaxed);
                page("<p id=\"state\">changed</p>")
            }
            None => refuse(),
        }
    }

    /// Where the browser is to go: to nobody's but the instance's own applications.
    fn back(&self, asked: &Asked) -> Option<String> {
        let back = asked.parameter("redirect_url")?;
        let is_plain = back.bytes().all(|byte| byte.is_ascii_graphic()) && !back.contains('\\');
        (is_plain && self.is_application(origin(&back))).then_some(back)
    }

    pub(super) fn is_application(&self, origin: &str) -> bool {
        origin == self.places.application() || origin == self.places.satellite()
    }

    fn client_cookie(&self, id: &str) -> String {
        format!("__client={id}; Path=/; HttpOnly; SameSite=Lax{}", self.secure())
    }
}

/// Whether the primary domain has to be asked who a browser is that comes from a satellite.
fn is_to_sync(asked: &Asked, clients: &Clients) -> bool {
    let is_known = asked.cookie("__client").is_some_and(|id| clients.all.contains_key(id));
    let is_wanted = asked.reason().as_deref() == Some("satellite-needs-syncing");
    asked.parameter(TICKET).is_none() && (is_wanted || !is_known)
}

/// The origin of a URL.
fn origin(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(start..).and_then(|rest| rest.find(['/', '?', '#']));
    end.and_then(|end| url.get(..start + end)).unwrap_or(url)
}

fn go(status: StatusCode, location: &str) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(LOCATION, location);
    }
    common(response.headers_mut());
    response
}

fn with_cookies(mut response: Response, cookies: &[String]) -> Response {
    for cookie in cookies {
        if let Ok(cookie) = HeaderValue::from_str(cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    response
}

fn page(body: &str) -> Response {
    let html = format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>a stand-in for Clerk</title>\n<h1>A stand-in for Clerk</h1>\n{body}\n"
    );
    let mut response = Response::new(Body::from(html));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    common(headers);
    response
}

fn common(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Applications know Clerk's own pages by their host and https, and would take this one for a stranger's, which
    // costs a handshake.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}

fn refuse() -> Response {
    let mut response = page("<p id=\"state\">refused</p>");
    *response.status_mut() = StatusCode::BAD_REQUEST;
    response
}

/// Text as a page can hold it.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}
