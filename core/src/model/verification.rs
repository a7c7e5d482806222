use serde::{Deserialize, Serialize};

use super::{ObjectType, VerificationStatus, VerificationStrategy};
use crate::{ClerkError, Timestamp};

/// How something was verified, or is to be.
///
/// There are many kinds, told apart by [`object`](Self::object); they differ in which members they
/// have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "VerificationOtp")]
pub struct Verification {
    /// Which kind it is.
    pub object: Option<ObjectType>,
    /// Where it stands.
    pub status: Option<VerificationStatus>,
    /// By what means.
    pub strategy: Option<VerificationStrategy>,
    /// How often it was tried.
    pub attempts: Option<i64>,
    /// Until when it can be completed.
    pub expire_at: Option<Timestamp>,
    /// The client at which it was completed.
    pub verified_at_client: Option<String>,
    /// How the code was delivered, for codes sent to phones.
    pub channel: Option<String>,
    /// What a wallet or a passkey is to sign.
    pub nonce: Option<String>,
    /// The message around what a wallet is to sign.
    pub message: Option<String>,
    /// Where the user goes on, for verifications at an identity provider.
    pub external_verification_redirect_url: Option<String>,
    /// Why it failed.
    pub error: Option<Box<ClerkError>>,
}

impl Verification {
    /// Whether it succeeded.
    pub fn is_verified(&self) -> bool {
        self.status == Some(VerificationStatus::Verified)
    }
}
