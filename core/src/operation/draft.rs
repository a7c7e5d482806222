//! A request in the making.
use std::fmt::{self, Display, Write as _};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Uri, header, uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{
    Auth, Meta,
    multipart::{Form, IntoPart},
};
use crate::{
    CallOptions, Error,
    arg::QueryValue,
    config::Inner,
    text::{Length, is_invisible},
};

/// RFC 3986: what needs no encoding anywhere.
pub(crate) const UNRESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The longest URL that the `http` crate takes.
const MAX_TARGET: usize = u16::MAX as usize - 1;
/// The longest text in a path, in bytes; ids have less than 100.
const MAX_SEGMENT: usize = 1024;

/// A request in the making, which [`Operation::encode`](crate::Operation::encode) writes into.
///
/// Path parameters come in the order of the path, then the query, then the body. Everything is
/// written straight to where it is sent from: one text for the URL, one buffer for the body.
/// `Debug` does not show the body: it may hold a secret.
pub struct Draft<'c> {
    meta: &'static Meta,
    method: Method,
    config: &'c Inner,
    options: Option<&'c CallOptions>,
    /// What is left of the path.
    rest: &'static str,
    target: String,
    queried: bool,
    body: Vec<u8>,
    form: Option<Form>,
}

impl fmt::Debug for Draft<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Draft")
            .field("operation", &self.meta.operation_id)
            .field("body", &Length(self.body.len()))
            .finish_non_exhaustive()
    }
}

impl<'c> Draft<'c> {
    pub(super) fn new(
        meta: &'static Meta,
        method: Method,
        config: &'c Inner,
        options: Option<&'c CallOptions>,
    ) -> Result<Self, Error> {
        if meta.auth == Auth::SecretKey && !config.has_secret_key {
            let problem = "this operation goes with the secret key of the instance, and there is only that of a machine";
            return Err(Error::argument("secret_key", problem));
        }
        let mut base = &config.base;
        if let Some(options) = options {
            options.check()?;
            if let Some(own) = &options.base {
                own.check_key(config.hosts)?;
                base = own;
            }
        }
        let mut target = String::with_capacity(base.prefix.len() + meta.path.len() + 64);
        target.push_str(&base.prefix);
        let body = if meta.has_fields { Vec::with_capacity(256) } else { Vec::new() };
        Ok(Self {
            meta,
            method,
            config,
            options,
            rest: meta.path,
            target,
            queried: false,
            body,
            form: None,
        })
    }

    /// Fills the next parameter of the path.
    ///
    /// # Errors
    ///
    /// If the text cannot be one segment of a path: it is empty, `.`, `..`, very long, or has
    /// characters that are not to be seen.
    pub fn path(&mut self, name: &'static str, value: &dyn Display) -> Result<(), Error> {
        let (before, after) = self.rest.split_once('{').unwrap_or((self.rest, ""));
        self.target.push_str(before);
        self.rest = after.split_once('}').map_or("", |(_, rest)| rest);
        self.segment(name.into(), value)
    }

    /// Appends `value` as one segment.
    pub(super) fn segment(
        &mut self,
        name: std::borrow::Cow<'static, str>,
        value: &dyn Display,
    ) -> Result<(), Error> {
        let mut segment =
            Segment { target: &mut self.target, length: 0, only_dots: true, invisible: false };
        let fits = write!(segment, "{value}").is_ok();
        let problem = match segment {
            Segment { length: 0, .. } => "it is empty",
            Segment { length: 1 | 2, only_dots: true, .. } => {
                "`.` and `..` would address something else"
            }
            Segment { invisible: true, .. } => "it has a control or an invisible character",
            _ if !fits => "it is longer than 1024 bytes",
            _ => return Ok(()),
        };
        Err(Error::argument(name, problem))
    }

    /// Appends a piece of a path that needs no check.
    pub(super) fn literal(&mut self, text: &str) {
        self.target.push_str(text);
    }

    /// Appends to the query string, once for every element if `value` is a list.
    ///
    /// # Errors
    ///
    /// None today.
    pub fn query(&mut self, name: &str, value: &dyn QueryValue) -> Result<(), Error> {
        self.target.push_str(std::mem::take(&mut self.rest));
        let Self { target, queried, .. } = self;
        value.each(&mut |value| {
            target.push(if std::mem::replace(queried, true) { '&' } else { '?' });
            // Names that callers choose need encoding, and for others it changes nothing.
            target.extend(utf8_percent_encode(name, UNRESERVED));
            target.push('=');
            // Writing to a string cannot fail.
            let _ = write!(Encoded(target), "{value}");
        });
        Ok(())
    }

    /// Appends to the query string, the elements of a list joined with commas; nothing for an empty
    /// list.
    ///
    /// # Errors
    ///
    /// None today.
    pub fn joined(&mut self, name: &str, value: &dyn QueryValue) -> Result<(), Error> {
        self.target.push_str(std::mem::take(&mut self.rest));
        let Self { target, queried, .. } = self;
        let mut first = true;
        value.each(&mut |value| {
            if std::mem::take(&mut first) {
                target.push(if std::mem::replace(queried, true) { '&' } else { '?' });
                target.push_str(name);
                target.push('=');
            } else {
                target.push(',');
            }
            let _ = write!(Encoded(target), "{value}");
        });
        Ok(())
    }

