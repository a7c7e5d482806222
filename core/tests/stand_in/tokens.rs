//! Keys, the tokens of machines and OAuth applications, API keys, and the clock.
use std::time::Duration;

use clerk_core::{
    Client, Config, Timestamp,
    api::{m2m::M2mTokenFormat, oauth_access_tokens::OauthAccessTokenVerification},
    auth::KeySet,
    model::JwkSet,
    testing::{StandIn, StandInTransport, TestKey},
};
use http::Method;
use serde_json::{Value, json};

use super::{NOW, ask, client};

/// Those of the answered keys that count.
fn key_set(answered: &JwkSet) -> KeySet {
    KeySet::from_json(&serde_json::to_string(answered).unwrap()).unwrap()
}

#[test]
fn it_answers_with_its_keys() {
    let (client, transport) = client();
    let answered = client.jwks().get().send().unwrap();
    let key = answered.find("ins_test_1").unwrap();
    assert_eq!(
        (key.kty.as_str(), key.alg.as_deref(), key.r#use.as_deref()),
        ("RSA", Some("RS256"), Some("sig"))
    );
    assert!(!key.is_secret());
    let set = key_set(&answered);
    assert_eq!((set.skipped(), &set), (0, &TestKey::first().key_set()));

    let keys = [TestKey::second(), TestKey::third().with_kid("ins_other")];
    transport.with(|stand_in| stand_in.set_keys(keys));
    let set = key_set(&client.jwks().get().send().unwrap());
    assert!(set.ids().eq(["ins_test_2", "ins_other"]));
    transport.with(|stand_in| stand_in.set_keys([]));
    assert!(client.jwks().get().send().unwrap().keys().is_empty());
}

#[test]
fn opaque_tokens_from_end_to_end() {
    let (client, transport) = client();
    let (m2m, oauth, (key_id, api_key)) = transport.with(|stand_in| {
        let oauth = stand_in.add_oauth_token("user_1", &["profile", "email"]);
        (stand_in.add_m2m_token("mch_1"), oauth, stand_in.add_api_key("org_1", "Invoices"))
    });

    let answer = client.m2m().verify(&*m2m).send_with_response().unwrap();
    assert!(answer.value.is_usable());
    assert_eq!(answer.value.subject, "mch_1");
    // All that the specification asks for is there, and the token itself is not.
    let mut answer: Value = serde_json::from_slice(&answer.body).unwrap();
    let id = answer["id"].take();
    assert!(id.as_str().unwrap().starts_with("mt_") && id.as_str().unwrap().len() == 35);
    assert_eq!(
        answer,
        json!({
            "object": "machine_to_machine_token", "id": null, "subject": "mch_1", "claims": null,
            "scopes": [], "revoked": false, "revocation_reason": null, "expired": false,
            "expiration": null, "last_used_at": null, "created_at": 0, "updated_at": 0,
        })
    );

    let verify_oauth = || client.oauth_access_tokens().verify().access_token(&*oauth).send();
    let OauthAccessTokenVerification::Token(token) = verify_oauth().unwrap() else {
        panic!("it is a token");
    };
    assert!(token.is_usable());
    assert_eq!(
        (&*token.scopes, token.subject.as_str()),
        (&["profile".to_owned(), "email".to_owned()][..], "user_1")
    );

    let key = client.api_keys().verify(&*api_key).send().unwrap();
    assert_eq!((&key.id, key.subject.as_str(), &*key.name), (&key_id, "org_1", "Invoices"));
    assert!(key.is_usable());

    transport.with(|stand_in| {
        assert!(stand_in.revoke(&m2m) && stand_in.expire(&oauth) && stand_in.revoke(&key_id));
        assert!(!stand_in.revoke("mt_none") && !stand_in.expire("mt_none"));
    });
    let token = client.m2m().verify(&*m2m).send().unwrap();
    assert_eq!((token.is_usable(), token.revoked, token.expired), (false, true, false));
    assert_eq!(verify_oauth().unwrap().usable(), None);
    assert!(client.api_keys().verify(&*api_key).send().unwrap().revoked);

    // What it does not know is not found, and a token is none of another kind.
    for error in [
        client.m2m().verify("mt_none").send().map(drop),
        client.m2m().verify(&*oauth).send().map(drop),
        client.api_keys().verify(&*m2m).send().map(drop),
        client.oauth_access_tokens().verify().access_token("oat_none").send().map(drop),
    ] {
        let error = error.unwrap_err();
        assert!(error.is_not_found() && error.has_code("resource_not_found"), "{error}");
    }
}

/// Two machines of which the first may talk to the second, and the client of each.
fn machines() -> (Client<StandInTransport>, Client<StandInTransport>, StandInTransport) {
    let mut stand_in = StandIn::new("sk_test_abc");
    stand_in.add_machine("mch_1", "ak_one");
    stand_in.add_machine("mch_2", "ak_two");
    assert!(stand_in.add_machine_scope("mch_1", "mch_2"));
    assert!(!stand_in.add_machine_scope("mch_none", "mch_2"));
    let transport = StandInTransport::new(stand_in);
    let client = |key| Client::new(Config::for_machine(key).build().unwrap(), transport.clone(), 7);
    (client("ak_one"), client("ak_two"), transport.clone())
}

#[test]
fn a_machine_creates_tokens_of_its_own() {
    let (one, two, transport) = machines();
    let created = one
        .m2m()
        .create()
        .seconds_until_expiration(600)
        .claims(json!({ "job": 17 }))
        .send_with_response()
        .unwrap();
    assert_eq!(created.status, 201);
    let created = created.value;
    assert_eq!((created.subject.as_str(), &created.claims), ("mch_1", &Some(json!({ "job": 17 }))));
    assert_eq!(created.scopes, ["mch_2"]);
    assert_eq!(
        created.expiration.unwrap().timestamp(),
        NOW.saturating_add(Duration::from_secs(600))
    );
    assert_eq!(created.created_at.timestamp(), NOW);

    // It is for the second machine, which can verify it but not revoke it; the first can do that.
    let shown = created.token.expose().as_str();
    assert!(two.m2m().verify(shown).send().unwrap().is_usable());
    assert!(one.m2m().verify(shown).send().unwrap_err().is_not_found());
    assert!(two.m2m().revoke(&created.id).send().unwrap_err().is_not_found());
    let listed = |machine: &Client<StandInTransport>| {
        let list = machine.m2m().list("mch_1").revoked(true).send();
        list.map(|list| list.total_count)
    };
    assert_eq!(listed(&one).unwrap(), 1.0);
    assert_eq!(listed(&two).unwrap_err().status().unwrap(), 403);
    let revoked = one.m2m().revoke(&created.id).revocation_reason("it leaked").send().unwrap();
    assert_eq!((revoked.revoked, revoked.revocation_reason.as_deref()), (true, Some("it leaked")));
    assert!(two.m2m().verify(shown).send().unwrap().revoked);
    assert_eq!(one.m2m().list("mch_1").send().unwrap().m2m_tokens, []);
    assert_eq!(listed(&one).unwrap(), 1.0);

    // Time passes for tokens.
    let short = one.m2m().create().seconds_until_expiration(60).send().unwrap();
    transport.advance(Duration::from_secs(60));
    assert!(two.m2m().verify(short.token.clone()).send().unwrap().expired);
    assert_eq!(one.m2m().list("mch_1").expired(true).send().unwrap().total_count, 1.0);

    // A token that is still good for long enough is given again.
    let again = || one.m2m().create().min_remaining_ttl_seconds(300).send();
    let token = again().unwrap();
    assert_eq!(again().unwrap().id, token.id);
    transport.advance(Duration::from_secs(3301));
    assert_ne!(again().unwrap().id, token.id);

    // The key of a machine opens nothing else, and no other key creates tokens.
    for path in ["/v1/users", "/v1/jwks"] {
        let (status, answer) =
            transport.with(|stand_in| ask(stand_in, Method::GET, path, Some("ak_one"), ""));
        assert_eq!((status, &answer["errors"][0]["code"]), (401, &json!("clerk_key_invalid")));
    }
    let instance = Client::new(Config::new("sk_test_abc").unwrap(), transport, 7);
    let error = instance.m2m().create().send().unwrap_err();
    assert_eq!(
        (error.status().unwrap().as_u16(), error.has_code("authorization_invalid")),
        (403, true)
    );
    assert!(instance.m2m().verify(token.token.clone()).send().is_ok());
}

#[test]
fn odd_tokens_are_not_created() {
    let mut stand_in = StandIn::new("sk_test_abc");
    stand_in.add_machine("mch_1", "ak_one");
    for (body, param) in [
        (r#"{"seconds_until_expiration":0}"#, "seconds_until_expiration"),
        (r#"{"seconds_until_expiration":"1"}"#, "seconds_until_expiration"),
        (r#"{"token_format":"paper"}"#, "token_format"),
        (r#"{"min_remaining_ttl_seconds":-1}"#, "min_remaining_ttl_seconds"),
        (r#"{"min_remaining_ttl_seconds":3600}"#, "min_remaining_ttl_seconds"),
        (r#"{"shiny":1}"#, "shiny"),
    ] {
        let (status, answer) =
            ask(&mut stand_in, Method::POST, "/v1/m2m_tokens", Some("ak_one"), body);
        assert_eq!(
            (status, &answer["errors"][0]["meta"]["param_name"]),
            (422, &json!(param)),
            "{body}"
        );
    }
    let path = "/v1/m2m_tokens";
    let (status, answer) = ask(
        &mut stand_in,
        Method::POST,
        path,
        Some("ak_one"),
        r#"{"seconds_until_expiration":1e300}"#,
    );
    assert_eq!((status, &answer["expired"]), (201, &json!(false)));
    let (status, answer) = ask(&mut stand_in, Method::GET, path, Some("ak_one"), "");
    assert_eq!((status, &answer["errors"][0]["code"]), (422, &json!("form_param_missing")));
    for (path, body) in [
        ("/v1/m2m_tokens/verify", r#"{"token":7}"#),
        ("/v1/oauth_applications/access_tokens/verify", "{}"),
        ("/v1/api_keys/verify", r#"{"secret":null}"#),
    ] {
        let (status, _) = ask(&mut stand_in, Method::POST, path, Some("sk_test_abc"), body);
        assert_eq!(status, 422, "{path}");
    }
}

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto")))]
#[test]
fn without_a_backend_nothing_is_signed() {
    let (one, _, _) = machines();
    let error = one.m2m().create().token_format(M2mTokenFormat::Jwt).send().unwrap_err();
    assert!(error.is_unprocessable() && error.has_code("form_param_value_invalid"), "{error}");
}

#[test]
fn the_clock_is_a_number() {
    let (_, transport) = client();
    assert_eq!(transport.now(), NOW);
    transport.advance(Duration::from_millis(1500));
    assert_eq!(transport.clone().now().as_millis(), NOW.as_millis() + 1500);
    for time in [NOW, Timestamp::from_millis(0), Timestamp::from_secs(4_000_000_000)] {
        transport.set_now(time);
        assert_eq!(transport.now(), time);
    }
}

#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))]
mod with_signatures {
    use clerk_core::auth::{
        Auth, AuthenticateOptions, M2mAuth, Reason, RequestState, TokenType, Verifier,
    };
    use http::Request;

    use super::*;

    const ISSUER: &str = "https://clerk.test";

    /// Who sends a request with this token, where any type is accepted.
    fn authenticate(
        client: &Client<StandInTransport>,
        verifier: &Verifier,
        token: &str,
    ) -> RequestState {
        let request = Request::get("/").header("authorization", format!("Bearer {token}"));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        client.run(verifier.authenticate(&parts, &AuthenticateOptions::new().accept_any()))
    }

    fn paths(transport: &StandInTransport) -> Vec<String> {
        transport.with(|stand_in| stand_in.requests().map(|request| request.path.clone()).collect())
    }

    #[test]
    fn tokens_of_every_kind_are_told_apart() {
        let (client, transport) = client();
        let verifier = client.verifier().issuer(ISSUER).build().unwrap();
        let now = transport.now().as_secs();
        let key = TestKey::first();
        let (m2m, oauth, (_, api_key)) = transport.with(|stand_in| {
            let oauth = stand_in.add_oauth_token("user_2", &["profile"]);
            (stand_in.add_m2m_token("mch_2"), oauth, stand_in.add_api_key("user_3", "Invoices"))
        });
        for (token, shown) in [
            (key.session("user_1").issuer(ISSUER).mint(now), "session_token of user_1"),
            (key.m2m("mch_1").issuer(ISSUER).mint(now), "m2m_token of mch_1"),
            (key.oauth("user_1").issuer(ISSUER).mint(now), "oauth_token of user_1"),
            (m2m.clone(), "m2m_token of mch_2"),
            (oauth.clone(), "oauth_token of user_2"),
            (api_key.clone(), "api_key of user_3"),
        ] {
            let state = authenticate(&client, &verifier, &token);
            assert_eq!(state.auth().map(ToString::to_string).as_deref(), Some(shown), "{state:?}");
        }
        // One question for the keys, and one for each opaque token.
        let verify = |what: &str| format!("/v1/{what}/verify");
        assert_eq!(
            paths(&transport),
            [
                "/v1/jwks".to_owned(),
                verify("m2m_tokens"),
                verify("oauth_applications/access_tokens"),
                verify("api_keys"),
            ]
        );

        transport.with(|stand_in| {
            assert!(stand_in.revoke(&m2m) && stand_in.expire(&oauth) && stand_in.revoke(&api_key));
        });
        for (token, token_type, reason) in [
            (&*m2m, TokenType::M2m, Reason::TokenRevoked),
            (&*oauth, TokenType::Oauth, Reason::TokenExpired),
            (&*api_key, TokenType::ApiKey, Reason::TokenRevoked),
            ("mt_none", TokenType::M2m, Reason::TokenInvalid),
            ("oat_none", TokenType::Oauth, Reason::TokenInvalid),
            ("ak_none", TokenType::ApiKey, Reason::TokenInvalid),
        ] {
            let state = authenticate(&client, &verifier, token);
            let RequestState::SignedOut { rejection, .. } = state else {
                panic!("{token}: {state:?}")
            };
            assert_eq!(
                (rejection.reason, rejection.token_type),
                (reason, Some(token_type)),
                "{token}"
            );
        }
    }

    #[test]
    fn a_session_ends_when_its_time_has_come() {
        let (client, transport) = client();
        let verifier =
            client.verifier().issuer(ISSUER).authorized_party("https://a.test").build().unwrap();
        let token = TestKey::first()
            .session("user_1")
            .issuer(ISSUER)
            .authorized_party("https://a.test")
            .mint(transport.now().as_secs());
        let reason = || authenticate(&client, &verifier, &token).reason();
        assert_eq!(reason(), None);
        transport.advance(Duration::from_millis(64_999));
        assert_eq!(reason(), None);
        transport.advance(Duration::from_millis(1));
        assert_eq!(reason(), Some(Reason::TokenExpired));
        transport.set_now(Timestamp::from_millis(NOW.as_millis() - 5000));
        assert_eq!(reason(), None);
        transport.set_now(Timestamp::from_millis(NOW.as_millis() - 5001));
        assert_eq!(reason(), Some(Reason::TokenNotActiveYet));
        assert_eq!(paths(&transport), ["/v1/jwks"]);
    }

    #[test]
    fn a_machine_creates_and_another_verifies() {
        let (one, two, transport) = machines();
        transport.with(|stand_in| stand_in.set_issuer(ISSUER));

        // Opaque: the other machine asks.
        let opaque = one.m2m().create().claims(json!({ "job": 17 })).send().unwrap();
        let remote = two.verifier().any_issuer().build().unwrap();
        let state = authenticate(&two, &remote, opaque.token.expose());
        let Some(Auth::M2m(machine)) = state.into_auth() else { panic!("it is good") };
        assert_eq!(
            (machine.machine_id.as_str(), &*machine.scopes),
            ("mch_1", &["mch_2".to_owned()][..])
        );
        assert_eq!(machine.token_id.as_deref(), Some(opaque.id.as_str()));
        assert_eq!(machine.claims().as_json(), r#"{"job":17}"#);
        transport.with(|stand_in| stand_in.expire(&opaque.id));
        let reason = authenticate(&two, &remote, opaque.token.expose()).reason();
        assert_eq!(reason, Some(Reason::TokenExpired));

        // As a JWT: with the key at hand it is verified without asking.
        let create = || one.m2m().create().token_format(M2mTokenFormat::Jwt);
        let jwt =
            create().claims(json!({ "job": 17 })).seconds_until_expiration(600).send().unwrap();
        let before = paths(&transport).len();
        let local = Verifier::builder().pem(TestKey::first().pem()).issuer(ISSUER).build().unwrap();
        let verify = || local.verify_local_as::<M2mAuth>(jwt.token.expose(), transport.now());
        let machine = verify().unwrap();
        assert_eq!(
            (machine.machine_id.as_str(), &*machine.scopes),
            ("mch_1", &["mch_2".to_owned()][..])
        );
        assert_eq!(machine.token_id.as_deref(), Some(jwt.id.as_str()));
        assert_eq!(machine.expires_at, Some(jwt.expiration.as_ref().unwrap().timestamp()));
        assert_eq!(machine.claims().read::<clerk_core::JsonObject>().unwrap()["job"], 17);
        assert!(machine.issuer_checked);
        transport.advance(Duration::from_secs(605));
        assert_eq!(verify().unwrap_err().reason(), Reason::TokenExpired);
        assert_eq!(paths(&transport).len(), before);

        // Nothing is kept of it.
        assert!(one.m2m().revoke(&jwt.id).send().unwrap_err().is_not_found());
        assert!(two.m2m().verify(jwt.token.clone()).send().unwrap_err().is_not_found());
        for claims in [json!({ "sub": "mch_2" }), json!({ "exp": 1 }), json!([1])] {
            assert!(create().claims(claims).send().unwrap_err().is_unprocessable());
        }
        transport.with(|stand_in| stand_in.set_keys([]));
        assert!(create().send().unwrap_err().has_code("form_param_value_invalid"));
    }

    #[test]
    fn keys_change() {
        let (client, transport) = client();
        let verifier = client.verifier().issuer(ISSUER).build().unwrap();
        let reason = |key: &TestKey| {
            let token = key.session("user_1").issuer(ISSUER).mint(transport.now().as_secs());
            authenticate(&client, &verifier, &token).reason()
        };
        let (old, new) = (TestKey::first(), TestKey::second());
        assert_eq!(reason(&old), None);
        transport.with(|stand_in| stand_in.set_keys([old.clone(), new.clone()]));
        assert_eq!((reason(&new), reason(&old)), (None, None));
        assert_eq!(paths(&transport).len(), 2);
        // A key that was withdrawn is good until the next refresh, which nobody waits for.
        transport.with(|stand_in| stand_in.set_keys([new.clone()]));
        assert!(verifier.due_refresh().is_none());
        transport.advance(Duration::from_secs(300));
        assert_eq!(reason(&old), None);
        client.run(verifier.due_refresh().unwrap()).unwrap();
        assert_eq!((reason(&old), reason(&new)), (Some(Reason::JwkKidMismatch), None));
        // The same id, and another key behind it.
        let forged = TestKey::third().with_kid(new.kid());
        assert_eq!(reason(&forged), Some(Reason::TokenInvalidSignature));
        transport.with(|stand_in| stand_in.set_keys([]));
        transport.advance(Duration::from_secs(3601));
        assert_eq!(reason(&new), Some(Reason::JwkRemoteInvalid));
    }

    #[test]
    fn masks_have_any_size() {
        let names: Vec<String> = (0..200).map(|number| format!("p{number}")).collect();
        let mut permissions: Vec<_> = names.iter().map(|name| ("many", &**name)).collect();
        permissions.extend([("few", "p199"), ("few", "p64"), ("few", "own")]);
        let token = TestKey::first().session("user_1").organization("org_1", "member");
        let token = token.permissions(&permissions).mint(NOW.as_secs());
        let verifier =
            Verifier::builder().pem(TestKey::first().pem()).any_issuer().build().unwrap();
        let session = verifier.verify_local(&token, NOW).unwrap();
        let mut seen = session.permissions();
        let mut wanted: Vec<_> =
            permissions.iter().map(|(feature, name)| format!("org:{feature}:{name}")).collect();
        seen.sort();
        wanted.sort();
        assert_eq!(seen, wanted);
        // Whatever a claim is, an organization replaces what is none.
        let odd =
            TestKey::first().session("user_1").claim("o", 7).organization("org_1", "org:admin");
        let session = verifier.verify_local(&odd.mint(NOW.as_secs()), NOW).unwrap();
        assert_eq!(session.organization.unwrap().role.as_deref(), Some("org:admin"));
    }
}
