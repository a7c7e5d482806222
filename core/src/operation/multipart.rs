//! Multipart forms, written without randomness.
use std::fmt::{self, Display};

use bytes::Bytes;
use http::HeaderValue;
use memchr::memmem;

use crate::{Arg, Error, text::Length};

/// A file to upload. `Debug` shows the length of its content only.
///
/// ```
/// use clerk_core::File;
///
/// let file = File::new("ann.png", vec![0x89, b'P', b'N', b'G']).content_type("image/png");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct File {
    /// The file's name, as the server is told.
    pub filename: String,
    /// The media type; `application/octet-stream` unless set.
    pub content_type: String,
    /// The content.
    pub content: Bytes,
}

impl File {
    /// A file of this name and content.
    pub fn new(filename: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self {
            filename: filename.into(),
            content_type: "application/octet-stream".to_owned(),
            content: content.into(),
        }
    }

    /// Sets the media type.
    #[must_use]
    pub fn content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = content_type.into();
        self
    }
}

/// As the [catalog](crate::catalog) writes files.
#[cfg(feature = "catalog")]
impl<'de> serde::Deserialize<'de> for File {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use base64::{Engine as _, prelude::BASE64_STANDARD};

        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            filename: String,
            content_type: Option<String>,
            base64: String,
        }
        let Wire { filename, content_type, base64 } = Wire::deserialize(deserializer)?;
        // The error of the decoder shows what it stumbled over.
        let content = BASE64_STANDARD
            .decode(base64)
            .map_err(|_| serde::de::Error::custom("no base64, expected base64"))?;
        let file = Self::new(filename, content);
        Ok(match content_type {
            Some(content_type) => file.content_type(content_type),
            None => file,
        })
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("filename", &self.filename)
            .field("content_type", &self.content_type)
            .field("content", &Length(self.content.len()))
            .finish()
    }
}

impl Arg<File> for &File {
    fn into_arg(self) -> File {
        self.clone()
    }
}

/// What can be a part of a form: files and ids.
pub trait IntoPart {
    /// The part.
    fn part(&self) -> Part;
}

impl IntoPart for File {
    fn part(&self) -> Part {
        Part(Inner::File(self.clone()))
    }
}

/// One part of a form. `Debug` shows its length only.
pub struct Part(Inner);

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Part").field(&Length(self.content().len())).finish()
    }
}

enum Inner {
    Text(String),
    File(File),
}

impl Part {
    /// A part that is text.
    pub fn text(text: impl Display) -> Self {
        Self(Inner::Text(text.to_string()))
    }

    pub(super) fn check(&self, name: &'static str) -> Result<(), Error> {
        match &self.0 {
            Inner::File(file) if HeaderValue::try_from(&file.content_type).is_err() => {
                Err(Error::argument(name, "its content type cannot stand in a header"))
            }
            _ => Ok(()),
        }
    }

    fn content(&self) -> &[u8] {
        match &self.0 {
            Inner::Text(text) => text.as_bytes(),
            Inner::File(file) => &file.content,
        }
    }
}

/// The parts of a form.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(&'static str, Part)>);

impl Form {
    pub(super) fn push(&mut self, name: &'static str, part: Part) {
        self.0.push((name, part));
    }

    /// The content type and the body.
    pub(super) fn encode(&self) -> (String, Bytes) {
        let boundary = self.boundary();
        let size: usize =
            self.0.iter().map(|(name, part)| name.len() + part.content().len() + 256).sum();
        let mut body = Vec::with_capacity(size + 64);
        for (name, part) in &self.0 {
            body.extend_from_slice(
                format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"")
                    .as_bytes(),
            );
            if let Inner::File(file) = &part.0 {
                body.extend_from_slice(b"; filename=\"");
                body.extend_from_slice(quoted(&file.filename).as_bytes());
                body.extend_from_slice(b"\"\r\ncontent-type: ");
                body.extend_from_slice(file.content_type.as_bytes());
            }
            body.extend_from_slice(b"\r\n\r\n");
            body.extend_from_slice(part.content());
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (format!("multipart/form-data; boundary={boundary}"), body.into())
    }

    /// The first of a fixed series that no part contains, so that the same form is the same bytes.
    fn boundary(&self) -> String {
        let mut number = 0_u64;
        loop {
            let boundary = format!("clerk-form-{number:016x}");
            let finder = memmem::Finder::new(&boundary);
            if !self.0.iter().any(|(_, part)| finder.find(part.content()).is_some()) {
                return boundary;
            }
            number += 1;
        }
    }
}

/// As browsers write a file name: the three characters that would end it are encoded.
fn quoted(filename: &str) -> String {
    filename.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_the_same_bytes_every_time() {
        let mut form = Form::default();
        form.push(
            "file",
            File::new("a\"b\r\n.png", &b"\r\n--x\0"[..]).content_type("image/png").part(),
        );
        form.push("uploader_user_id", Part::text("user_1"));
        let (content_type, body) = form.encode();
        assert_eq!(content_type, "multipart/form-data; boundary=clerk-form-0000000000000000");
        assert_eq!(
            std::str::from_utf8(&body).unwrap(),
            "--clerk-form-0000000000000000\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"a%22b%0D%0A.png\"\r\n\
             content-type: image/png\r\n\r\n\
             \r\n--x\0\r\n\
             --clerk-form-0000000000000000\r\n\
             content-disposition: form-data; name=\"uploader_user_id\"\r\n\r\n\
             user_1\r\n\
             --clerk-form-0000000000000000--\r\n"
        );
    }

    #[test]
    fn the_boundary_is_in_no_part() {
        let mut form = Form::default();
        form.push("file", File::new("a", "x clerk-form-0000000000000000 y").part());
        form.push("text", Part::text("clerk-form-0000000000000001"));
        assert_eq!(form.boundary(), "clerk-form-0000000000000002");
    }
}
