use serde::{Deserialize, Serialize};

use super::{
    EmailAddressId, IdentificationId, ObjectType, PasskeyId, PhoneNumberId, Verification,
    Web3WalletId,
};
use crate::{Sensitive, Timestamp};

/// An email address of a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EmailAddress {
    /// Its id.
    pub id: Option<EmailAddressId>,
    /// Always `email_address`.
    pub object: ObjectType,
    /// The address.
    pub email_address: String,
    /// Whether it is kept for this user without being verified.
    pub reserved: bool,
    /// How it was verified.
    pub verification: Option<Box<Verification>>,
    /// What else identifies the user by this address, such as an account with a provider.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub linked_to: Vec<IdentificationLink>,
    /// Whether its domain is that of an enterprise connection in use.
    pub matches_sso_connection: Option<bool>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A phone number of a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PhoneNumber {
    /// Its id.
    pub id: Option<PhoneNumberId>,
    /// Always `phone_number`.
    pub object: ObjectType,
    /// The number, in the form of E.164 (`+15555550123`).
    pub phone_number: String,
    /// Whether it serves as a second factor.
    pub reserved_for_second_factor: Option<bool>,
    /// Whether it is the second factor that is offered first.
    pub default_second_factor: Option<bool>,
    /// Whether it is kept for this user without being verified.
    pub reserved: bool,
    /// How it was verified.
    pub verification: Option<Box<Verification>>,
    /// What else identifies the user by this number.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub linked_to: Vec<IdentificationLink>,
    /// Backup codes. When the API gives them is not documented.
    pub backup_codes: Option<Vec<Sensitive<String>>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A web3 wallet of a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Web3Wallet {
    /// Its id.
    pub id: Option<Web3WalletId>,
    /// Always `web3_wallet`.
    pub object: ObjectType,
    /// The address of the wallet.
    pub web3_wallet: String,
    /// How it was verified.
    pub verification: Option<Box<Verification>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A passkey of a user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Passkey {
    /// Its id.
    pub id: Option<PasskeyId>,
    /// Always `passkey`.
    pub object: ObjectType,
    /// The name that the user sees.
    pub name: String,
    /// When it was last used.
    pub last_used_at: Timestamp,
    /// How it was verified.
    pub verification: Option<Box<Verification>>,
}

/// Something that identifies the same user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct IdentificationLink {
    /// What kind of thing it is, such as `oauth_google`.
    pub r#type: String,
    /// Its id.
    pub id: IdentificationId,
}
