//! Reads any bytes as LaTeX.
#![no_main]

use tidings::document::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidings_fuzz::text(Format::Latex, bytes));
