//! Somebody else's text, shown to people.
use std::fmt;

/// How much of it is shown, in characters.
const MAX_SHOWN: usize = 200;
/// The same for [`ShownBriefly`].
const MAX_SHOWN_BRIEFLY: usize = 64;

/// Somebody else's text in one line: escaped, and cut when it is long.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.0, MAX_SHOWN)
    }
}

/// The same where little is expected, such as a code or an id.
pub(crate) struct ShownBriefly<'a>(pub(crate) &'a str);

impl fmt::Display for ShownBriefly<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(f, self.0, MAX_SHOWN_BRIEFLY)
    }
}

/// `max` is about what is shown: an escaped character is several.
fn show(f: &mut fmt::Formatter<'_>, text: &str, max: usize) -> fmt::Result {
    use fmt::Write as _;
    let mut room = max;
    for char in text.chars() {
        let escaped = char.is_control() || is_invisible(char);
        let length = if escaped { char.escape_unicode().len() } else { 1 };
        let Some(left) = room.checked_sub(length) else { return f.write_char('…') };
        room = left;
        if escaped { write!(f, "{}", char.escape_unicode())? } else { f.write_char(char)? }
    }
    Ok(())
}

/// Characters that change how the text around them is shown.
pub(crate) fn is_invisible(char: char) -> bool {
    matches!(
        char,
        '\u{ad}'
            | '\u{61c}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}'
    )
}

/// What `Debug` shows of bytes that may hold a secret.
pub(crate) struct Length(pub(crate) usize);

impl fmt::Debug for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0)
    }
}
