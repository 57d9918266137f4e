//! Reads any bytes as subtitles.
#![no_main]

use tidings::document::Format;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidings_fuzz::text(Format::Subtitles, bytes));
