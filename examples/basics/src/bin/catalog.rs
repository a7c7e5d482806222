//! The SDK for scripts: questions as lines of JSON in, answers as lines of JSON out.
//!
//! ```text
//! $ echo '{"do":"request","operation_id":"GetUser","args":{"path":{"user_id":"user_1"}}}' | cargo run -q --bin catalog
//! {"method":"GET","uri":"https://api.clerk.com/v1/users/user_1", …}
//! $ echo '{"do":"has","claims":{"sub":"user_1","org_id":"org_1","org_role":"org:admin"},"params":{"role":"admin"}}' | cargo run -q --bin catalog
//! {"ok":true}
//! ```
//!
//! What it can be asked is told by [`answer_line`]. Signatures are checked with ring, unless a question
//! names another `backend`: `aws-lc-rs` and `rust-crypto` are there with the features of these names.
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};

use clerk_core::catalog::answer_line;

fn main() -> io::Result<()> {
    let mut questions = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut answers = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut line = Vec::new();
    while questions.read_until(b'\n', &mut line)? > 0 {
        if !line.trim_ascii().is_empty() {
            writeln!(answers, "{}", answer_line(&line))?;
        }
        line.clear();
        // Whoever asks one thing at a time is waiting for the answer.
        if questions.buffer().is_empty() {
            answers.flush()?;
        }
    }
    answers.flush()
}
