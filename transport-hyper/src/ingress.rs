//! A limit on what one answer may bring in, whatever it consists of.
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use clerk_core::FailureKind;
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::TokioIo,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::{classify::Ours, connector::Io, frontend_api::Meter};

/// The connection that the pool gets.
///
/// hyper's read cursor does not tell how much was read once it was handed on, and tokio's buffer
/// does: so the bytes are counted between two conversions.
pub(crate) type Metered = TokioIo<Counted>;

pub(crate) fn metered(io: Box<dyn Io>, budget: u64, meter: Option<Meter>) -> Metered {
    TokioIo::new(Counted { io: TokioIo::new(io), read: 0, budget, meter })
}

/// Counts what is read since something was last written. Interim answers, chunk sizes and trailers
/// have no limit of their own in hyper, and all are bytes.
pub(crate) struct Counted {
    io: TokioIo<Box<dyn Io>>,
    read: u64,
    budget: u64,
    /// Starts the count again, where bodies of any length are handed on.
    meter: Option<Meter>,
}

impl Connection for Counted {
    fn connected(&self) -> Connected {
        // What connections say of themselves, their addresses for example, would be copied into every
        // answer, and nobody reads it; the meter is read, where there is one.
        self.meter.iter().cloned().fold(Connected::new(), Connected::extra)
    }
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.meter.as_ref().is_some_and(Meter::was_reset) {
            self.read = 0;
        }
        if self.read > self.budget {
            let flood = "more bytes than an answer within the limits has";
            return Poll::Ready(Err(io::Error::other(Ours::new(FailureKind::Protocol, flood))));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(cx, buffer))?;
        let read = buffer.filled().len().saturating_sub(before);
        self.read = self.read.saturating_add(read as u64);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.read = 0;
        Pin::new(&mut self.io).poll_write(cx, data)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        data: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.read = 0;
        Pin::new(&mut self.io).poll_write_vectored(cx, data)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
