//! Answers of the API, made up from a fixed seed: the same bytes in every run.
use serde::{Serialize, Serializer};

/// Milliseconds since the Unix epoch; late in 2026.
const NOW: i64 = 1_795_300_000_000;
const DAY: i64 = 86_400_000;

macro_rules! object {
    ($($name:literal => $value:expr),* $(,)?) => {
        Json::Object(vec![$(($name, Json::from($value))),*])
    };
}

/// An actor token: about 1.4 KB, most of it the token and the URL with it.
pub fn actor_token() -> Vec<u8> {
    let mut dice = Dice(1);
    object! {
        "object" => "actor_token",
        "id" => dice.id("act"),
        "status" => "pending",
        "user_id" => crate::USER_ID,
        "actor" => object! { "sub" => crate::ACTOR_ID },
        "token" => format!("eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.{}", dice.text(480)),
        "url" => format!("https://quiet-heron-7.accounts.example.test/v1/tickets/accept?ticket={}", dice.text(520)),
        "created_at" => NOW,
        "updated_at" => NOW,
    }
    .into_bytes()
}

/// A page of 100 users as a live application has them: about 250 KiB. Half of them came through an
/// OAuth provider; some have a phone, a second address, a passkey, a wallet, an enterprise account.
pub fn users() -> Vec<u8> {
    let mut dice = Dice(2);
    Json::List((0..100).map(|index| user(&mut dice, index)).collect()).into_bytes()
}

fn user(dice: &mut Dice, index: i64) -> Json {
    let id = dice.id("user");
    let (first, last) = (dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES));
    let created = dice.past(60, 900);
    let mail = format!("{first}.{last}.{index}@example.com").to_lowercase();
    let provider = dice.pick(&["google", "github", "microsoft"]);
    let (oauth, phone) = (dice.chance(50), dice.chance(30));
    let person = Person { first, last, mail: &mail, provider, created };

    let identification = dice.id("idn");
    let emails = emails(dice, &person, oauth.then_some(&identification), index);
    let phones: Vec<Json> = phone.then(|| phone_number(dice, created)).into_iter().collect();
    let externals: Vec<Json> =
        oauth.then(|| external_account(dice, &person, &identification)).into_iter().collect();
    let wallets: Vec<Json> = dice.chance(8).then(|| wallet(dice, created)).into_iter().collect();
    let passkeys: Vec<Json> = dice.chance(15).then(|| passkey(dice)).into_iter().collect();
    let (saml, enterprise) = dice.chance(5).then(|| enterprise_accounts(dice, &person)).unzip();

    object! {
        "id" => id,
        "object" => "user",
        "username" => dice.chance(30).then(|| format!("{first}{index}").to_lowercase()),
        "first_name" => first,
        "last_name" => last,
        "locale" => [Some("en-US"), Some("de-DE"), None][dice.below(3)],
        "image_url" => format!("https://img.example.test/{}", dice.text(136)),
        "has_image" => oauth,
        "primary_email_address_id" => emails[0].member("id"),
        "primary_phone_number_id" => phones.first().map(|phone| phone.member("id")),
        "primary_web3_wallet_id" => wallets.first().map(|wallet| wallet.member("id")),
        "password_enabled" => !oauth,
        "two_factor_enabled" => phone,
        "totp_enabled" => false,
        "backup_code_enabled" => false,
        "email_addresses" => emails,
        "phone_numbers" => phones,
        "web3_wallets" => wallets,
        "passkeys" => passkeys,
        "external_accounts" => externals,
        "saml_accounts" => saml.into_iter().collect::<Vec<_>>(),
        "enterprise_accounts" => enterprise.into_iter().collect::<Vec<_>>(),
        "password_last_updated_at" => (!oauth).then_some(created),
        "public_metadata" => object! {
            "plan" => dice.pick(&["free", "pro"]),
            "onboarded" => true,
            "score" => dice.below(1000) as f64 / 8.0,
        },
        "private_metadata" => object! {
            "stripe_customer_id" => format!("cus_{}", dice.text(14)),
            "flags" => vec![Json::from("beta"), Json::from("new_nav")],
            "quota" => object! { "seats" => dice.between(1, 50), "ratio" => 0.75 },
        },
        "unsafe_metadata" => if dice.chance(50) {
            // Text that a reader has to copy: escapes, and what is not ASCII.
            object! { "theme" => "dark", "note" => "first line\nthe \"second\" \u{2603}" }
        } else {
            object! {}
        },
        "external_id" => format!("legacy-{}", 100_000 + index),
        "last_sign_in_at" => dice.past(1, 400),
        "banned" => false,
        "locked" => false,
        "deprovisioned" => false,
        "lockout_expires_in_seconds" => Json::Null,
        "verification_attempts_remaining" => 100,
        "created_at" => created,
        "updated_at" => created + DAY,
        "delete_self_enabled" => true,
        "create_organization_enabled" => true,
        "create_organizations_limit" => Json::Null,
        "last_active_at" => dice.past(1, 400),
        "mfa_enabled_at" => phone.then(|| dice.past(1, 400)),
        "mfa_disabled_at" => Json::Null,
        "legal_accepted_at" => created,
        "bypass_client_trust" => false,
    }
}

