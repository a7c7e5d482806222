//! Makes questions out of the lines of `inputs.jsonl`; its head says what may be in them.
use clerk_core::testing::TestKey;
use serde_json::{Map, Value, json};

/// The time at which tokens are judged, in milliseconds, unless a line says another.
const NOW: i64 = 1_700_000_000_000;
/// The alphabet of base64url, in its order.
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The question that a line stands for, with all that it leaves out.
pub(crate) fn question(line: &Value) -> Value {
    let mut question = resolve(line);
    let members = question.as_object_mut().unwrap();
    let verb = members.entry("do").or_insert_with(|| "verify_token".into()).clone();
    let mut unless_set = |name: &str, value: Value| _ = members.entry(name).or_insert(value);
    match verb.as_str().unwrap() {
        "verify_token" => {
            unless_set("now", NOW.into());
            unless_set("keys", json!({ "pem": TestKey::first().pem() }));
        }
        "authenticate" => {
            unless_set("now", NOW.into());
            unless_set("keys", json!({ "pem": TestKey::first().pem() }));
            unless_set("method", "GET".into());
            unless_set("url", "https://app.example.com/".into());
            unless_set("secret_key", "sk_test_abc".into());
        }
        "keyring" => unless_set("secret_key", "sk_test_abc".into()),
        _ => {}
    }
    if verb == "verify_token" || verb == "keyring" {
        let options =
            members.entry("options").or_insert_with(|| json!({})).as_object_mut().unwrap();
        options.entry("kind").or_insert("session".into());
    }
    for name in ["keys", "secret_key"] {
        if members.get(name).is_some_and(Value::is_null) {
            members.remove(name);
        }
    }
    question
}

/// Replaces the recipes in a value by what they make.
pub(crate) fn resolve(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(resolve).collect(),
        Value::Object(members) => {
            let recipe = members.iter().find(|(name, _)| name.starts_with('$'));
            let Some((name, recipe)) = recipe else {
                return members
                    .iter()
                    .map(|(name, value)| (name.clone(), resolve(value)))
                    .collect();
            };
            match &**name {
                "$token" => token(recipe).into(),
                "$pem" => pem(recipe, members.get("as")).into(),
                "$jwk" => jwk(recipe, members),
                "$set" => {
                    let keys: Vec<_> =
                        recipe.as_array().unwrap().iter().map(|key| self::key(key).jwk()).collect();
                    json!({ "jwks": { "keys": keys } })
                }
                "$answer" => answer(recipe, members).into(),
                "$text" => recipe.as_array().unwrap().iter().map(text).collect::<String>().into(),
                "$repeat" => {
                    let times = usize::try_from(recipe[1].as_u64().unwrap()).unwrap();
                    recipe[0].as_str().unwrap().repeat(times).into()
                }
                "$json" => resolve(recipe).to_string().into(),
                "$fill" => {
                    let (mut text, size) =
                        (text(&recipe[0]), usize::try_from(recipe[1].as_u64().unwrap()).unwrap());
                    text.extend(std::iter::repeat_n(' ', size.checked_sub(text.len()).unwrap()));
                    text.into()
                }
                _ => panic!("{name} is no recipe"),
            }
        }
        other => other.clone(),
    }
}

fn text(value: &Value) -> String {
    resolve(value).as_str().expect("a text").to_owned()
}

fn key(number: &Value) -> TestKey {
    match number.as_u64().unwrap() {
        1 => TestKey::first(),
        2 => TestKey::second(),
        3 => TestKey::third(),
        _ => panic!("there is no such key"),
    }
}

fn pem(number: &Value, form: Option<&Value>) -> String {
    let pem = key(number).pem();
    match form.map(|form| form.as_str().unwrap()) {
        None => pem,
        Some("crlf") => pem.replace('\n', "\r\n"),
        Some("one_line") => pem.replace('\n', ""),
        Some("blanks") => pem.replace('\n', " "),
        Some("escaped_crlf") => pem.replace('\n', "\\r\\n"),
        Some("escaped") => pem.replace('\n', "\\n"),
        Some("trimmed") => pem.trim().to_owned(),
        Some(form) => panic!("a PEM text is not {form}"),
    }
}

