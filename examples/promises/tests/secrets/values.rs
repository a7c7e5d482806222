//! What `Debug` and `Display` give.
use std::{
    fmt::Debug,
    time::{Duration, UNIX_EPOCH},
};

use clerk_core::connection::ConnectionSettings;
use clerk_hyper::{
    Call, CallOptions, Config, Error, Event, File, Flow, JsonObject, MachineSecretKey, Operation,
    RawOperation, SecretKey, Sensitive, Step,
    api::{
        actor_tokens::ActorToken,
        agent_tasks::AgentTask,
        api_keys::{ApiKeySecret, CreatedApiKey, VerifyApiKey},
        clients::VerifyClient,
        directories::Directory,
        enterprise_connections::EnterpriseOidc,
        jwt_templates::CreateJwtTemplate,
        m2m::{CreateM2mToken, CreatedM2mToken, VerifyM2mToken},
        machines::{CreatedMachine, MachineSecret},
        oauth_access_tokens::VerifyOauthAccessToken,
        oauth_applications::{OauthApplicationWithSecret, RevokeOauthApplicationToken},
        scim_directories::ScimDirectory,
        sessions::{
            ExpiredToken, RefreshSession, RefreshToken, RefreshedCookies, RefreshedToken,
            RequestOrigin, SessionJwt,
        },
        sign_in_tokens::SignInToken,
        testing_tokens::TestingToken,
        users::{
            CreateUser, OauthAccessToken, SetUserProfileImage, UpdateUser, VerifyPassword,
            VerifyTotp,
        },
        webhooks::SvixUrl,
    },
    auth::{Handshake, Verifier},
    bytes::Bytes,
    frontend_api::FrontendApiProxy,
    http::{HeaderValue, Method, Request, Response},
    model::{Invitation, Jwk, OrganizationInvitation},
    testing::TestKey,
    webhook::{SigningSecret, Webhook},
};
use clerk_promises::{Settings, Transport};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::Search;

/// A value of this type, from these members and whatever else it needs.
fn filled<T: DeserializeOwned + Send + 'static>(members: &Value) -> Result<T, String> {
    let mut json = members.clone();
    let mut tries = [json!(0), json!(false), json!({}), json!([]), json!(null)].into_iter().cycle();
    for _ in 0..100 {
        let body = Bytes::from(json.to_string());
        let wrong = match RawOperation::<T>::decode(&body) {
            Ok(value) => return Ok(value),
            Err(wrong) => wrong,
        };
        let place = format!("/{}", wrong.path.replace(['.', '['], "/").replace(']', ""));
        let place = place.trim_end_matches('/');
        let Some(value) = json.pointer_mut(place) else { return Err(format!("{wrong:?}")) };
        match wrong.problem.strip_prefix("missing field `").and_then(|name| name.strip_suffix('`'))
        {
            Some(name) => {
                if let Value::Object(members) = value {
                    members.insert(name.to_owned(), json!("x"));
                }
            }
            None => *value = tries.next().unwrap_or_default(),
        }
    }
    Err(format!("no way to fill it: {json}"))
}

impl Search {
    /// The `Debug` of an answer of this type.
    fn answer<T: DeserializeOwned + Debug + Send + 'static>(&mut self, members: &Value) {
        let name = std::any::type_name::<T>();
        match filled::<T>(members) {
            Ok(value) => self.value(name, &value),
            Err(problem) => self.found.push(format!("{name} cannot be made: {problem}")),
        }
    }

    /// An operation, the flow that runs it, its request, and the step with that.
    fn operation<O: Operation + Debug + Clone>(&mut self, config: &Config, operation: &O) {
        let name = operation.name().into_owned();
        self.value(&name, operation);
        let mut call = Call::new(operation.clone(), config, 1);
        self.value(&name, &call);
        match operation.to_request(config) {
            // The body and the URL are what the caller asked for.
            Ok(request) => self.value(&name, &request.headers()),
            Err(error) => self.error(&name, &error),
        }
        let step = call.advance(Event::Start, moment());
        self.value(&name, &step);
        if let Step::Send(outgoing) = &step {
            self.value(&name, outgoing);
        }
        self.value(&name, &call);
    }
}

