use rsa::{
    BigUint, Pkcs1v15Sign,
    sha2::{Digest as _, Sha256},
};

use super::{Rs256, Rs256Key};
use crate::auth::RsaPublicKey;

/// Signatures with the crate `rsa`: slower, and without a line of C.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs)] // There is nothing in it.
pub struct RustCrypto;

struct Key(rsa::RsaPublicKey);

impl Rs256 for RustCrypto {
    fn key(&self, key: &RsaPublicKey) -> Option<Box<dyn Rs256Key>> {
        let number = BigUint::from_bytes_be;
        let key = rsa::RsaPublicKey::new(number(key.modulus()), number(key.exponent())).ok()?;
        Some(Box::new(Key(key)))
    }
}

impl Rs256Key for Key {
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        self.0.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message), signature).is_ok()
    }
}
