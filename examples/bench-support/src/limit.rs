//! The limits: what a program does that is written for one purpose, by hand and in Rust.
//!
//! Reading is compared with structs of the same members that serde derives, with owned text, read by
//! `serde_json::from_str` after one check of the whole for UTF-8 (faster than reading bytes, where
//! each string is checked). They are stricter than a client of an evolving API can be: enums are
//! closed, an absent list is an error. Making a request is compared with one whose URI and headers
//! were made beforehand, so that all that is left is the body, its length, and putting together.
use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, Request, Uri,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, USER_AGENT},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The body of the request for an actor token.
#[derive(Debug, Serialize)]
pub struct NewToken<'a> {
    user_id: &'a str,
    actor: Sub<'a>,
    expires_in_seconds: u32,
}

#[derive(Debug, Serialize)]
struct Sub<'a> {
    sub: &'a str,
}

/// The request for an actor token that every driver sends.
pub const NEW_TOKEN: NewToken<'static> = NewToken {
    user_id: crate::USER_ID,
    actor: Sub { sub: crate::ACTOR_ID },
    expires_in_seconds: 600,
};

/// The request for an actor token, with all that is ready before there is one: URI and headers.
#[derive(Debug)]
pub struct RequestByHand {
    uri: Uri,
    headers: HeaderMap,
}

impl RequestByHand {
    /// Makes everything ready.
    pub fn new(base_url: &str) -> Self {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, format!("Bearer {}", crate::SECRET_KEY).parse().unwrap());
        headers.insert("clerk-api-version", HeaderValue::from_static(crate::API_VERSION));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static("bench/0"));
        Self { uri: format!("{base_url}/actor_tokens").parse().unwrap(), headers }
    }

    /// The request.
    pub fn make(&self, body: &NewToken<'_>) -> Request<Bytes> {
        let body = serde_json::to_vec(body).unwrap();
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = headers;
        request
    }
}

/// Reads an actor token.
pub fn read_token(body: &[u8]) -> ActorToken {
    serde_json::from_str(std::str::from_utf8(body).unwrap()).unwrap()
}

/// Reads a list of users.
pub fn read_users(body: &[u8]) -> Vec<User> {
    serde_json::from_str(std::str::from_utf8(body).unwrap()).unwrap()
}

/// Declares structs of the API's members: all are public, and none needs a word.
macro_rules! members {
    ($($Name:ident { $($field:ident: $Type:ty,)* })*) => {$(
        #[allow(missing_docs)] // The members are the API's.
        #[derive(Debug, Deserialize)]
        pub struct $Name { $(pub $field: $Type,)* }
    )*};
}

/// Declares closed enums of the API's texts.
macro_rules! texts {
    ($($Name:ident { $($Variant:ident,)* })*) => {$(
        #[allow(missing_docs)] // The variants are the API's.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $Name { $($Variant,)* }
    )*};
}

texts! {
    Object {
        ActorToken, User, EmailAddress, PhoneNumber, Web3Wallet, Passkey, ExternalAccount, FacebookAccount, GoogleAccount,
        SamlAccount, EnterpriseAccount, VerificationOtp, VerificationAdmin, VerificationFromOauth, VerificationTicket,
        VerificationSaml, VerificationEmailLink, VerificationScim, VerificationOauth, VerificationGoogleOneTap,
        VerificationWeb3, VerificationPasskey,
    }
    TokenStatus { Pending, Accepted, Revoked, }
    VerificationStatus { Unverified, Verified, Failed, Expired, Transferable, }
}

type Metadata = Map<String, Value>;