fn moment() -> clerk_hyper::Moment {
    (UNIX_EPOCH + Duration::from_secs(1_800_000_000)).into()
}

#[test]
fn configurations_and_operations_show_no_secret() {
    let mut search = Search::default();
    let key = format!("sk_live_{}", search.canaries.marker("secret key"));
    let machine = format!("ak_{}", search.canaries.marker("machine secret key"));
    let own = search.canaries.marker("header of the caller's own");
    let password = search.canaries.marker("password of a proxy");
    let proxy = format!("http://user:{password}@127.0.0.1:9");
    let mut settings = Settings::new(&key, "https://api.clerk.com".to_owned());
    settings.machine_key = Some(machine.clone());
    settings.header = Some(("x-own-authorization".to_owned(), own.clone()));
    settings.proxy = Some(proxy.clone());
    search.value("builder", &Transport::hyper_builder(&settings));
    search.value("builder", &Transport::blocking_builder(&settings));
    for kind in clerk_promises::Driver::ALL {
        let transport = Transport::new(kind, &settings).unwrap();
        search.value("client", &transport);
        match &transport {
            Transport::Hyper(_, clerk) => {
                search.value("client", clerk.config());
                search.value("client", clerk.transport());
                search.value("client", &clerk.users());
                search.value("client", &clerk.users().get("user_1"));
                search.value("client", &clerk.verifier());
            }
            Transport::Blocking(clerk) => {
                search.value("client", clerk.config());
                search.value("client", clerk.transport());
                search.value("client", &clerk.users().get("user_1"));
            }
        }
    }
    search.value("connections", &ConnectionSettings::default().proxy(&proxy));
    search.value("connections", &ConnectionSettings::default().proxy(&proxy).check().unwrap());
    search.value("key", &SecretKey::new(&key).unwrap());
    let machine_key = MachineSecretKey::new(&machine).unwrap();
    search.value("key", &machine_key);
    let options = CallOptions::new().header("x-own-token", &own).machine_secret_key(&machine_key);
    search.value("options", &options);
    let builder = Config::builder(&key).machine_secret_key(&machine).header("x-own", &own);
    search.value("config", &builder);
    let config = builder.build().unwrap();
    search.value("config", &config);
    search.value("config", &Config::for_machine(&machine));

    let proxied = FrontendApiProxy::builder("https://app.example.com/__clerk", &key);
    search.value("frontend api", &proxied);
    let proxied = proxied.build().unwrap();
    search.value("frontend api", &proxied);
    let request = Request::get("/__clerk/v1/client").header("cookie", &own).body(()).unwrap();
    let passed = proxied.request(&request.into_parts().0, None).unwrap();
    search.value("frontend api", &passed.headers);
    search.value(
        "frontend api",
        &clerk_hyper::frontend_api::FrontendApiService::builder(&proxied).proxy(&proxy),
    );

    let mut secret = |kind| search.canaries.marker(kind);
    let (word, digest, totp, backup) = (
        secret("password"),
        secret("password digest"),
        secret("TOTP secret"),
        secret("backup code"),
    );
    let (jwt, opaque, client) = (secret("token"), secret("opaque token"), secret("client secret"));
    let (cookie, signing, file) = (secret("cookie"), secret("signing key"), secret("file"));
    let create = CreateUser::new()
        .password(word.as_str())
        .password_digest(digest.as_str())
        .totp_secret(totp.as_str())
        .backup_codes([backup.as_str()].map(|code| Sensitive::new(code.to_owned())).to_vec());
    search.operation(&config, &create);
    let update = UpdateUser::new("user_1")
        .password(word.as_str())
        .password_digest(Sensitive::new(digest.clone()))
        .totp_secret(totp.as_str());
    search.operation(&config, &update);
    search.operation(&config, &VerifyPassword::new("user_1", word.as_str()));
    search.operation(&config, &VerifyTotp::new("user_1", totp.as_str()));
    search.operation(&config, &VerifyClient::new(jwt.as_str()));
    search.operation(&config, &VerifyM2mToken::new(opaque.as_str()));
    search.operation(&config, &VerifyOauthAccessToken::new().access_token(opaque.as_str()));
    search.operation(&config, &VerifyApiKey::new(opaque.as_str()));
    search.operation(&config, &RevokeOauthApplicationToken::new("app_1", opaque.as_str()));
    search.operation(&config, &CreateM2mToken::new());
    let headers = JsonObject::from([("cookie", json!([cookie]))]);
    search.operation(
        &config,
        &RefreshSession::new(
            "sess_1",
            ExpiredToken::new(jwt.as_str()),
            RefreshToken::new(cookie.as_str()),
            RequestOrigin::new("https://app.example.com"),
        )
        .request_headers(Sensitive::new(headers)),
    );
    search.operation(
        &config,
        &CreateJwtTemplate::new("t", JsonObject::default()).signing_key(signing.as_str()),
    );
    search.value("oidc", &EnterpriseOidc::new().client_secret(client.as_str()));
    let image = File::new("a.png", file.clone().into_bytes());
    search.value("file", &image);
    search.operation(&config, &SetUserProfileImage::new("user_1", image));
    let raw = RawOperation::new(Method::POST, "/x").query("token", &jwt).body(&word);
    search.operation(&config, &raw);
    search.print("settings and operations");
}