fn jwk(number: &Value, changes: &Map<String, Value>) -> Value {
    let mut jwk = key(number).jwk();
    change(jwk.as_object_mut().unwrap(), changes.get("set"), changes.get("unset"));
    jwk
}

/// The answer about a good opaque token, with changes.
fn answer(token_type: &Value, changes: &Map<String, Value>) -> String {
    let mut answer = json!({
        "scopes": [], "revoked": false, "revocation_reason": null, "expired": false, "expiration": null,
        "created_at": 1, "updated_at": 2,
    });
    let more = match token_type.as_str().unwrap() {
        "m2m_token" => json!({
            "object": "machine_to_machine_token", "id": "mt_id", "subject": "mch_1", "claims": { "a": 1 },
            "scopes": ["mch_2"], "name": null,
        }),
        "oauth_token" => json!({
            "object": "clerk_idp_oauth_access_token", "id": "oat_id", "client_id": "client_1", "subject": "user_1",
            "scopes": ["profile", "email"],
        }),
        "api_key" => json!({
            "object": "api_key", "id": "ak_id", "type": "api_key", "subject": "user_1", "name": "CI",
            "description": null, "claims": { "a": 1 }, "scopes": ["read"], "created_by": null, "last_used_at": null,
        }),
        other => panic!("there is no answer about {other}"),
    };
    let members = answer.as_object_mut().unwrap();
    change(members, Some(&more), None);
    change(members, changes.get("set"), changes.get("unset"));
    answer.to_string()
}

/// Sets and takes away members.
fn change(members: &mut Map<String, Value>, set: Option<&Value>, unset: Option<&Value>) {
    for (name, value) in set.map(resolve).iter().flat_map(|set| set.as_object().unwrap()) {
        members.insert(name.clone(), value.clone());
    }
    for name in unset.iter().flat_map(|unset| unset.as_array().unwrap()) {
        members.remove(name.as_str().unwrap());
    }
}

/// A header or a payload: its text as it stands, or that of the base with changes.
fn part(mut base: Value, changes: Option<&Value>, without: Option<&Value>) -> String {
    match changes.map(resolve) {
        Some(Value::String(text)) => text,
        changes => {
            change(base.as_object_mut().unwrap(), changes.as_ref(), without);
            base.to_string()
        }
    }
}

fn token(recipe: &Value) -> String {
    let key = key(recipe.get("key").unwrap_or(&json!(1)));
    let (header, claims) =
        base(recipe.get("base").map_or("session", |base| base.as_str().unwrap()), key.kid());
    let header = part(header, recipe.get("header"), recipe.get("without_header"));
    let mut claims = part(claims, recipe.get("claims"), recipe.get("without"));
    if let Some(length) = recipe.get("length") {
        claims = filled(&claims, header.len(), usize::try_from(length.as_u64().unwrap()).unwrap());
    }
    let token = key.token(&header, &claims);
    if let Some(length) = recipe.get("length") {
        assert_eq!(token.len() as u64, length.as_u64().unwrap(), "{recipe}");
    }
    recipe.get("damage").map_or(token.clone(), |damage| damaged(&token, damage))
}

fn base(name: &str, kid: &str) -> (Value, Value) {
    let header = |typ: &str, category: &str| json!({ "alg": "RS256", "typ": typ, "kid": kid, "cat": category });
    let mut claims = json!({
        "iss": "https://clerk.example.com", "iat": 1_699_999_990, "nbf": 1_699_999_980, "exp": 1_700_000_050,
    });
    let mut say = |more: Value| {
        change(claims.as_object_mut().unwrap(), Some(&more), None);
        claims.clone()
    };
    match name {
        "session" => {
            let more = json!({
                "sub": "user_1", "sid": "sess_1", "sts": "active", "v": 2, "fva": [0, -1], "azp": "https://example.com",
            });
            (header("JWT", "cl_B7d4PD111AAA"), say(more))
        }
        "template" => (
            header("JWT", "cl_B7d4PD222AAA"),
            say(json!({ "sub": "user_1", "azp": "https://example.com" })),
        ),
        "m2m" => {
            let more = json!({ "sub": "mch_1", "jti": "mt_1", "scopes": "mch_2 mch_3" });
            (header("JWT", "cl_B7d4PD333AAA"), say(more))
        }
        "oauth" => {
            let more = json!({ "sub": "user_1", "jti": "oat_1", "client_id": "client_1", "scope": "profile email" });
            (json!({ "alg": "RS256", "typ": "at+jwt", "kid": kid }), say(more))
        }
        _ => panic!("there is no base {name}"),
    }
}