members! {
    ActorToken {
        object: Object,
        id: String,
        status: TokenStatus,
        user_id: String,
        actor: Metadata,
        token: Option<String>,
        url: Option<String>,
        created_at: i64,
        updated_at: i64,
    }
    User {
        id: String,
        object: Object,
        username: Option<String>,
        first_name: Option<String>,
        last_name: Option<String>,
        locale: Option<String>,
        profile_image_url: Option<String>,
        image_url: Option<String>,
        has_image: bool,
        primary_email_address_id: Option<String>,
        primary_phone_number_id: Option<String>,
        primary_web3_wallet_id: Option<String>,
        password_enabled: bool,
        two_factor_enabled: bool,
        totp_enabled: bool,
        backup_code_enabled: bool,
        email_addresses: Vec<EmailAddress>,
        phone_numbers: Vec<PhoneNumber>,
        web3_wallets: Vec<Web3Wallet>,
        passkeys: Vec<Passkey>,
        external_accounts: Vec<ExternalAccount>,
        saml_accounts: Vec<SamlAccount>,
        enterprise_accounts: Vec<EnterpriseAccount>,
        organization_memberships: Option<Vec<Value>>,
        password_last_updated_at: Option<i64>,
        public_metadata: Metadata,
        private_metadata: Option<Metadata>,
        unsafe_metadata: Option<Metadata>,
        external_id: Option<String>,
        last_sign_in_at: Option<i64>,
        banned: bool,
        locked: bool,
        deprovisioned: Option<bool>,
        lockout_expires_in_seconds: Option<i64>,
        verification_attempts_remaining: Option<i64>,
        created_at: i64,
        updated_at: i64,
        delete_self_enabled: bool,
        create_organization_enabled: bool,
        create_organizations_limit: Option<i64>,
        last_active_at: Option<i64>,
        mfa_enabled_at: Option<i64>,
        mfa_disabled_at: Option<i64>,
        legal_accepted_at: Option<i64>,
        bypass_client_trust: Option<bool>,
        scim: Option<Scim>,
    }
    EmailAddress {
        id: Option<String>,
        object: Object,
        email_address: String,
        reserved: bool,
        verification: Option<Box<Verification>>,
        linked_to: Vec<Link>,
        matches_sso_connection: Option<bool>,
        created_at: i64,
        updated_at: i64,
    }
    PhoneNumber {
        id: Option<String>,
        object: Object,
        phone_number: String,
        reserved_for_second_factor: Option<bool>,
        default_second_factor: Option<bool>,
        reserved: bool,
        verification: Option<Box<Verification>>,
        linked_to: Vec<Link>,
        backup_codes: Option<Vec<String>>,
        created_at: i64,
        updated_at: i64,
    }
    Web3Wallet {
        id: Option<String>,
        object: Object,
        web3_wallet: String,
        verification: Option<Box<Verification>>,
        created_at: i64,
        updated_at: i64,
    }
    Passkey {
        id: Option<String>,
        object: Object,
        name: String,
        last_used_at: i64,
        verification: Option<Box<Verification>>,
    }
    ExternalAccount {
        object: Object,
        id: String,
        provider: String,
        identification_id: String,
        provider_user_id: String,
        approved_scopes: String,
        email_address: String,
        email_address_verified: Option<bool>,
        first_name: String,
        last_name: String,
        avatar_url: Option<String>,
        image_url: Option<String>,
        username: Option<String>,
        phone_number: Option<String>,
        public_metadata: Metadata,
        label: Option<String>,
        created_at: i64,
        updated_at: i64,
        verification: Option<Box<Verification>>,
    }
    SamlAccount {
        id: String,
        object: Object,
        provider: String,
        active: bool,
        email_address: String,
        first_name: Option<String>,
        last_name: Option<String>,
        provider_user_id: Option<String>,
        last_authenticated_at: Option<i64>,
        public_metadata: Option<Metadata>,
        verification: Option<Box<Verification>>,
        saml_connection: Option<Box<Connection>>,
    }
    EnterpriseAccount {
        id: String,
        object: Object,
        protocol: Option<String>,
        provider: String,
        active: bool,
        email_address: String,
        first_name: Option<String>,
        last_name: Option<String>,
        provider_user_id: Option<String>,
        enterprise_connection_id: Option<String>,
        last_authenticated_at: Option<i64>,
        public_metadata: Option<Metadata>,
        verification: Option<Box<Verification>>,
        enterprise_connection: Option<Box<Connection>>,
    }
    Connection {
        id: String,
        name: String,
        protocol: Option<String>,
        logo_public_url: Option<String>,
        domain: Option<String>,
        domains: Option<Vec<String>>,
        active: bool,
        provider: String,
        sync_user_attributes: bool,
        allow_subdomains: Option<bool>,
        allow_idp_initiated: Option<bool>,
        disable_additional_identifications: Option<bool>,
        created_at: i64,
        updated_at: i64,
    }
    Verification {
        object: Option<Object>,
        status: VerificationStatus,
        strategy: String,
        attempts: Option<i32>,
        expire_at: Option<i64>,
        verified_at_client: Option<String>,
        channel: Option<String>,
        nonce: Option<String>,
        message: Option<String>,
        external_verification_redirect_url: Option<String>,
        error: Option<Value>,
    }
    Link {
        r#type: String,
        id: String,
    }
    Scim {
        directory_id: String,
        directory_enabled: Option<bool>,
        external_id: Option<String>,
    }
}

/// The claims of a session token.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)] // They are named as the claims are.
pub struct SessionClaims {
    pub azp: Option<String>,
    pub exp: i64,
    pub fva: Option<Vec<i64>>,
    pub iat: i64,
    pub iss: String,
    pub jti: Option<String>,
    pub nbf: i64,
    pub o: Option<SessionOrganization>,
    pub fea: Option<String>,
    pub pla: Option<String>,
    pub sid: Option<String>,
    pub sts: Option<String>,
    pub sub: String,
    pub v: Option<u8>,
}

/// The organization of a session token.
#[derive(Debug, Deserialize)]
#[allow(missing_docs)] // The same.
pub struct SessionOrganization {
    pub id: String,
    pub rol: Option<String>,
    pub slg: Option<String>,
    pub per: Option<String>,
    pub fpm: Option<String>,
}

/// Reads the claims of a session token, which are known to be text.
pub fn read_claims(json: &str) -> SessionClaims {
    serde_json::from_str(json).unwrap()
}