#[test]
fn answers_and_errors_show_no_secret() {
    let mut search = Search::default();
    let mut members = Map::new();
    for name in [
        "token",
        "url",
        "jwt",
        "secret",
        "secret_key",
        "client_secret",
        "id_token",
        "token_secret",
        "api_key",
        "svix_url",
        "ticket",
        "d",
        "p",
        "q",
        "dp",
        "dq",
        "qi",
        "k",
    ] {
        members.insert(name.to_owned(), json!(search.canaries.marker(name)));
    }
    let cookie = search.canaries.marker("cookie");
    members.insert("cookies".to_owned(), json!([cookie]));
    let members = Value::Object(members);
    search.answer::<SignInToken>(&members);
    search.answer::<ActorToken>(&members);
    search.answer::<AgentTask>(&members);
    search.answer::<TestingToken>(&members);
    search.answer::<CreatedApiKey>(&members);
    search.answer::<ApiKeySecret>(&members);
    search.answer::<CreatedM2mToken>(&members);
    search.answer::<CreatedMachine>(&members);
    search.answer::<MachineSecret>(&members);
    search.answer::<OauthApplicationWithSecret>(&members);
    search.answer::<OauthAccessToken>(&members);
    search.answer::<RefreshedToken>(&members);
    search.answer::<RefreshedCookies>(&members);
    search.answer::<SessionJwt>(&members);
    search.answer::<SvixUrl>(&members);
    search.answer::<Invitation>(&members);
    search.answer::<OrganizationInvitation>(&members);
    search.answer::<Jwk>(&members);
    search.answer::<Directory>(&members);
    search.answer::<ScimDirectory>(&members);

    // Whatever cannot be read, or is an error, or leads elsewhere.
    let hidden = search.canaries.marker("body of an answer");
    let values = [
        json!({ "id": hidden }).to_string(),
        json!([hidden]).to_string(),
        json!(hidden).to_string(),
        format!("<p>{hidden}</p>"),
        format!("{{\"id\":{hidden}"),
        format!("\"{hidden}\u{0}"),
    ];
    for status in [200, 201, 302, 400, 401, 422, 500, 503] {
        for body in &values {
            let response = || {
                Response::builder()
                    .status(status)
                    .header(
                        "location",
                        format!("https://x:{hidden}@example.com/{hidden}?a={hidden}"),
                    )
                    .header("set-cookie", &hidden)
                    .body(Bytes::from(body.clone()))
                    .unwrap()
            };
            if let Err(error) = <RawOperation<u8>>::read(response()) {
                search.error("answer", &error);
                search.value("answer", &error.api());
                search.value("answer", &error.decode());
            }
            search.value("answer", &Event::Reply(Ok(response())));
        }
    }
    search.print("answers and their errors");
}