/// Claims with one more, so that the whole token has this length.
fn filled(claims: &str, header: usize, length: usize) -> String {
    let encoded = |bytes: usize| (bytes * 4).div_ceil(3);
    let is_right =
        |claims: usize| encoded(header) + 1 + encoded(claims) + 1 + encoded(256) == length;
    let open = format!("{},\"filler\":\"", claims.strip_suffix('}').unwrap());
    let filler = (0..length)
        .find(|filler| is_right(open.len() + filler + 2))
        .expect("no filler has this length");
    format!("{open}{}\"}}", "f".repeat(filler))
}

/// Something done to a token that was signed.
fn damaged(token: &str, damage: &Value) -> String {
    let mut parts: Vec<_> = token.split('.').map(str::to_owned).collect();
    let place = |name: &Value| {
        let names = ["header", "payload", "signature"];
        names.iter().position(|known| name == known).expect("no part of a token")
    };
    let (name, how) = match damage {
        Value::String(name) => (&**name, &Value::Null),
        _ => damage.as_object().unwrap().iter().next().map(|(name, how)| (&**name, how)).unwrap(),
    };
    let signature = || bits(&parts[2]);
    match name {
        "no_signature" => _ = parts.pop(),
        "empty_signature" => parts[2].clear(),
        "zero_signature" => parts[2] = part_of(&[0; 256]),
        "flip_signature_bit" => {
            let mut bytes = signature();
            bytes[100] ^= 1;
            parts[2] = part_of(&bytes);
        }
        "truncate_signature" => parts[2] = part_of(&signature()[..255]),
        "zero_before_signature" => parts[2] = part_of(&[&[0], &*signature()].concat()),
        "zero_behind_signature" => parts[2] = part_of(&[&*signature(), &[0]].concat()),
        "signature_bytes" => {
            let size = usize::try_from(how.as_u64().unwrap()).unwrap();
            parts[2] = part_of(&signature().iter().copied().cycle().take(size).collect::<Vec<_>>());
        }
        "standard_alphabet" => {
            let standard = parts[2].replace('-', "+").replace('_', "/");
            assert_ne!(standard, parts[2]);
            parts[2] = standard;
        }
        "pad" => {
            let part = &mut parts[place(how)];
            part.push_str(["", "", "==", "="][part.len() % 4]);
            assert!(part.ends_with('='));
        }
        "stray_bits" => {
            let part = &mut parts[place(how)];
            assert_ne!(part.len() % 4, 0);
            let last = ALPHABET.find(part.pop().unwrap()).unwrap();
            part.push(char::from(ALPHABET.as_bytes()[last + 1]));
        }
        "insert" => parts[place(&how[0])].insert_str(8, how[1].as_str().unwrap()),
        "replace" => parts[place(&how[0])] = how[1].as_str().unwrap().to_owned(),
        "header_of" | "payload_of" | "signature_of" => {
            let other = self::token(how);
            let place = place(&name.split('_').next().unwrap().into());
            other.split('.').nth(place).unwrap().clone_into(&mut parts[place]);
        }
        _ => panic!("{name} is no damage"),
    }
    let damaged = parts.join(".");
    assert_ne!(damaged, token);
    damaged
}

/// The bytes of one part.
fn bits(part: &str) -> Vec<u8> {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()
}

fn part_of(bytes: &[u8]) -> String {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
