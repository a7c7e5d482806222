//! Nobody is sent to where a stranger wants, and nothing of a browser's goes there.
use clerk_core::auth::{AuthenticateOptions, NoHandshake, RequestState, Verifier};
use http::{HeaderValue, Request, request::Parts};

use crate::{
    app::{APPS, App, BROWSERS, Browser, DEV_BROWSER, NOW, Tokens, authenticate, moment, trade},
    hostile::{BACKS, Back, FORWARDED, HOSTS, Known, PARAMETERS, TARGETS},
    places::{Place, examine, origin, values},
};

/// One request of a stranger's making.
struct Input {
    what: String,
    target: String,
    headers: Vec<(&'static str, Vec<u8>)>,
    /// Where nobody believes proxies, and where they are believed.
    known: [Known; 2],
    /// Where a development primary sends it.
    satellite: Option<&'static str>,
    is_plain: bool,
}

fn inputs() -> Vec<Input> {
    let host = || ("host", b"app.example.com".to_vec());
    let mut inputs = Vec::new();
    for (fields, known) in HOSTS {
        inputs.push(Input {
            what: format!(
                "host {:?}",
                fields.iter().map(|field| field.escape_ascii().to_string()).collect::<Vec<_>>()
            ),
            target: "/".to_owned(),
            headers: fields.iter().map(|field| ("host", field.to_vec())).collect(),
            known: [*known; 2],
            satellite: None,
            is_plain: true,
        });
    }
    for (target, known) in TARGETS {
        inputs.push(Input {
            what: format!("target {target:?}"),
            target: (*target).to_owned(),
            headers: vec![host()],
            known: [*known; 2],
            satellite: None,
            is_plain: true,
        });
    }
    for length in [10_000, 60_000] {
        inputs.push(Input {
            what: format!("a target of {length} bytes"),
            target: format!("//evil.example/{}", "%5c".repeat(length / 3)),
            headers: vec![host()],
            known: [Known::At("https://app.example.com"); 2],
            satellite: None,
            is_plain: true,
        });
    }
    for (fields, known) in FORWARDED {
        let fields = fields.iter().map(|(name, value)| (*name, value.as_bytes().to_vec()));
        inputs.push(Input {
            what: format!("{fields:?}"),
            target: "/".to_owned(),
            headers: fields.chain([host()]).collect(),
            known: [Known::As("https://app.example.com/"), *known],
            satellite: None,
            is_plain: true,
        });
    }
    for (query, satellite) in PARAMETERS {
        inputs.push(Input {
            what: format!("query {query}"),
            target: format!("/?{query}"),
            headers: vec![host()],
            known: [Known::At("https://app.example.com"); 2],
            satellite: *satellite,
            is_plain: false,
        });
    }
    inputs
}

/// A page that a browser asks for after a click on a stranger's link; `None` if there can be no such request.
fn page(target: &str, headers: &[(&'static str, Vec<u8>)], cookies: &str) -> Option<Parts> {
    let mut request = Request::get(target)
        .header("sec-fetch-dest", "document")
        .header("accept", "text/html")
        .header("referer", "https://evil.example/");
    for (name, value) in headers {
        request = request.header(*name, HeaderValue::from_bytes(value).ok()?);
    }
    if !cookies.is_empty() {
        request = request.header("cookie", cookies);
    }
    Some(request.body(()).ok()?.into_parts().0)
}

/// Whether the URL has a token of a development browser in it, which is not handed on.
fn brings_token(parts: &Parts) -> bool {
    let query = parts.uri.query().unwrap_or_default();
    query.contains("_clerk_db_jwt") || query.contains("__dev_session")
}

/// Where a browser is sent that has nothing in its URL but the page.
fn expected(app: &App, browser: Browser, back: &str) -> Option<Place> {
    let back = back.to_owned();
    let handshake = Some(Place::FrontendApi { back: back.clone() });
    match browser {
        Browser::New if app.is_satellite && !app.is_live => Some(Place::SignIn { back }),
        Browser::New if app.is_satellite || !app.is_live => handshake,
        Browser::New => None,
        Browser::Gone | Browser::Stale => handshake,
        // A link on another origin led here.
        Browser::In if app.is_satellite => None,
        Browser::In => handshake,
        Browser::Back if app.is_live => None,
        Browser::Back => Some(Place::Own(back.trim_end_matches('?').to_owned())),
    }
}

/// The page that somebody comes back to, and that is not one of a stranger's.
fn assert_back(place: &Place, known: Known, what: &str) {
    let (Place::FrontendApi { back } | Place::SignIn { back } | Place::Own(back)) = place else {
        return;
    };
    match known {
        Known::At(at) => assert_eq!(origin(back), at, "{what}"),
        Known::As(url) => assert_eq!(origin(back), origin(url), "{what}"),
        Known::Not | Known::NeverComes => panic!("{what}: {place:?}"),
    }
}

fn judge(
    app: &App,
    tokens: &Tokens,
    input: &Input,
    browser: Browser,
    trusts: bool,
) -> Option<bool> {
    let what = format!("{}, {browser:?}, trusts {trusts}: {}", app.name, input.what);
    let known = input.known[usize::from(trusts)];
    // In development the result of a handshake is in the URL.
    let mut target = input.target.clone();
    let is_back = browser == Browser::Back && !app.is_live && target.contains('/');
    if is_back {
        target.push(if target.contains('?') { '&' } else { '?' });
        target.push_str("__clerk_handshake_nonce=nonce_1");
    }
    let parts = page(&target, &input.headers, &tokens.cookies(browser));
    assert_eq!(parts.is_none(), matches!(known, Known::NeverComes), "{what}");
    let parts = parts?;
    let options = AuthenticateOptions::new();
    let options = if trusts { options.trust_forwarded() } else { options };
    let answer = trade(&tokens.directives());
    let (state, asked) = authenticate(&app.verifier, &parts, &options, moment(NOW), answer);
    for request in &asked {
        assert_eq!(request.uri().authority().unwrap(), "api.clerk.com", "{what}");
    }
    let place = examine(app, tokens, &state);
    match &place {
        None => {}
        Some(place) => assert_back(place, known, &what),
    }
    match (known, input.satellite) {
        (Known::Not, _) => {
            assert_eq!(place, None, "{what}");
            if let (Browser::Gone | Browser::Stale, RequestState::SignedOut { rejection, .. }) =
                (browser, &state)
            {
                assert_eq!(rejection.no_handshake, Some(NoHandshake::UnknownHost), "{what}");
            }
        }
        (Known::As(back), _) if input.is_plain && !brings_token(&parts) => {
            let expected = expected(app, browser, back);
            assert_eq!(place, expected.filter(|_| is_back || browser != Browser::Back), "{what}");
        }
        (Known::As(back), _) if input.is_plain => {
            if let Some(Place::FrontendApi { back: found }) = &place {
                assert!(found == back, "{what}: {found}");
            }
        }
        (_, Some(satellite)) if !app.satellites.is_empty() && browser != Browser::Back => {
            let join = if satellite.contains('?') { '&' } else { '?' };
            let token = match browser {
                Browser::New => String::new(),
                _ => format!("__clerk_db_jwt={DEV_BROWSER}&"),
            };
            let location = format!("{satellite}{join}{token}__clerk_synced=true");
            assert_eq!(place, Some(Place::Satellite(location)), "{what}");
        }
        _ => assert!(!matches!(place, Some(Place::Satellite(_))), "{what}: {place:?}"),
    }
    Some(place.is_some())
}

#[test]
fn nobody_is_sent_to_a_stranger() {
    let inputs = inputs();
    let (mut requests, mut locations) = (0, 0);
    for (app, tokens) in APPS.iter() {
        for input in &inputs {
            for browser in BROWSERS {
                for trusts in [false, true] {
                    if let Some(is_sent) = judge(app, tokens, input, browser, trusts) {
                        requests += 1;
                        locations += usize::from(is_sent);
                    }
                }
            }
        }
    }
    println!("{} inputs, {requests} requests, {locations} of them sent on", inputs.len());
    assert_eq!((inputs.len(), requests, locations), (357, 20_580, 10_252));
}

fn redirects_to(
    verifier: &Verifier,
    host: &str,
    back: Option<&str>,
) -> Result<Vec<String>, String> {
    let cookies = format!("__clerk_db_jwt={DEV_BROWSER}; __session=x");
    let parts = page("/here?__clerk_db_jwt=x", &[("host", host.into())], &cookies).unwrap();
    let mut redirects = verifier.redirects(&parts, &AuthenticateOptions::new()).unwrap();
    if let Some(back) = back {
        redirects = redirects.return_back_to(back).map_err(|error| error.to_string())?;
    }
    let responses = [
        redirects.redirect_to_sign_in(),
        redirects.redirect_to_sign_up(),
        redirects.redirect_to_tasks(),
    ];
    Ok(responses
        .iter()
        .map(|response| {
            assert_eq!(
                (response.status().as_u16(), &response.headers()["cache-control"]),
                (307, &HeaderValue::from_static("no-store"))
            );
            assert_eq!(response.headers().len(), 2);
            response.headers()["location"].to_str().unwrap().to_owned()
        })
        .collect())
}

/// The pages that answers of [`redirects_to`] lead to, with what goes to them.
fn assert_leads(app: &App, locations: &[String], back: Option<&str>) {
    let sign_in = app.sign_in;
    let sign_up = match app.is_satellite {
        true => format!("{sign_in}/create"),
        false => sign_in.replace("sign-in", "sign-up"),
    };
    let pages = [sign_in.to_owned(), sign_up, format!("{sign_in}/tasks")];
    for (location, page) in locations.iter().zip(pages) {
        let (to, _) = location.split_once('?').unwrap_or((location, ""));
        assert_eq!(to, page);
        assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
        let token = if app.is_live { vec![] } else { vec![DEV_BROWSER] };
        assert_eq!(values(location, "__clerk_db_jwt"), token, "{location}");
        let backs = values(location, "redirect_url");
        assert_eq!(backs.len(), usize::from(back.is_some()), "{location}");
        if let (Some(found), Some(back)) = (backs.first(), back) {
            let synced = if app.is_satellite { vec!["false"] } else { vec![] };
            assert_eq!(values(found, "__clerk_synced"), synced, "{location}");
            let (at, wanted) = (url::Url::parse(found).unwrap(), url::Url::parse(back).unwrap());
            assert_eq!((at.origin(), at.path()), (wanted.origin(), wanted.path()), "{location}");
            assert!(
                at.query().unwrap_or("").starts_with(wanted.query().unwrap_or("")),
                "{location}"
            );
        }
    }
}

#[test]
fn nobody_is_brought_back_to_a_stranger() {
    let (mut led, mut refused) = (0, 0);
    for (app, _) in APPS.iter() {
        for (target, back) in BACKS {
            let back = match *back {
                Back::To(back) => Some(back),
                Back::Shop(back) if !app.satellites.is_empty() => Some(back),
                _ => None,
            };
            match (redirects_to(&app.verifier, "app.example.com", Some(target)), back) {
                (Ok(locations), Some(_)) => {
                    assert_leads(app, &locations, back);
                    led += locations.len();
                }
                (Err(error), None) => {
                    assert!(error.contains("`return_back_to`"), "{error}");
                    assert!(!error.contains("evil"), "{error}");
                    refused += 1;
                }
                (found, _) => panic!("{}, {target:?}: {found:?}", app.name),
            }
        }
        // From where nobody knows the page, nobody is brought back to it.
        for (host, back) in [
            ("app.example.com", Some("https://app.example.com/here")),
            ("evil.example", None),
            ("app.example.com@evil.example", None),
        ] {
            assert_leads(app, &redirects_to(&app.verifier, host, None).unwrap(), back);
            if back.is_none() {
                let found = redirects_to(&app.verifier, host, Some("/x")).unwrap();
                assert_leads(app, &found, None);
            }
        }
    }
    println!("{} pages to return to: {led} answers, {refused} refusals", BACKS.len());
    assert_eq!((BACKS.len(), led, refused), (80, 276, 388));
}

/// A fragment is never sent to a server; what is behind it is no parameter.
#[test]
fn a_fragment_hides_no_parameter() {
    for (app, _) in APPS.iter() {
        for (target, back) in [
            ("/x#y", "https://app.example.com/x"),
            ("/x?a=b#y", "https://app.example.com/x?a=b"),
            ("https://app.example.com/x#?y", "https://app.example.com/x"),
        ] {
            let locations = redirects_to(&app.verifier, "app.example.com", Some(target));
            assert_leads(app, &locations.unwrap(), Some(back));
        }
    }
}

/// Letters that no URL has are encoded, and are no reason to answer that nobody can say.
#[test]
fn a_satellite_may_have_pages_in_any_language() {
    let (app, tokens) = &APPS[0];
    for query in ["https://shop.example/%C3%A9", "https://shop.example/?q=%C3%A9"] {
        let target = format!("/?__clerk_redirect_url={query}");
        let host = [("host", b"app.example.com".to_vec())];
        let parts = page(&target, &host, &tokens.cookies(Browser::Gone)).unwrap();
        let options = AuthenticateOptions::new();
        let (state, _) = authenticate(&app.verifier, &parts, &options, moment(NOW), trade(&[]));
        assert!(matches!(state, RequestState::Handshake(_)), "{state:?}");
        let join = if query.contains("/?") { '&' } else { '?' };
        let location = format!("{query}{join}__clerk_db_jwt={DEV_BROWSER}&__clerk_synced=true");
        assert_eq!(examine(app, tokens, &state), Some(Place::Satellite(location)));
    }
}

/// The one in the page's own address is older than what the primary application says, and comes first.
#[test]
fn a_satellite_gets_one_token_of_the_browser() {
    let (app, tokens) = &APPS[0];
    let target = "/?__clerk_redirect_url=https://shop.example/?__clerk_db_jwt=dvb_of_a_stranger";
    let host = [("host", b"app.example.com".to_vec())];
    let parts = page(target, &host, &tokens.cookies(Browser::Gone)).unwrap();
    let options = AuthenticateOptions::new();
    let (state, _) = authenticate(&app.verifier, &parts, &options, moment(NOW), trade(&[]));
    let Some(Place::Satellite(location)) = examine(app, tokens, &state) else {
        panic!("{state:?}")
    };
    assert_eq!(values(&location, "__clerk_db_jwt"), [DEV_BROWSER], "{location}");
}

/// With both schemes at one host, what is said of the scheme chooses, and is never taken over.
#[test]
fn a_scheme_is_chosen_and_not_taken_over() {
    use crate::app::verifier;
    let (app, tokens) = &APPS[0];
    let handshake = clerk_core::auth::Handshake::new();
    let both = ["https://app.example.com", "http://app.example.com"];
    let verifier = verifier(&app.key, &both, handshake, true);
    for (proto, at) in [
        (None, "https://app.example.com"),
        (Some("https"), "https://app.example.com"),
        (Some("HTTPS"), "https://app.example.com"),
        (Some("http"), "http://app.example.com"),
        (Some("http, https"), "http://app.example.com"),
        (Some("https, http"), "https://app.example.com"),
    ] {
        let mut headers = vec![("host", b"app.example.com".to_vec())];
        headers.extend(proto.map(|proto| ("x-forwarded-proto", proto.as_bytes().to_vec())));
        let parts = page("/x", &headers, &tokens.cookies(Browser::Gone)).unwrap();
        for (options, at) in [
            (AuthenticateOptions::new(), "https://app.example.com"),
            (AuthenticateOptions::new().trust_forwarded(), at),
        ] {
            let (state, _) = authenticate(&verifier, &parts, &options, moment(NOW), trade(&[]));
            let RequestState::Handshake(response) = &state else { panic!("{state:?}") };
            let location = response.headers()["location"].to_str().unwrap();
            assert_eq!(values(location, "redirect_url"), [format!("{at}/x")]);
            let set = response.headers()["set-cookie"].to_str().unwrap();
            assert_eq!(set.ends_with("; Secure"), at.starts_with("https"), "{set}");
        }
    }
}

/// What is in the cookie may be a secret of somebody else's, under the name of a session.
#[test]
fn what_is_no_session_token_is_told_nobody() {
    use clerk_core::testing::TestKey;
    let machine = TestKey::first().m2m("mch_1").mint(NOW);
    let template = TestKey::first().template("user_1").mint(NOW);
    for (app, tokens) in APPS.iter() {
        let good = &*tokens.good;
        for (cookie, told) in [
            (good, Some(good)),
            ("secret", None),
            ("a.b.c", None),
            ("ak_secret", None),
            ("mt_secret", None),
            ("oat_secret", None),
            ("sk_test_secret", None),
            (&machine, None),
            (&template, None),
            (&good[..good.len() / 2], None),
            (&good.replacen('.', "", 1), None),
        ] {
            // Without the cookie that says since when: whatever the token is, there is a handshake.
            let cookies = format!("__session={cookie}; __clerk_db_jwt={DEV_BROWSER}");
            let host = [("host", b"app.example.com".to_vec())];
            let parts = page("/", &host, &cookies).unwrap();
            let options = AuthenticateOptions::new();
            let (state, _) = authenticate(&app.verifier, &parts, &options, moment(NOW), trade(&[]));
            let RequestState::Handshake(response) = &state else { panic!("{state:?}") };
            let location = response.headers()["location"].to_str().unwrap();
            assert_eq!(values(location, "__session"), Vec::from_iter(told), "{}", app.name);
            assert!(told.is_some() || !location.contains(cookie), "{}: {location}", app.name);
            examine(app, tokens, &state);
        }
    }
}