/// What is told of a secret that was given where another thing belongs.
#[test]
fn refusals_of_settings_show_no_secret() {
    let mut search = Search::default();
    let secrets: Vec<String> = [
        ("secret key", "sk_live_"),
        ("test key", "sk_test_"),
        ("machine secret key", "ak_"),
        ("webhook secret", "whsec_"),
        ("token", "eyJhbGciOiJSUzI1NiJ9."),
        ("opaque token", "mt_"),
        ("OAuth token", "oat_"),
        ("something", ""),
        ("key after bearer", "Bearer sk_live_"),
        ("URL with a password", "https://user:"),
        ("private key", "-----BEGIN PRIVATE KEY-----\n"),
    ]
    .into_iter()
    .flat_map(|(kind, prefix)| {
        let secret = format!("{prefix}{}", search.canaries.marker(kind));
        let after = [
            "",
            "\n",
            "\nx",
            "\t",
            "\u{e9}",
            "@example.com",
            "@example.com/v1?a",
            "==",
            " x",
            "\0",
        ];
        after.map(|after| format!("{secret}{after}"))
    })
    .collect();
    let mut refused = 0;
    let mut tell = |place: &str, error: Option<Error>| {
        if let Some(error) = error {
            refused += 1;
            search.error(place, &error);
        }
    };
    for text in &secrets {
        let config = Config::builder("sk_test_x");
        tell("secret key", Config::new(text).err());
        tell("secret key", SecretKey::new(text).err());
        tell("machine key", MachineSecretKey::new(text).err());
        tell("machine key", Config::for_machine(text).build().err());
        tell("base URL", config.clone().base_url(text).build().err());
        tell("version", config.clone().api_version(text).build().err());
        tell("user agent", config.clone().user_agent(text).build().err());
        tell("header", config.clone().header(text, "x").build().err());
        tell("header", config.clone().header("x", text).build().err());
        tell("header", config.clone().header("authorization", text).build().err());
        tell("proxy", ConnectionSettings::default().proxy(text).check().err());
        for name in
            ["CLERK_SECRET_KEY", "CLERK_API_URL", "CLERK_MACHINE_SECRET_KEY", "CLERK_BEARER_AUTH"]
        {
            let builder = clerk_hyper::ConfigBuilder::from_variables(|asked| {
                (asked == name)
                    .then(|| text.clone())
                    .or((asked == "CLERK_SECRET_KEY").then(|| "sk_test_x".to_owned()))
            });
            tell("environment", builder.build().err());
        }
        let built = config.build().unwrap();
        let operation = RawOperation::new(Method::GET, "/x");
        for options in [
            CallOptions::new().header(text, "x"),
            CallOptions::new().header("x", text),
            CallOptions::new().header("cookie2", text).base_url(text),
            CallOptions::new().base_url(text),
        ] {
            tell("options", operation.to_request_with(&built, &options).err());
        }
        tell("path", RawOperation::new(Method::GET, text.clone()).to_request(&built).err());
        tell("webhook", Webhook::new(text).err());
        tell("webhook", SigningSecret::new(text).err());
        let verifier = || Verifier::builder().config(&built);
        tell("PEM", verifier().pem(text).any_issuer().build().err());
        tell("publishable key", verifier().publishable_key(text).build().err());
        tell("issuer", verifier().issuer(text).build().err());
        tell("party", verifier().any_issuer().authorized_party(text).build().err());
        tell("audience", verifier().any_issuer().audience(text).build().err());
        let handshake = |handshake: Handshake| {
            let key = "pk_test_Y2xlcmsuY2xlcmsuZGV2JA";
            verifier()
                .publishable_key(key)
                .authorized_party("https://a.example")
                .handshake(handshake)
                .build()
                .err()
        };
        tell("origin", handshake(Handshake::new().origin(text)));
        tell("proxy URL", handshake(Handshake::new().proxy_url(text)));
        tell("domain", handshake(Handshake::new().satellite().domain(text)));
        tell("sign-in URL", handshake(Handshake::new().sign_in_url(text)));
        tell("pattern", handshake(Handshake::new().organization_pattern(text)));
        tell("frontend api", FrontendApiProxy::builder(text, "sk_test_x").build().err());
        tell("frontend api", FrontendApiProxy::builder("https://a.example/x", text).build().err());
        let other =
            FrontendApiProxy::builder("https://a.example/x", "sk_test_x").frontend_api_url(text);
        tell("frontend api", other.build().err());
        for kind in clerk_promises::Driver::CRATES {
            let mut settings = Settings::new(text, "http://127.0.0.1:9".to_owned());
            tell("client", Transport::new(kind, &settings).err());
            settings = Settings { key: "sk_test_x".to_owned(), base_url: text.clone(), ..settings };
            tell("client", Transport::new(kind, &settings).err());
            settings = Settings {
                base_url: "http://127.0.0.1:9".to_owned(),
                proxy: Some(text.clone()),
                ..settings
            };
            tell("client", Transport::new(kind, &settings).err());
        }
    }
    assert!(refused > 2000, "{refused}");
    search.print("what was given in a wrong place");
}

