//! Values of the shapes in the table, and the places in them.
use clerk_api_diff::{Facts, Kind, Member, Shape};
use serde_json::{Map, Value, json};

/// What stands in every secret: `Debug` must not show it.
pub(crate) const CANARY: &str = "canary-3f9c";

/// Whether `Debug` shows a value that is documented and that the crate does not know. (Some texts are
/// enums here whose values Clerk documents elsewhere.)
pub(crate) fn is_unknown(shown: &str) -> bool {
    shown.replace("Unknown(\"some_", "").contains("Unknown(")
}

/// Members that are secrets, whatever they are in.
const SECRETS: [&str; 26] = [
    "access_token",
    "api_key",
    "backup_codes",
    "client_secret",
    "cookies",
    "d",
    "dp",
    "dq",
    "expired_token",
    "id_token",
    "jwt",
    "k",
    "p",
    "password",
    "password_digest",
    "q",
    "qi",
    "refresh_token",
    "saml_request",
    "saml_response",
    "secret",
    "secret_key",
    "signing_key",
    "token",
    "token_secret",
    "totp_secret",
];

/// Members that are secrets in these only: URLs that let whoever has them in, codes, and what has
/// such a thing inside.
const SECRETS_OF: [(&str, &str); 20] = [
    ("ActorToken", "url"),
    ("AgentTask", "url"),
    ("AttemptEmailAddressVerification", "code"),
    ("AttemptPhoneNumberVerification", "code"),
    ("EmailEventPayload", "body"),
    ("EmailEventPayload", "body_plain"),
    ("EmailEventPayload", "data"),
    ("EmailEventPayload", "subject"),
    ("EnterpriseConnectionTestRunResponse", "url"),
    ("Invitation", "url"),
    ("OrganizationInvitation", "url"),
    ("OrganizationInvitationAcceptedPayload", "url"),
    ("OrganizationInvitationWithPublicOrganizationData", "url"),
    ("SignInToken", "url"),
    ("SmsEventPayload", "data"),
    ("SmsEventPayload", "message"),
    ("SvixURL", "svix_url"),
    ("VerifyTOTP", "code"),
    ("organizationInvitation.created", "url"),
    ("organizationInvitation.revoked", "url"),
];

fn is_secret(owner: &str, name: &str) -> bool {
    SECRETS.contains(&name) || SECRETS_OF.contains(&(owner, name))
}

/// Makes values of shapes: with everything that may be there, or with what must be there.
pub(crate) struct Sampler<'f> {
    pub(crate) facts: &'f Facts,
    pub(crate) full: bool,
    /// Which of several shapes, and of several values.
    pub(crate) pick: usize,
    /// For an answer: numbers may be large and have fractions there.
    pub(crate) answer: bool,
}

impl Sampler<'_> {
    /// A value for the member `name` of the type or operation `owner`.
    pub(crate) fn value(&self, shape: &Shape, owner: &str, name: &str, depth: usize) -> Value {
        match &shape.kind {
            Kind::Text if is_secret(owner, name) => CANARY.into(),
            Kind::Text => format!("some_{name}").into(),
            Kind::DateTime => "2026-05-12T10:00:00Z".into(),
            Kind::File => {
                json!({ "filename": "a.png", "content_type": "image/png", "base64": "AAEC" })
            }
            // Odd, and more than a float can tell from its neighbours.
            Kind::Int if self.answer => (9_007_199_254_740_993 + 2 * name.len()).into(),
            Kind::Int => (1000 + name.len()).into(),
            Kind::Number if self.answer => (1000.5 + name.len() as f64).into(),
            Kind::Number => (1000 + name.len()).into(),
            Kind::Bool => true.into(),
            Kind::Any => json!({ "any": [null, 1, { "thing": "x" }] }),
            Kind::OneOfValues(values) => {
                serde_json::from_str(&values[self.pick % values.len()]).unwrap()
            }
            Kind::List(inner) => json!([self.value(inner, owner, name, depth)]),
            Kind::Map(inner) => json!({ "some_key": self.value(inner, owner, name, depth) }),
            Kind::Object { members, open } => {
                let mut object = Map::new();
                if *open && members.is_empty() && self.full {
                    let text = if is_secret(owner, name) { CANARY } else { "some" };
                    object.insert(
                        "free".to_owned(),
                        json!([null, { "a": 9_007_199_254_740_993_i64, "b": text }]),
                    );
                }
                for member in members {
                    if member.required || self.full && depth < 12 {
                        let value = self.value(&member.shape, owner, &member.name, depth + 1);
                        object.insert(member.name.clone(), value);
                    }
                }
                object.into()
            }
            Kind::Named(of) => self.value(&self.facts.types[of], of, name, depth),
            Kind::OneOf(shapes) => {
                self.value(&shapes[self.pick % shapes.len()], owner, name, depth)
            }
        }
    }
}

/// A place in arguments or in an answer.
pub(crate) type Path = Vec<String>;

/// Every member in a value of this shape, and every item of a list, with the way to it. `pick` is
/// that of the [`Sampler`] which made the value.
pub(crate) fn members(
    facts: &Facts,
    shape: &Shape,
    value: &Value,
    pick: usize,
    at: &Path,
    found: &mut Vec<(Path, Member)>,
) {
    let step = |name: String| at.iter().cloned().chain([name]).collect::<Path>();
    match &shape.kind {
        Kind::Named(name) => members(facts, &facts.types[name], value, pick, at, found),
        Kind::OneOf(shapes) => {
            members(facts, &shapes[pick % shapes.len()], value, pick, at, found);
        }
        Kind::List(inner) => {
            for (i, item) in value.as_array().into_iter().flatten().enumerate() {
                let way = step(i.to_string());
                members(facts, inner, item, pick, &way, found);
                let (name, shape) = (i.to_string(), Shape::clone(inner));
                found.push((way, Member { name, required: true, deprecated: false, shape }));
            }
        }
        Kind::Map(inner) => {
            for (name, item) in value.as_object().into_iter().flatten() {
                members(facts, inner, item, pick, &step(name.clone()), found);
            }
        }
        Kind::Object { members: all, .. } => {
            for member in all {
                let way = step(member.name.clone());
                if let Some(item) = value.get(&member.name) {
                    members(facts, &member.shape, item, pick, &way, found);
                }
                found.push((way, member.clone()));
            }
        }
        _ => {}
    }
}

/// What is at a place; makes room for it in an object.
pub(crate) fn put(value: &mut Value, at: &[String], new: Option<Value>) {
    let (last, way) = at.split_last().unwrap();
    let mut here = value;
    for step in way {
        here = match here {
            Value::Array(items) => &mut items[step.parse::<usize>().unwrap()],
            other => &mut other[step.as_str()],
        };
    }
    match (here, new) {
        (Value::Array(items), new) => items[last.parse::<usize>().unwrap()] = new.unwrap(),
        (here, Some(new)) => _ = here.as_object_mut().unwrap().insert(last.clone(), new),
        (here, None) => _ = here.as_object_mut().unwrap().remove(last),
    }
}

/// A value that nothing of this shape can be, if there is one.
pub(crate) fn wrong(facts: &Facts, shape: &Shape) -> Option<Value> {
    match facts.resolve(shape)?.kind {
        Kind::Any | Kind::Named(_) | Kind::OneOf(_) => None,
        Kind::Int | Kind::Number | Kind::Bool | Kind::List(_) => Some("wrong".into()),
        _ => Some(7.into()),
    }
}
