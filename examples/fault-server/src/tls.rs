//! Certificates that exist only while a test runs.
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WebPkiClientVerifier,
};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// An authority that nobody trusts, unless told to, and what it signs.
#[derive(Debug)]
pub struct Certificates {
    root: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

/// Which certificate a server shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// For `localhost` and 127.0.0.1.
    Good,
    /// For another host.
    OtherHost,
    /// For `localhost` and 127.0.0.1, until the end of 2020.
    Expired,
    /// For `localhost` and 127.0.0.1, signed by itself.
    SelfSigned,
    /// For `localhost` and 127.0.0.1, signed by another authority of the same name.
    Stranger,
    /// The good one, for clients that show one as well.
    Mutual,
}

impl Certificates {
    /// Makes an authority with a new key.
    ///
    /// # Errors
    ///
    /// If no key or certificate can be made.
    pub fn new() -> Result<Self, AnyError> {
        let mut params = CertificateParams::new(Vec::default())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "Nobody's Authority");
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate()?;
        let root = params.self_signed(&key)?.der().clone();
        Ok(Self { root, issuer: Issuer::new(params, key) })
    }

    /// A server's configuration, with a certificate of this authority.
    ///
    /// # Errors
    ///
    /// If no key or certificate can be made.
    pub fn server(&self, leaf: Leaf) -> Result<Arc<ServerConfig>, AnyError> {
        let names = match leaf {
            Leaf::OtherHost => vec!["elsewhere.example".to_owned()],
            _ => vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
        };
        let mut params = CertificateParams::new(names)?;
        params.use_authority_key_identifier_extension = true;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        if leaf == Leaf::Expired {
            (params.not_before, params.not_after) =
                (date_time_ymd(2020, 1, 1), date_time_ymd(2020, 12, 31));
        }
        let key = KeyPair::generate()?;
        let chain = match leaf {
            Leaf::SelfSigned => vec![params.self_signed(&key)?.der().clone()],
            Leaf::Stranger => {
                let stranger = Self::new()?;
                vec![params.signed_by(&key, &stranger.issuer)?.der().clone(), stranger.root]
            }
            _ => vec![params.signed_by(&key, &self.issuer)?.der().clone(), self.root.clone()],
        };
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?;
        let config = match leaf {
            Leaf::Mutual => {
                let roots = Arc::new(self.roots()?);
                let clients = WebPkiClientVerifier::builder_with_provider(roots, provider());
                config.with_client_cert_verifier(clients.build()?)
            }
            _ => config.with_no_client_auth(),
        };
        Ok(Arc::new(config.with_single_cert(chain, key)?))
    }

    /// A client's configuration that trusts this authority and no other.
    ///
    /// # Errors
    ///
    /// If the authority's certificate cannot be one.
    pub fn client(&self) -> Result<ClientConfig, AnyError> {
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?;
        Ok(config.with_root_certificates(self.roots()?).with_no_client_auth())
    }

    fn roots(&self) -> Result<RootCertStore, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(self.root.clone())?;
        Ok(roots)
    }
}

/// Named here, and never the process's default: more than one may be compiled in.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