#[test]
fn verdicts_and_webhooks_show_no_secret() {
    let mut search = Search::default();
    let key = TestKey::first();
    let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let claim = search.canaries.marker("claim");
    let verifier = Verifier::builder().pem(key.pem()).any_issuer().build().unwrap();
    search.value("verifier", &verifier);
    let good = key.session("user_1").claim("private", claim.as_str()).mint(1_800_000_000);
    let other =
        TestKey::second().session("user_1").claim("private", claim.as_str()).mint(1_800_000_000);
    for token in [&good, &other] {
        for part in token.split('.').skip(1) {
            search.canaries.add("part of a token", part);
        }
    }
    for token in [
        good.clone(),
        other,
        good[..good.len() - 1].to_owned(),
        format!("{good}x"),
        format!("Bearer {good}"),
        good.replace('.', "-"),
        format!("mt_{claim}"),
        format!("ak_{claim}"),
        format!("oat_{claim}"),
        format!("sk_test_{claim}"),
        key.token(&format!(r#"{{"alg":"RS256","typ":"{claim}"}}"#), "{}"),
        key.token(
            r#"{"alg":"RS256","typ":"JWT"}"#,
            &format!(r#"{{"sub":"{claim}","exp":"{claim}"}}"#),
        ),
    ] {
        search.value("verify", &verifier.verify(token.clone()));
        for now in [now, now + Duration::from_secs(3600)] {
            match verifier.verify_local(&token, now) {
                Ok(session) => {
                    search.value("verify", &session);
                    search.value("verify", session.claims());
                }
                Err(error) => search.error("verify", &error),
            }
        }
        let request = Request::get("/").header("authorization", format!("Bearer {token}"));
        let request = request.header("cookie", format!("__session={token}")).body(());
        let Ok(request) = request else { continue };
        let mut flow = verifier
            .authenticate(&request.into_parts().0, &clerk_hyper::auth::AuthenticateOptions::new());
        search.value("authenticate", &flow);
        if let Step::Done(state) = flow.advance(Event::Start, moment()) {
            search.value("authenticate", &state);
            search.value("authenticate", &state.refusal());
            search.value("authenticate", &state.reason());
        }
    }

    let signing = search.canaries.marker("webhook secret");
    let webhook = Webhook::new(format!("whsec_{signing}{signing}")).unwrap();
    search.value("webhook", &webhook);
    let hidden = search.canaries.marker("text of an email");
    for body in [
        json!({ "type": "email.created", "object": "event", "data": { "object": "email", "id": "ema_1", "body": hidden, "body_plain": hidden, "subject": hidden, "data": { "otp_code": hidden } } }),
        json!({ "type": "sms.created", "object": "event", "data": { "object": "sms_message", "id": "sms_1", "message": hidden, "data": { "otp_code": hidden } } }),
        json!({ "type": "something.else", "object": "event", "data": { "token": hidden } }),
        json!({ "type": hidden.len(), "data": hidden }),
    ] {
        let body = body.to_string();
        let mut headers = webhook.sign("msg_1", now, body.as_bytes()).unwrap();
        match webhook.verify(&headers, body.as_bytes(), now) {
            Ok(delivery) => {
                search.value("webhook", &delivery);
                search.value("webhook", &delivery.event.data());
            }
            Err(error) => search.value("webhook", &error),
        }
        headers.insert("svix-signature", HeaderValue::from_str(&hidden).unwrap());
        search.value("webhook", &webhook.verify(&headers, body.as_bytes(), now));
    }
    search.print("verdicts on tokens and webhooks");
}
