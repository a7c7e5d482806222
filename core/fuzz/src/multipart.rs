//! Uploads: another reader of forms finds the parts that were put in.
use std::time::Duration;

use bytes::Bytes;
use clerk_core::{
    CallOptions, ErrorKind, Event, File, Flow as _, Moment, Operation as _, Step,
    api::organizations::UploadOrganizationLogo,
};

use super::kit::{assert_error, config, text};

/// The name of the file, its type, and who uploads it, each with a byte 0x1f behind it; the content is the rest.
pub fn multipart(data: &[u8]) {
    let mut parts = data.splitn(4, |byte| *byte == 0x1f);
    let mut next = || parts.next().unwrap_or_default();
    let (name, content_type, user) = (text(next()), text(next()), text(next()));
    let content = Bytes::copy_from_slice(next());
    let file = File::new(&*name, content.clone()).content_type(&*content_type);
    let mut upload = UploadOrganizationLogo::new("org_1", file);
    if !user.is_empty() {
        upload = upload.uploader_user_id(&*user);
    }
    // A type that cannot stand in a header must not be the end of one.
    let is_type = content_type.bytes().all(|byte| byte == b'\t' || byte >= 32 && byte != 127);
    let request = match upload.to_request(&config()) {
        Ok(request) => request,
        Err(error) => {
            assert!(!is_type, "{content_type:?}: {error}");
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            return assert_error(&error, 200);
        }
    };
    assert!(is_type, "{content_type:?}");
    assert_eq!(request.body(), upload.to_request(&config()).unwrap().body());
    assert_eq!(request.uri(), "https://api.clerk.com/v1/organizations/org_1/logo");

    let form = request.headers()["content-type"].to_str().unwrap();
    let boundary = form.strip_prefix("multipart/form-data; boundary=").unwrap();
    assert!((1..=70).contains(&boundary.len()) && !boundary.contains(' '));
    let found = read(request.body(), boundary);
    let escaped = name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A");
    let disposition = format!("form-data; name=\"file\"; filename=\"{escaped}\"");
    let mut expected = vec![(
        vec![
            ("content-disposition".to_owned(), disposition),
            ("content-type".to_owned(), content_type.trim().to_owned()),
        ],
        content.to_vec(),
    )];
    if !user.is_empty() {
        let disposition = "form-data; name=\"uploader_user_id\"".to_owned();
        expected.push((
            vec![("content-disposition".to_owned(), disposition)],
            user.as_bytes().to_vec(),
        ));
    }
    for (headers, _) in &mut expected {
        for (_, value) in headers {
            *value = value.trim().to_owned();
        }
    }
    assert_eq!(found, expected);

    // An attempt is built again for each repetition: the same bytes.
    let options = CallOptions::new().deadline(Duration::from_secs(60));
    let mut call = clerk_core::Call::with_options(upload, &config(), 0, options);
    match call.advance(Event::Start, Moment::at(Duration::from_secs(1))) {
        Step::Send(outgoing) => assert_eq!(outgoing.request.body(), request.body()),
        step => panic!("{step:?}"),
    }
}

type Part = (Vec<(String, String)>, Vec<u8>);

/// The parts of a form, as RFC 2046 delimits them: a line break and two dashes before each boundary.
fn read(body: &[u8], boundary: &str) -> Vec<Part> {
    let body = [b"\r\n", body].concat();
    let delimiter = format!("\r\n--{boundary}");
    let mut pieces = split(&body, delimiter.as_bytes()).into_iter();
    assert_eq!(pieces.next(), Some(&b""[..]));
    let mut pieces: Vec<_> = pieces.collect();
    assert_eq!(pieces.pop(), Some(&b"--\r\n"[..]));
    let part = |piece: &[u8]| {
        let piece = piece.strip_prefix(b"\r\n").unwrap();
        let end = split(piece, b"\r\n\r\n")[0].len();
        let headers = str::from_utf8(&piece[..end]).unwrap().split("\r\n").map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_owned(), value.trim().to_owned())
        });
        (headers.collect(), piece[end + 4..].to_vec())
    };
    pieces.into_iter().map(part).collect()
}

fn split<'b>(bytes: &'b [u8], at: &[u8]) -> Vec<&'b [u8]> {
    let (mut pieces, mut rest) = (Vec::new(), bytes);
    while let Some(found) = rest.windows(at.len()).position(|part| part == at) {
        pieces.push(&rest[..found]);
        rest = &rest[found + at.len()..];
    }
    pieces.push(rest);
    pieces
}
