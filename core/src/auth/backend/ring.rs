use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};

use super::{Rs256, Rs256Key};
use crate::auth::RsaPublicKey;

/// Signatures with the crate `ring`.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs)] // There is nothing in it.
pub struct Ring;

/// ring has no form of a key that is made ready: it reads the numbers each time.
struct Key(RsaPublicKeyComponents<Box<[u8]>>);

impl Rs256 for Ring {
    fn key(&self, key: &RsaPublicKey) -> Option<Box<dyn Rs256Key>> {
        let (n, e) = (key.modulus().into(), key.exponent().into());
        Some(Box::new(Key(RsaPublicKeyComponents { n, e })))
    }
}

impl Rs256Key for Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
    }
}
