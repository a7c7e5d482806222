//! The stand-in sends nobody away from its applications, gives everything once, and asks servers for their key.
use axum::http::{
    Request, Response, StatusCode,
    header::{LOCATION, SET_COOKIE},
};
use serde_json::{Value, json};

use super::*;

const APP: &str = "http://app.primary.localhost:1";
const KEY: &str = "Bearer sk_live_standin";

fn stand_in(manner: Manner) -> FrontendApi {
    let places = Places { manner, application: 1, satellite: 2, clerk: 3 };
    FrontendApi::new(places, 60).unwrap()
}

fn ask(
    stand_in: &FrontendApi,
    request: axum::http::request::Builder,
    body: &str,
) -> (u16, Value, Response<()>) {
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let (parts, body) = stand_in.answer(&Asked::read(&parts), body.as_bytes()).into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = runtime.block_on(to_bytes(body, MAX_BODY)).unwrap();
    let json = serde_json::from_slice(&body).unwrap_or_default();
    (parts.status.as_u16(), json, Response::from_parts(parts, ()))
}

fn get(host: &str, target: &str) -> axum::http::request::Builder {
    Request::get(target).header("host", host)
}

fn location(response: &Response<()>) -> &str {
    response.headers()[LOCATION].to_str().unwrap()
}

fn cookie(response: &Response<()>, name: &str) -> Option<String> {
    let cookies = response.headers().get_all(SET_COOKIE).iter();
    let mut pairs = cookies.filter_map(|cookie| cookie.to_str().unwrap().split(';').next());
    pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
}

fn handshake(back: &str) -> String {
    format!("/v1/client/handshake?format=nonce&redirect_url={}", encoded(back))
}

#[test]
fn browsers_are_sent_to_the_applications_and_nowhere_else() {
    let stand_in = stand_in(Manner::Production);
    for (back, status) in [
        ("http://app.primary.localhost:1/x?y=z", 307),
        ("http://app.primary.localhost:1", 307),
        ("http://app.primary.localhost:2/", 400),
        ("http://app.primary.localhost:1@evil.example/", 400),
        ("http://app.primary.localhost:1.evil.example/", 400),
        ("https://app.primary.localhost:1/", 400),
        ("//app.primary.localhost:1/", 400),
        ("/", 400),
        ("", 400),
        ("http://app.primary.localhost:1/\r\nx: y", 400),
        ("http://app.primary.localhost:1\\@evil.example/", 400),
    ] {
        let host = "clerk.primary.localhost:3";
        let (found, _, response) = ask(&stand_in, get(host, &handshake(back)), "");
        assert_eq!(found, status, "{back}");
        if status == 307 {
            assert_eq!(location(&response), back);
        }
        if !back.is_empty() {
            let target = format!("/sign-out?redirect_url={}", encoded(back));
            let (found, ..) = ask(&stand_in, get(host, &target), "");
            assert_eq!(found, if status == 307 { 303 } else { 400 }, "{back}");
        }
    }
}

