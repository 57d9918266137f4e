//! Placeholder.

use super::{Raw, text};
use crate::document::Document;

/// Makes a document of it.
pub(super) fn extract(raw: &Raw<'_>) -> Document {
    text::extract(raw)
}