struct Person<'a> {
    first: &'a str,
    last: &'a str,
    mail: &'a str,
    provider: &'a str,
    created: i64,
}

fn emails(
    dice: &mut Dice,
    person: &Person<'_>,
    linked_to: Option<&String>,
    index: i64,
) -> Vec<Json> {
    let Person { last, provider, created, .. } = *person;
    let email = |id: String, mail: String, verification: Json, links: Vec<Json>, age: i64| {
        object! {
            "id" => id,
            "object" => "email_address",
            "email_address" => mail,
            "reserved" => false,
            "verification" => verification,
            "linked_to" => links,
            "matches_sso_connection" => false,
            "created_at" => created,
            "updated_at" => created + age,
        }
    };
    let (verification, links) = match linked_to {
        Some(id) => {
            let link = object! { "type" => format!("oauth_{provider}"), "id" => id.as_str() };
            (
                verification(
                    "verification_from_oauth",
                    &format!("from_oauth_{provider}"),
                    Json::Null,
                    Json::Null,
                ),
                vec![link],
            )
        }
        None => (one_time_code(dice, "email_code"), Vec::new()),
    };
    let mut emails = vec![email(dice.id("idn"), person.mail.to_owned(), verification, links, 4200)];
    if dice.chance(15) {
        let code = one_time_code(dice, "email_code");
        emails.push(email(
            dice.id("idn"),
            format!("{last}{index}@work.example.org").to_lowercase(),
            code,
            Vec::new(),
            9900,
        ));
    }
    emails
}

fn phone_number(dice: &mut Dice, created: i64) -> Json {
    object! {
        "id" => dice.id("idn"),
        "object" => "phone_number",
        "phone_number" => format!("+1555{:07}", dice.below(10_000_000)),
        "reserved_for_second_factor" => dice.chance(50),
        "default_second_factor" => false,
        "reserved" => false,
        "verification" => one_time_code(dice, "phone_code").with("channel", "sms"),
        "linked_to" => Vec::new(),
        "backup_codes" => Json::Null,
        "created_at" => created,
        "updated_at" => created + 5,
    }
}

fn external_account(dice: &mut Dice, person: &Person<'_>, identification: &str) -> Json {
    object! {
        "object" => "external_account",
        "id" => dice.id("eac"),
        "provider" => format!("oauth_{}", person.provider),
        "identification_id" => identification,
        "provider_user_id" => format!("1{:020}", dice.next()),
        "approved_scopes" => "email openid profile",
        "email_address" => person.mail,
        "email_address_verified" => true,
        "first_name" => person.first,
        "last_name" => person.last,
        "image_url" => format!("https://avatars.example.test/u/{}?v=4", dice.below(100_000_000)),
        "username" => Json::Null,
        "phone_number" => Json::Null,
        "public_metadata" => object! {},
        "label" => Json::Null,
        "created_at" => person.created,
        "updated_at" => person.created + 77,
        "verification" => verification("verification_oauth", &format!("oauth_{}", person.provider), Json::Null, dice.past(1, 400).into()),
    }
}

fn wallet(dice: &mut Dice, created: i64) -> Json {
    let signature = verification(
        "verification_web3",
        "web3_metamask_signature",
        1.into(),
        dice.past(1, 400).into(),
    );
    object! {
        "id" => dice.id("idn"),
        "object" => "web3_wallet",
        "web3_wallet" => format!("0x{:016x}{:016x}{:08x}", dice.next(), dice.next(), dice.below(1 << 32)),
        "verification" => signature.with("nonce", format!("n_{}", dice.text(32))),
        "created_at" => created,
        "updated_at" => created + 1,
    }
}

fn passkey(dice: &mut Dice) -> Json {
    object! {
        "id" => dice.id("idn"),
        "object" => "passkey",
        "name" => "Firefox on Linux",
        "last_used_at" => dice.past(1, 400),
        "verification" => verification("verification_passkey", "passkey", Json::Null, Json::Null).with("nonce", "nonce"),
    }
}

