//! An independent reading of where an answer sends a browser, and of what goes with it: that of the crate `url`, which
//! follows the standard that browsers do.
use clerk_core::auth::RequestState;
use http::{HeaderMap, HeaderValue, Response};
use url::Url;

use crate::app::{App, DEV_BROWSER, OWN, SECRET_KEY, Tokens};

/// What an answer leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// The handshake of the Frontend API, and from there back to this.
    FrontendApi {
        back: String,
    },
    /// The page for signing in, and from there back to this.
    SignIn {
        back: String,
    },
    Satellite(String),
    /// A page of the application itself.
    Own(String),
}

pub(crate) fn origin(url: &str) -> String {
    let url = Url::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    assert!(url.username().is_empty() && url.password().is_none(), "{url}");
    url.origin().ascii_serialization()
}

/// The values of a parameter.
pub(crate) fn values(url: &str, name: &str) -> Vec<String> {
    let url = Url::parse(url).unwrap();
    let found = url.query_pairs().filter(|(found, _)| found == name);
    found.map(|(_, value)| value.into_owned()).collect()
}

fn only(url: &str, name: &str) -> String {
    let mut values = values(url, name);
    assert_eq!(values.len(), 1, "{name} in {url}");
    values.remove(0)
}

/// One of the application's own origins; what leads there has none of these parameters.
fn assert_own(url: &str, without: &[&str]) {
    assert!(OWN.contains(&&*origin(url)), "{url}");
    for name in without {
        assert!(values(url, name).is_empty(), "{url}");
    }
}

/// What the Frontend API is told: nothing but this, in this order.
fn assert_parameters(app: &App, location: &str) {
    let url = Url::parse(location).unwrap();
    let names: Vec<_> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    let always =
        ["redirect_url", "__clerk_api_version", "suffixed_cookies", "__clerk_hs_reason", "format"];
    let (first, rest) = names.split_at(always.len());
    assert_eq!(first, always, "{location}");
    let rest: Vec<_> = rest.iter().map(|name| &**name).collect();
    let is_known = match &*rest {
        [] | ["__session"] => true,
        ["__clerk_db_jwt"] | ["__session", "__clerk_db_jwt"] => !app.is_live,
        _ => false,
    };
    assert!(is_known, "{location}");
    for (name, value) in [("__clerk_api_version", "2026-05-12"), ("format", "nonce")] {
        assert_eq!(values(location, name), [value], "{location}");
    }
}

/// Where a location leads, which is somewhere it may.
pub(crate) fn place(app: &App, location: &str) -> Place {
    assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
    let at = origin(location);
    let mut page = Url::parse(location).unwrap();
    assert_eq!(page.fragment(), None, "{location}");
    page.set_query(None);
    let is_handshake = match app.handshake.strip_prefix('/') {
        None => page.as_str() == app.handshake,
        Some(path) => OWN.contains(&&*at) && page.path() == format!("/{path}"),
    };
    if is_handshake {
        assert_parameters(app, location);
        let back = only(location, "redirect_url");
        assert_own(&back, &["__clerk_db_jwt", "__dev_session"]);
        assert!(app.handshake.starts_with("http") || at == origin(&back), "{location}");
        return Place::FrontendApi { back };
    }
    if page.as_str() == app.sign_in {
        let back = only(location, "__clerk_redirect_url");
        assert!(OWN.contains(&&*origin(&back)), "{location}");
        return Place::SignIn { back };
    }
    if app.satellites.contains(&&*at) {
        return Place::Satellite(location.to_owned());
    }
    let brought =
        ["__clerk_db_jwt", "__clerk_handshake", "__clerk_handshake_nonce", "__clerk_help"];
    assert_own(location, &brought);
    Place::Own(location.to_owned())
}

/// Headers of an answer: none but these, none with anything in it that was put there from outside.
fn assert_headers(headers: &HeaderMap, cookies: &[String]) {
    for name in headers.keys() {
        let name = name.as_str();
        assert!(matches!(name, "location" | "cache-control" | "set-cookie"), "{headers:?}");
    }
    let text = |value: &HeaderValue| value.to_str().unwrap().to_owned();
    let set: Vec<_> = headers.get_all("set-cookie").iter().map(text).collect();
    assert_eq!(set, cookies);
    assert_eq!(headers.get_all("cache-control").iter().map(text).collect::<Vec<_>>(), ["no-store"]);
}

fn assert_silent(app: &App, tokens: &Tokens, location: &str, place: &Place) {
    let to = |name: &str, secret: &str| {
        let in_parameter = values(location, name).iter().filter(|value| *value == secret).count();
        assert_eq!(location.matches(secret).count(), in_parameter, "{location}");
        in_parameter
    };
    assert!(!location.contains(SECRET_KEY) && !location.contains("hush4711"), "{location}");
    assert!(!location.contains(&tokens.fresh), "{location}");
    let sessions = to("__session", &tokens.stale) + to("__session", &tokens.good);
    let is_api = matches!(place, Place::FrontendApi { .. });
    assert!(sessions == 0 || sessions == 1 && is_api, "{location}");
    let browsers = to("__clerk_db_jwt", DEV_BROWSER);
    let may_have = !app.is_live && !matches!(place, Place::Own(_));
    assert!(browsers == 0 || browsers == 1 && may_have, "{location}");
}

/// Checks everything that an answer says to a browser that was not sent away before. Gives where it leads, if anywhere.
pub(crate) fn examine(app: &App, tokens: &Tokens, state: &RequestState) -> Option<Place> {
    let response: Response<()> = match state {
        RequestState::Handshake(response) => response.clone(),
        RequestState::SignedIn { headers, .. } | RequestState::SignedOut { headers, .. } => {
            let mut answer = HeaderMap::new();
            headers.apply(&mut answer);
            if !headers.is_empty() {
                let settled = tokens.directives();
                assert_headers(&answer, &settled);
            }
            assert!(!answer.contains_key("location"));
            return None;
        }
        state => panic!("{state:?}"),
    };
    assert_eq!(response.status(), 307);
    let mut locations = response.headers().get_all("location").iter();
    let location = locations.next().unwrap().to_str().unwrap();
    assert!(locations.next().is_none());
    let place = place(app, location);
    assert_silent(app, tokens, location, &place);
    match &place {
        Place::Own(page) => {
            assert!(!app.is_live, "{page}");
            let set = response.headers().get_all("set-cookie").iter().count();
            let count = if page.starts_with("https://") {
                COUNT
            } else {
                COUNT.trim_end_matches("; Secure")
            };
            let mut cookies = tokens.directives()[..set - 1].to_vec();
            cookies.push(count.to_owned());
            assert_headers(response.headers(), &cookies);
        }
        Place::FrontendApi { back } => assert_counted(&response, back),
        Place::SignIn { back } => {
            assert!(!app.is_live && app.is_satellite, "{location}");
            assert_counted(&response, back);
        }
        Place::Satellite(_) => {
            let set = response.headers()["set-cookie"].to_str().unwrap();
            let count = COUNT.trim_end_matches("; Secure");
            assert!(set == COUNT || set == count, "{set}");
            assert_headers(response.headers(), &[set.to_owned()]);
        }
    }
    Some(place)
}

const COUNT: &str = "__clerk_redirect_count=1; Path=/; SameSite=Lax; HttpOnly; Max-Age=2; Secure";

fn assert_counted(response: &Response<()>, back: &str) {
    let is_https = back.starts_with("https://");
    let count = if is_https { COUNT } else { COUNT.trim_end_matches("; Secure") };
    assert_headers(response.headers(), &[count.to_owned()]);
}
