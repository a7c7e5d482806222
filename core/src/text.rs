//! Somebody else's text, shown to people.
use std::fmt;

/// How much of it is shown, in characters.
const MAX_SHOWN: usize = 200;

/// Somebody else's text in one line: escaped, and cut when it is long.
pub(crate) struct Shown<'a>(pub(crate) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        for (shown, char) in self.0.chars().enumerate() {
            if shown == MAX_SHOWN {
                return f.write_char('…');
            }
            if char.is_control() || is_invisible(char) {
                write!(f, "{}", char.escape_unicode())?
            } else {
                f.write_char(char)?
            }
        }
        Ok(())
    }
}

/// Characters that change how the text around them is shown.
pub(crate) fn is_invisible(char: char) -> bool {
    matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What `Debug` shows of bytes that may hold a secret.
pub(crate) struct Length(pub(crate) usize);

impl fmt::Debug for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0)
    }
}
