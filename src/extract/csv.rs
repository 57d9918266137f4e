//! Placeholder.

use super::{Raw, text};
use crate::document::{Document, Format};

/// Makes a document of it.
pub(super) fn extract(raw: &Raw<'_>, _format: Format) -> Document {
    text::extract(raw)
}
