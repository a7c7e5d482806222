use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

use super::{Rs256, Rs256Key};
use crate::auth::RsaPublicKey;

/// Signatures with the crate `aws-lc-rs`.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs)] // There is nothing in it.
pub struct AwsLcRs;

struct Key(ParsedPublicKey);

impl Rs256 for AwsLcRs {
    fn key(&self, key: &RsaPublicKey) -> Option<Box<dyn Rs256Key>> {
        let numbers = RsaPublicKeyComponents { n: key.modulus(), e: key.exponent() };
        let key = numbers.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).ok()?;
        Some(Box::new(Key(key)))
    }
}

impl Rs256Key for Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify_sig(message, signature).is_ok()
    }
}