    /// Sets a field of the JSON object that is the body. `name` is a name of the API's, which needs
    /// no escaping.
    ///
    /// # Errors
    ///
    /// If the value cannot be written as JSON.
    pub fn body(&mut self, name: &'static str, value: &impl Serialize) -> Result<(), Error> {
        self.body.extend_from_slice(if self.body.is_empty() { b"{\"" } else { b",\"" });
        self.body.extend_from_slice(name.as_bytes());
        self.body.extend_from_slice(b"\":");
        self.json(name, value)
    }

    /// Sets the body.
    ///
    /// # Errors
    ///
    /// If the value cannot be written as JSON.
    pub fn whole_body(&mut self, name: &'static str, value: &impl Serialize) -> Result<(), Error> {
        self.json(name, value)
    }

    /// Sets the body to JSON that is written already.
    pub(super) fn json_bytes(&mut self, json: &[u8]) {
        self.body.extend_from_slice(json);
    }

    fn json(&mut self, name: &'static str, value: &impl Serialize) -> Result<(), Error> {
        // The error of serde_json may quote the value.
        serde_json::to_writer(&mut self.body, value)
            .map_err(|_| Error::argument(name, "it cannot be written as JSON"))
    }

    /// Adds a part to the multipart form that is the body.
    ///
    /// # Errors
    ///
    /// If the part has a content type that cannot be one.
    pub fn form(&mut self, name: &'static str, value: &dyn IntoPart) -> Result<(), Error> {
        let part = value.part();
        part.check(name)?;
        self.form.get_or_insert_default().push(name, part);
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Request<Bytes>, Error> {
        let rest = std::mem::take(&mut self.rest);
        if rest.contains('{') {
            return Err(Error::argument("path", "a parameter of it was not filled"));
        }
        self.target.push_str(rest);
        if let Some(options) = self.options {
            for (name, value) in &options.query {
                self.query(name, value)?;
            }
        }
        if self.target.len() > MAX_TARGET {
            return Err(Error::argument(
                "query",
                format!(
                    "the URL would be {} bytes long; at most {MAX_TARGET} can be sent",
                    self.target.len()
                ),
            ));
        }
        if self.meta.has_fields {
            if self.body.is_empty() {
                self.body.push(b'{');
            }
            self.body.push(b'}');
        }
        let Self { config, options, .. } = self;
        let (mut headers, body, limit) = match self.form {
            Some(form) => {
                let (content_type, body) = form.encode();
                let mut headers = config.headers.clone();
                let content_type = HeaderValue::try_from(content_type).map_err(|_| {
                    Error::misuse("the boundary of a form cannot stand in a header")
                })?;
                headers.insert(header::CONTENT_TYPE, content_type);
                (headers, body, config.max_upload)
            }
            None if self.body.is_empty() => (config.headers.clone(), Bytes::new(), usize::MAX),
            None => (config.json_headers.clone(), Bytes::from(self.body), config.max_request_body),
        };
        if body.len() > limit {
            return Err(Error::argument(
                "body",
                format!("it would be {} bytes long; the limit is {limit}", body.len()),
            ));
        }
        match self.meta.auth {
            Auth::SecretKey => {}
            Auth::MachineSecretKey => {
                let own = options.and_then(|options| options.machine_secret_key.as_ref());
                if let Some(key) = own.or(config.machine_secret_key.as_ref()) {
                    headers.insert(header::AUTHORIZATION, key.clone());
                }
            }
            Auth::None => {
                headers.remove(header::AUTHORIZATION);
            }
        }
        if let Some(options) = options {
            set_all(&mut headers, &options.headers);
        }
        // Scheme and host are those of the base URL, whatever the path is: a key goes nowhere else.
        let base = options.and_then(|options| options.base.as_ref()).unwrap_or(&config.base);
        let mut parts = uri::Parts::default();
        parts.scheme = Some(base.scheme.clone());
        parts.authority = Some(base.authority.clone());
        let not_a_url = |_| Error::argument("path", "the arguments do not make a URL");
        parts.path_and_query = Some(
            uri::PathAndQuery::from_maybe_shared(Bytes::from(self.target)).map_err(not_a_url)?,
        );
        let mut request = Request::new(body);
        *request.method_mut() = self.method;
        *request.uri_mut() = Uri::from_parts(parts)
            .map_err(|_| Error::argument("path", "the arguments do not make a URL"))?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

/// Adds a caller's headers: in the place of ours, beside each other.
pub(crate) fn set_all(headers: &mut HeaderMap, own: &[(HeaderName, HeaderValue)]) {
    for (name, _) in own {
        headers.remove(name);
    }
    for (name, value) in own {
        headers.append(name, value.clone());
    }
}

/// Percent-encodes what is written.
struct Encoded<'t>(&'t mut String);

impl fmt::Write for Encoded<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(utf8_percent_encode(text, UNRESERVED));
        Ok(())
    }
}

/// Percent-encodes what is written, and looks whether it can be one segment of a path.
struct Segment<'t> {
    target: &'t mut String,
    length: usize,
    only_dots: bool,
    invisible: bool,
}

impl fmt::Write for Segment<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.length = self.length.saturating_add(text.len());
        if self.length > MAX_SEGMENT {
            return Err(fmt::Error);
        }
        self.only_dots &= text.bytes().all(|byte| byte == b'.');
        self.invisible |= text.chars().any(|char| char.is_control() || is_invisible(char));
        self.target.extend(utf8_percent_encode(text, UNRESERVED));
        Ok(())
    }
}