fn enterprise_accounts(dice: &mut Dice, person: &Person<'_>) -> (Json, Json) {
    let connection_id = dice.id("ent");
    let connection = object! {
        "id" => connection_id.as_str(),
        "name" => "Example Okta \"prod\"",
        "domain" => "work.example.org",
        "domains" => vec![Json::from("work.example.org")],
        "active" => true,
        "provider" => "saml_okta",
        "sync_user_attributes" => true,
        "allow_subdomains" => false,
        "allow_idp_initiated" => true,
        "disable_additional_identifications" => false,
        "created_at" => person.created,
        "updated_at" => person.created + 3,
    };
    let mut account = |kind: &str, prefix: &str| {
        let redirect =
            verification("verification_saml", "saml", Json::Null, dice.past(1, 400).into());
        object! {
            "id" => dice.id(prefix),
            "object" => kind,
            "provider" => "saml_okta",
            "active" => true,
            "email_address" => person.mail,
            "first_name" => person.first,
            "last_name" => person.last,
            "provider_user_id" => dice.id("okta"),
            "last_authenticated_at" => dice.past(1, 400),
            "public_metadata" => object! { "department" => "R&D" },
            "verification" => redirect.with("external_verification_redirect_url", Json::Null),
        }
    };
    let saml = account("saml_account", "samlacc").with("saml_connection", connection.clone());
    let enterprise = account("enterprise_account", "eac")
        .with("protocol", "saml")
        .with("enterprise_connection_id", connection_id);
    let connection = connection.with("protocol", "saml").with("logo_public_url", Json::Null);
    (saml, enterprise.with("enterprise_connection", connection))
}

fn one_time_code(dice: &mut Dice, strategy: &str) -> Json {
    verification("verification_otp", strategy, 1.into(), dice.past(1, 400).into())
}

fn verification(object: &str, strategy: &str, attempts: Json, expire_at: Json) -> Json {
    object! {
        "object" => object,
        "status" => "verified",
        "strategy" => strategy,
        "attempts" => attempts,
        "expire_at" => expire_at,
    }
}

/// JSON whose members stay in the order in which they were written, as a server's do.
#[derive(Clone)]
enum Json {
    Null,
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(String),
    List(Vec<Self>),
    Object(Vec<(&'static str, Self)>),
}

impl Json {
    fn with(mut self, name: &'static str, value: impl Into<Self>) -> Self {
        if let Self::Object(members) = &mut self {
            members.push((name, value.into()));
        }
        self
    }

    fn member(&self, name: &str) -> Self {
        match self {
            Self::Object(members) => members
                .iter()
                .find(|(found, _)| *found == name)
                .map_or(Self::Null, |(_, value)| value.clone()),
            _ => Self::Null,
        }
    }

    fn into_bytes(self) -> Vec<u8> {
        serde_json::to_vec(&self).unwrap()
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Integer(value) => serializer.serialize_i64(*value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Object(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

macro_rules! json_from {
    ($($From:ty: |$value:ident| $json:expr;)*) => {$(
        impl From<$From> for Json {
            fn from($value: $From) -> Self {
                $json
            }
        }
    )*};
}
json_from! {
    bool: |value| Self::Bool(value);
    i64: |value| Self::Integer(value);
    f64: |value| Self::Number(value);
    &str: |value| Self::Text(value.to_owned());
    String: |value| Self::Text(value);
    Vec<Self>: |items| Self::List(items);
}

impl<T: Into<Self>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as usize) as i64
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// Letters and digits.
    fn text(&mut self, length: usize) -> String {
        const ALPHABET: &[u8; 62] =
            b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        (0..length).map(|_| char::from(ALPHABET[self.below(ALPHABET.len())])).collect()
    }

    fn id(&mut self, prefix: &str) -> String {
        format!("{prefix}_{}", self.text(27))
    }

    /// A time so many days ago.
    fn past(&mut self, least: i64, most: i64) -> i64 {
        NOW - self.between(least * DAY, most * DAY)
    }
}

// Some are not ASCII, as names are.
const FIRST_NAMES: &[&str] = &[
    "Amara", "Björn", "Carla", "Dmitri", "Eva", "Farid", "Gül", "Hana", "Ilse", "João", "Kaoru",
    "Léa", "Maya", "Niels", "Oscar", "Paul",
];
const LAST_NAMES: &[&str] = &[
    "Abbott",
    "Baptiste",
    "Costa",
    "Dąbrowski",
    "Eriksen",
    "Fontaine",
    "García",
    "Hughes",
    "Ito",
    "Jansen",
    "Köhler",
    "Lindqvist",
];
