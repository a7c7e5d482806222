//! Makes questions out of the lines of `inputs.jsonl`; its head says what may be in them.
use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD},
};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{DELETED, NOW, SECRET};

/// The secret that `2` stands for.
const SECOND_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// The alphabet of base64, in its order.
const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// HMAC-SHA256 as RFC 2104 has it, independent of what is tested.
pub(crate) fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let padded =
        |pad: u8, rest: &[u8]| Sha256::digest([&block.map(|byte| byte ^ pad), rest].concat());
    padded(0x5c, &padded(0x36, message)).into()
}

/// What is signed, and with what.
struct Signed {
    id: String,
    timestamp: String,
    body: Vec<u8>,
    key: Vec<u8>,
}

impl Signed {
    fn changed(&self, changes: &Value) -> Self {
        let text = |name: &str, unless: &String| match &changes[name] {
            Value::Null => unless.clone(),
            value => text(&resolve(value, None)),
        };
        let key = match &changes["secret"] {
            Value::Null => self.key.clone(),
            value => key(&secret(&resolve(value, None))),
        };
        Self {
            id: text("id", &self.id),
            timestamp: text("timestamp", &self.timestamp),
            body: body(changes).unwrap_or_else(|| self.body.clone()),
            key,
        }
    }

    fn signature(&self) -> [u8; 32] {
        // Each character of a header is one byte.
        let bytes = |text: &str| -> Vec<u8> {
            text.chars().map(|char| u8::try_from(char).unwrap()).collect()
        };
        let message = [&*bytes(&self.id), &*bytes(&self.timestamp), &self.body].join(&b'.');
        hmac(&self.key, &message)
    }
}

/// The question that a line stands for, with all that it leaves out.
pub(crate) fn question(line: &Value) -> Value {
    let mut question = line.as_object().unwrap().clone();
    let mut take = |name: &str| question.remove(name).unwrap_or_default();
    let (family, sign, without) = (take("family"), take("sign"), take("without"));
    let (set, add, not) = (take("set"), take("add"), take("not"));
    let signed = Signed {
        id: "msg_1".to_owned(),
        timestamp: NOW.to_string(),
        body: body(line).unwrap_or_else(|| DELETED.into()),
        key: key(SECRET),
    };
    let signed = signed.changed(&sign);
    let family = match family {
        Value::Null => vec!["svix".to_owned()],
        names => list(&names).iter().map(text).collect(),
    };
    let mut headers: Vec<(String, String)> = Vec::new();
    for name in family {
        headers.push((format!("{name}-id"), signed.id.clone()));
        headers.push((format!("{name}-timestamp"), signed.timestamp.clone()));
        headers.push((format!("{name}-signature"), signature(&signed, &json!({}))));
    }
    let pairs = |pairs: &Value| -> Vec<(String, String)> {
        let pairs = list(pairs).iter().map(|pair| resolve(pair, Some(&signed)));
        pairs.map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
    };
    if question.contains_key("headers") {
        headers = pairs(&question["headers"]);
    }
    for name in list(&without) {
        let before = headers.len();
        headers.retain(|(known, _)| name != known);
        assert_ne!(headers.len(), before, "there is no {name}");
    }
    for (name, value) in pairs(&set) {
        let header = headers.iter_mut().find(|(known, _)| *known == name);
        header.unwrap_or_else(|| panic!("there is no {name}")).1 = value;
    }
    headers.extend(pairs(&add));

    let secrets = question.get("secrets").map_or(json!([1]), Clone::clone);
    let secrets = list(&secrets).iter().map(|it| secret(&resolve(it, None))).collect::<Vec<_>>();
    question.insert("secrets".to_owned(), secrets.into());
    question.insert("headers".to_owned(), json!(headers));
    question.entry("now").or_insert_with(|| (NOW * 1000).into());
    question.entry("do").or_insert_with(|| "webhook".into());
    match question.get("body").map(|body| resolve(body, None)) {
        Some(body) => _ = question.insert("body".to_owned(), body),
        None if question.contains_key("body_base64") => {}
        None => _ = question.insert("body".to_owned(), DELETED.into()),
    }
    if let Value::String(name) = not {
        question.remove(&name).unwrap();
    }
    question.into()
}

