use serde::{Deserialize, Serialize};

use super::{
    DirectoryId, EmailAddress, EmailAddressId, EnterpriseAccount, ExternalAccount, ObjectType,
    OrganizationMembership, Passkey, PhoneNumber, PhoneNumberId, SamlAccount, UserId, Web3Wallet,
    Web3WalletId,
};
use crate::{JsonObject, Timestamp};

/// A user of the application.
///
/// ```
/// use clerk_core::model::User;
/// use serde_json::json;
///
/// let user: User = serde_json::from_value(json!({
///     "id": "user_1",
///     "object": "user",
///     "first_name": "Ann",
///     "last_name": "Bee",
///     "primary_email_address_id": "idn_2",
///     "email_addresses": [
///         {
///             "id": "idn_1",
///             "object": "email_address",
///             "email_address": "ann@old.example.com",
///             "reserved": false,
///             "created_at": 1_700_690_400_000_i64,
///             "updated_at": 1_700_690_400_000_i64,
///         },
///         {
///             "id": "idn_2",
///             "object": "email_address",
///             "email_address": "ann@example.com",
///             "reserved": false,
///             "created_at": 1_700_690_400_000_i64,
///             "updated_at": 1_700_690_400_000_i64,
///         },
///     ],
///     "has_image": false,
///     "password_enabled": true,
///     "two_factor_enabled": false,
///     "totp_enabled": false,
///     "backup_code_enabled": false,
///     "banned": false,
///     "locked": false,
///     "delete_self_enabled": true,
///     "create_organization_enabled": true,
///     "created_at": 1_700_690_400_000_i64,
///     "updated_at": 1_700_690_400_000_i64,
/// }))?;
///
/// assert_eq!(user.full_name().as_deref(), Some("Ann Bee"));
/// let email = user.primary_email_address().map(|email| email.email_address.as_str());
/// assert_eq!(email, Some("ann@example.com"));
/// assert_eq!((user.primary_phone_number(), user.primary_web3_wallet()), (None, None));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// Always `user`.
    pub object: ObjectType,
    /// The user's id in your system.
    pub external_id: Option<String>,
    /// Which email address comes first. See [`primary_email_address`](Self::primary_email_address).
    pub primary_email_address_id: Option<EmailAddressId>,
    /// Which phone number comes first. See [`primary_phone_number`](Self::primary_phone_number).
    pub primary_phone_number_id: Option<PhoneNumberId>,
    /// Which web3 wallet comes first. See [`primary_web3_wallet`](Self::primary_web3_wallet).
    pub primary_web3_wallet_id: Option<Web3WalletId>,
    /// The user name.
    pub username: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The language and region, such as `en-US`.
    pub locale: Option<String>,
    /// A picture of the user.
    #[deprecated(note = "Use `image_url`.")]
    pub profile_image_url: Option<String>,
    /// A picture of the user; one that was made up if there is none.
    pub image_url: Option<String>,
    /// Whether the picture was uploaded, or came from a provider.
    pub has_image: bool,
    /// Data of yours that frontends can read.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub public_metadata: JsonObject,
    /// Data of yours that only backends see.
    pub private_metadata: Option<JsonObject>,
    /// Data that frontends can change: do not trust it.
    pub unsafe_metadata: Option<JsonObject>,
    /// The email addresses.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub email_addresses: Vec<EmailAddress>,
    /// The phone numbers.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub phone_numbers: Vec<PhoneNumber>,
    /// The web3 wallets.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub web3_wallets: Vec<Web3Wallet>,
    /// The passkeys.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub passkeys: Vec<Passkey>,
    /// Whether there is a password.
    pub password_enabled: bool,
    /// Whether a second factor is set up.
    pub two_factor_enabled: bool,
    /// Whether an authenticator app is set up.
    pub totp_enabled: bool,
    /// Whether there are backup codes.
    pub backup_code_enabled: bool,
    /// When multi-factor authentication was last turned on. Stays when it is turned off.
    pub mfa_enabled_at: Option<Timestamp>,
    /// When multi-factor authentication was last turned off. Stays when it is turned on.
    pub mfa_disabled_at: Option<Timestamp>,
    /// When the password was last changed.
    pub password_last_updated_at: Option<Timestamp>,
    /// The accounts with OAuth providers.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub external_accounts: Vec<ExternalAccount>,
    /// The accounts with SAML identity providers.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub saml_accounts: Vec<SamlAccount>,
    /// The accounts with enterprises' identity providers.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub enterprise_accounts: Vec<EnterpriseAccount>,
    /// The memberships in organizations, where the API includes them.
    pub organization_memberships: Option<Vec<OrganizationMembership>>,
    /// When the user last signed in.
    pub last_sign_in_at: Option<Timestamp>,
    /// Whether the user is banned: cannot sign in, and has no sessions.
    pub banned: bool,
    /// Whether the user is locked: cannot sign in for now.
    pub locked: bool,
    /// Whether a directory withdrew the user, who cannot sign in then.
    pub deprovisioned: Option<bool>,
    /// How many seconds the user stays locked; `None` for a locked user means for good.
    pub lockout_expires_in_seconds: Option<i64>,
    /// How many wrong attempts are left before the user is locked; `None` if the instance does not
    /// lock users.
    pub verification_attempts_remaining: Option<i64>,
    /// When the user was last changed.
    pub updated_at: Timestamp,
    /// When the user was created.
    pub created_at: Timestamp,
    /// Whether the user can delete their own account.
    pub delete_self_enabled: bool,
    /// Whether the user can create organizations.
    pub create_organization_enabled: bool,
    /// How many organizations can be created by the user; 0 stands for any number.
    pub create_organizations_limit: Option<i64>,
    /// When a session of the user was last active, to the day.
    pub last_active_at: Option<Timestamp>,
    /// When the legal terms were accepted.
    pub legal_accepted_at: Option<Timestamp>,
    /// Whether signing in on a new device needs no further check.
    pub bypass_client_trust: Option<bool>,
    /// What the directory that provisions the user knows; only in what webhooks say of users.
    /// `None` does not mean that no directory does.
    pub scim: Option<ScimUserMetadata>,
}

impl User {
    /// The email address that comes first, if there is one.
    pub fn primary_email_address(&self) -> Option<&EmailAddress> {
        let primary = self.primary_email_address_id.as_ref()?;
        self.email_addresses.iter().find(|address| address.id.as_ref() == Some(primary))
    }

    /// The phone number that comes first, if there is one.
    pub fn primary_phone_number(&self) -> Option<&PhoneNumber> {
        let primary = self.primary_phone_number_id.as_ref()?;
        self.phone_numbers.iter().find(|number| number.id.as_ref() == Some(primary))
    }

    /// The web3 wallet that comes first, if there is one.
    pub fn primary_web3_wallet(&self) -> Option<&Web3Wallet> {
        let primary = self.primary_web3_wallet_id.as_ref()?;
        self.web3_wallets.iter().find(|wallet| wallet.id.as_ref() == Some(primary))
    }

    /// First and last name, as far as they are there; `None` if neither is.
    pub fn full_name(&self) -> Option<String> {
        let filled = |name: &Option<String>| {
            name.as_deref().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned)
        };
        match (filled(&self.first_name), filled(&self.last_name)) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            (first, last) => first.or(last),
        }
    }
}

/// What the directory from which a user is provisioned knows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "SCIMUserMetadata")]
pub struct ScimUserMetadata {
    /// The directory.
    pub directory_id: DirectoryId,
    /// Whether the directory is in use; absent if not.
    pub directory_enabled: Option<bool>,
    /// The user's id in the directory.
    pub external_id: Option<String>,
}
