//! What checks a signature: the one thing here that comes from a cryptographic library.
use std::{fmt, sync::Arc};

use super::key::RsaPublicKey;

#[cfg(feature = "aws-lc-rs")]
mod aws_lc;
#[cfg(feature = "ring")]
mod ring;
#[cfg(feature = "rust-crypto")]
mod rust_crypto;

#[cfg(feature = "aws-lc-rs")]
pub use self::aws_lc::AwsLcRs;
#[cfg(feature = "ring")]
pub use self::ring::Ring;
#[cfg(feature = "rust-crypto")]
pub use self::rust_crypto::RustCrypto;

/// A library that checks RSA signatures.
///
/// The features `ring`, `aws-lc-rs` and `rust-crypto` bring one each; any number of them may be on,
/// and none is the process's own. A verifier that is not told which one to use takes the first of
/// them, in this order. One of your own is a few lines:
///
/// ```
/// use clerk_core::auth::{Rs256, Rs256Key, RsaPublicKey};
///
/// #[derive(Debug)]
/// struct Hsm;
/// struct HsmKey;
///
/// impl Rs256 for Hsm {
///     fn key(&self, key: &RsaPublicKey) -> Option<Box<dyn Rs256Key>> {
///         let _ = (key.modulus(), key.exponent()); // big-endian; their sizes are checked already
///         Some(Box::new(HsmKey))
///     }
/// }
///
/// impl Rs256Key for HsmKey {
///     fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
///         let _ = (message, signature); // RSASSA-PKCS1-v1_5 with SHA-256
///         false
///     }
/// }
/// ```
pub trait Rs256: fmt::Debug + Send + Sync + 'static {
    /// Makes a key ready; `None` if it cannot be used, which counts as no key.
    fn key(&self, key: &RsaPublicKey) -> Option<Box<dyn Rs256Key>>;
}

/// A key that is ready to check signatures.
pub trait Rs256Key: Send + Sync {
    /// Whether this is the RSASSA-PKCS1-v1_5 signature of the SHA-256 of the message.
    fn verify(&self, message: &[u8], signature: &[u8]) -> bool;
}

/// The first backend that is there.
#[allow(unreachable_code)] // What is reached depends on the features.
#[allow(clippy::needless_return)] // The same.
pub(super) fn first() -> Option<Arc<dyn Rs256>> {
    #[cfg(feature = "ring")]
    return Some(Arc::new(Ring));
    #[cfg(feature = "aws-lc-rs")]
    return Some(Arc::new(AwsLcRs));
    #[cfg(feature = "rust-crypto")]
    return Some(Arc::new(RustCrypto));
    None
}