#[test]
fn a_nonce_is_good_once_and_for_who_has_the_key() {
    let stand_in = stand_in(Manner::Production);
    let host = "clerk.primary.localhost:3";
    let target = format!("/sign-in?redirect_url={}", encoded(&format!("{APP}/")));
    let (status, _, response) = ask(&stand_in, Request::post(&target).header("host", host), "");
    assert_eq!((status, location(&response)), (303, "http://app.primary.localhost:1/"));
    let client = format!("__client={}", cookie(&response, "__client").unwrap());

    let request = get(host, &handshake(&format!("{APP}/"))).header("cookie", &client);
    let (_, _, response) = ask(&stand_in, request, "");
    let nonce = cookie(&response, "__clerk_handshake_nonce").unwrap();
    let payload = |key: &str| {
        let target = format!("/v1/clients/handshake_payload?nonce={nonce}");
        ask(&stand_in, get("127.0.0.1:3", &target).header("authorization", key), "")
    };
    let (status, answer, _) = payload("Bearer sk_live_other");
    assert_eq!((status, &answer["errors"][0]["code"]), (401, &json!("clerk_key_invalid")));
    let (status, answer, _) = payload(KEY);
    assert_eq!(status, 200);
    let directives: Vec<_> =
        answer["directives"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    assert!(directives[0].starts_with("__session=eyJ"), "{directives:?}");
    assert_eq!(
        directives.last().unwrap(),
        &"__clerk_handshake_nonce=; Max-Age=0; Domain=primary.localhost; Path=/; HttpOnly; SameSite=Lax; Secure"
    );
    assert_eq!(payload(KEY).0, 404);

    // A session is renewed for who has its refresh token.
    let find = |name: &str| {
        let found = directives.iter().find_map(|it| it.strip_prefix(name));
        found.unwrap().split([';', '=']).nth(1).unwrap().to_owned()
    };
    let (token, refresh) = (find("__session"), find("__refresh_"));
    let renew = |id: &str, refresh: &str, origin: &str| {
        let body = json!({ "format": "cookie", "expired_token": token, "refresh_token": refresh, "request_origin": origin });
        let request = Request::post(format!("/v1/sessions/{id}/refresh"))
            .header("host", "127.0.0.1:3")
            .header("authorization", KEY);
        let (status, answer, _) = ask(&stand_in, request, &body.to_string());
        (status, answer["cookies"][0].as_str().unwrap_or_default().starts_with("__session=eyJ"))
    };
    assert_eq!(renew("sess_2", &refresh, APP), (200, true));
    assert_eq!(renew("sess_2", "refresh_0", APP), (401, false));
    assert_eq!(renew("sess_1", &refresh, APP), (404, false));
    assert_eq!(renew("sess_2", &refresh, "http://evil.example"), (422, false));
    let target = format!("/sign-out?redirect_url={}", encoded(APP));
    ask(&stand_in, get(host, &target).header("cookie", &client), "");
    assert_eq!(renew("sess_2", &refresh, APP), (404, false));
}

#[test]
fn a_satellite_asks_the_primary_domain_once() {
    let stand_in = stand_in(Manner::Production);
    let (shop, clerk) = ("clerk.satellite.localhost:3", "clerk.primary.localhost:3");
    let follow = |response: &Response<()>, host: &str| {
        let target = location(response).strip_prefix(&format!("http://{host}")).unwrap();
        ask(&stand_in, get(host, target), "")
    };
    let back = "http://shop.satellite.localhost:2/";
    let (_, _, response) = ask(&stand_in, get(shop, &handshake(back)), "");
    let (_, _, response) = follow(&response, clerk);
    let ticket = location(&response).to_owned();
    let (status, _, response) = follow(&response, shop);
    assert_eq!(
        (status, location(&response)),
        (307, "http://shop.satellite.localhost:2/?__clerk_synced=true")
    );
    let first = cookie(&response, "__client").unwrap();
    // The same ticket again is nobody's, and leads to no circle.
    let target = ticket.strip_prefix("http://clerk.satellite.localhost:3").unwrap();
    let (status, _, response) = ask(&stand_in, get(shop, target), "");
    assert_eq!(
        (status, location(&response)),
        (307, "http://shop.satellite.localhost:2/?__clerk_synced=true")
    );
    assert_ne!(cookie(&response, "__client").unwrap(), first);
    // Tickets go to the satellite's Frontend API.
    let target = format!("/v1/client/sync?redirect_url={}", encoded("http://evil.example/"));
    assert_eq!(ask(&stand_in, get(clerk, &target), "").0, 400);
}

#[test]
fn in_development_all_of_it_is_in_the_url() {
    let stand_in = stand_in(Manner::Development);
    let host = "happy-cat-1.clerk.accounts.localhost:3";
    let (status, _, response) = ask(&stand_in, get(host, &handshake(&format!("{APP}/?a=b"))), "");
    assert_eq!(status, 307);
    let query = location(&response).strip_prefix("http://app.primary.localhost:1/?a=b&").unwrap();
    let browser = parameter(query, "__clerk_db_jwt").unwrap();
    assert!(parameter(query, "__clerk_handshake_nonce").is_some());
    assert_eq!(cookie(&response, "__clerk_handshake_nonce"), None);
    // It is known again by its cookie there, and by the token that applications have.
    for request in [
        get(host, &handshake(APP)).header("cookie", format!("a=b; __client={browser}")),
        get(host, &format!("{}&__clerk_db_jwt={browser}", handshake(APP))),
    ] {
        let (_, _, response) = ask(&stand_in, request, "");
        let query = location(&response).split_once('?').unwrap().1.to_owned();
        assert_eq!(parameter(&query, "__clerk_db_jwt").as_ref(), Some(&browser));
    }
    assert_eq!(ask(&stand_in, get(host, "/nowhere"), "").0, StatusCode::NOT_FOUND);
}