/// Replaces the recipes in a value by what they make. Without anything signed there is no signature.
fn resolve(value: &Value, signed: Option<&Signed>) -> Value {
    let members = match value {
        Value::Array(list) => return list.iter().map(|value| resolve(value, signed)).collect(),
        Value::Object(members) => members,
        other => return other.clone(),
    };
    let Some((name, recipe)) = members.iter().find(|(name, _)| name.starts_with('$')) else {
        let members = members.iter();
        return members.map(|(name, value)| (name.clone(), resolve(value, signed))).collect();
    };
    let part = |at: usize| text(&resolve(&recipe[at], signed));
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    match &**name {
        "$signature" => signature(signed.expect("nothing is signed here"), recipe).into(),
        "$secret" => {
            let bytes: Vec<_> = (0_u8..=255).cycle().take(number(recipe)).collect();
            format!("whsec_{}", BASE64_STANDARD.encode(bytes)).into()
        }
        "$text" => (0..list(recipe).len()).map(part).collect::<String>().into(),
        "$repeat" => part(0).repeat(number(&recipe[1])).into(),
        "$fill" => {
            let (mut text, size) = (part(0), number(&recipe[1]));
            text.extend(std::iter::repeat_n(' ', size.checked_sub(text.len()).unwrap()));
            text.into()
        }
        "$json" => resolve(recipe, signed).to_string().into(),
        "$all" => {
            let objects = list(recipe).iter().map(|object| resolve(object, signed));
            objects.flat_map(|object| object.as_object().unwrap().clone()).collect()
        }
        _ => panic!("{name} is no recipe"),
    }
}

/// What is expected, in which there may be recipes as well.
pub(crate) fn expected(value: &Value) -> Value {
    resolve(value, None)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], |list| list)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// The bytes of a body, if there is one.
fn body(members: &Value) -> Option<Vec<u8>> {
    match (&members["body_base64"], &members["body"]) {
        (Value::Null, Value::Null) => None,
        (Value::Null, body) => Some(text(&resolve(body, None)).into_bytes()),
        (bytes, _) => Some(BASE64_STANDARD.decode(text(bytes)).unwrap()),
    }
}

fn secret(value: &Value) -> String {
    match value.as_u64() {
        Some(1) => SECRET.to_owned(),
        Some(2) => SECOND_SECRET.to_owned(),
        _ => text(value),
    }
}

/// The bytes that a good secret stands for.
fn key(secret: &str) -> Vec<u8> {
    BASE64_STANDARD.decode(secret.trim_start_matches("whsec_")).unwrap()
}

fn signature(signed: &Signed, changes: &Value) -> String {
    let signature = signed.changed(changes).signature();
    let damaged = match &changes["damage"] {
        Value::Null => BASE64_STANDARD.encode(signature),
        damage => {
            let damaged = damaged(signature, damage);
            assert_ne!(damaged, BASE64_STANDARD.encode(signature));
            damaged
        }
    };
    let version = if changes["bare"] == true { "" } else { "v1," };
    format!("{version}{damaged}")
}

/// The text of a signature to which something was done.
fn damaged(signature: [u8; 32], damage: &Value) -> String {
    let text = BASE64_STANDARD.encode(signature);
    let none = Map::new();
    let number = |name: &str| {
        let number = damage.as_object().unwrap_or(&none).get(name)?;
        Some(usize::try_from(number.as_u64().unwrap()).unwrap())
    };
    if let Some(bit) = number("flip") {
        let mut bytes = signature;
        bytes[bit / 8] ^= 1 << (bit % 8);
        return BASE64_STANDARD.encode(bytes);
    }
    if let Some(count) = number("bytes") {
        let bytes = signature.into_iter().chain(std::iter::repeat(0)).take(count);
        return BASE64_STANDARD.encode(bytes.collect::<Vec<_>>());
    }
    if let Some(count) = number("cut") {
        return text[..count].to_owned();
    }
    match damage.as_str().unwrap() {
        "no_padding" => BASE64_STANDARD_NO_PAD.encode(signature),
        "url_safe" => text.replace('+', "-").replace('/', "_"),
        "stray_bits" => {
            let last = ALPHABET.find(char::from(text.as_bytes()[42])).unwrap();
            format!("{}{}=", &text[..42], char::from(ALPHABET.as_bytes()[last + 1]))
        }
        "hex" => signature.iter().map(|byte| format!("{byte:02x}")).collect(),
        other => panic!("{other} is no damage"),
    }
}
