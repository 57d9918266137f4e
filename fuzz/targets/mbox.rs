//! Reads any bytes as a mailbox.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tidings_fuzz::mailbox(bytes));
