//! TLS: whom to trust, and what to compute with.
use std::sync::Arc;

use rustls::{ClientConfig, ConfigBuilder, WantsVerifier, crypto::CryptoProvider};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// Whom to trust.
pub(crate) enum Tls {
    /// Whom the machine trusts.
    Platform,
    /// Whom Mozilla trusts, as it was when the crate was built.
    #[cfg(feature = "webpki-roots")]
    WebpkiRoots,
    /// Whom the caller trusts.
    Own(Box<ClientConfig>),
}

impl Tls {
    /// The configuration, or why there is none.
    pub(crate) fn config(&self) -> Result<ClientConfig, String> {
        match self {
            Self::Own(config) => Ok(ClientConfig::clone(config)),
            Self::Platform => {
                let verified = builder()?.with_platform_verifier().map_err(|error| {
                    format!(
                        "no trusted roots on this machine ({error}): install the CA certificates of the distribution \
                         (most often the package `ca-certificates`), use `.webpki_roots()` (feature `webpki-roots`), \
                         or give a `.tls_config(…)`"
                    )
                })?;
                Ok(verified.with_no_client_auth())
            }
            #[cfg(feature = "webpki-roots")]
            Self::WebpkiRoots => {
                let roots =
                    rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
                Ok(builder()?.with_root_certificates(roots).with_no_client_auth())
            }
        }
    }
}

/// With a provider of its own: a default for the whole process is the application's to choose, and
/// rustls panics where two could be it.
fn builder() -> Result<ConfigBuilder<ClientConfig, WantsVerifier>, String> {
    let Some(provider) = provider() else {
        return Err("nothing to compute TLS with: enable the feature `ring` or `aws-lc-rs` of clerk-hyper, or give a `.tls_config(…)`".to_owned());
    };
    let builder = ClientConfig::builder_with_provider(Arc::new(provider))
        .with_safe_default_protocol_versions();
    builder.map_err(|error| error.to_string())
}

fn provider() -> Option<CryptoProvider> {
    #[cfg(feature = "ring")]
    return Some(rustls::crypto::ring::default_provider());
    #[cfg(all(feature = "aws-lc-rs", not(feature = "ring")))]
    return Some(rustls::crypto::aws_lc_rs::default_provider());
    #[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
    None
}
