//! Sources: which files a pass takes, and the raw bytes that they hold.
//!
//! [`scan`] walks the given files and folders by the rules that users of ripgrep know and tells of every path
//! what it found there; [`read()`](read::read) and [`stream`](read::stream) give the bytes, decompressed. What
//! the bytes mean is left to `extract`. Two things hold throughout: a path that is skipped or fails is
//! reported with its reason and stops nothing, and only regular files are ever opened, for opening a named
//! pipe waits for a writer that may never come.

#[cfg(test)]
mod fixture;
mod follow;
mod paths;
mod problem;
pub mod read;
mod rules;
mod types;
mod walk;
mod why;

use std::fs::FileType;
use std::io;

pub use paths::{document_path, file_at};
pub use rules::{Coverage, Hidden, IgnoreFiles, Links, RuleError, WalkOptions, is_streamed};
pub use types::file_types;
pub use walk::{Found, FoundFile, Scan, scan};
pub use why::why_left_out;

/// Says in lowercase and without error numbers why an operation on a file failed.
pub fn reason(error: &io::Error) -> String {
    let known = match error.kind() {
        io::ErrorKind::NotFound => "not found",
        io::ErrorKind::PermissionDenied => "permission denied",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    let text = error.to_string();
    let text = text.rfind(" (os error ").map_or(text.as_str(), |end| &text[..end]);
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => "unknown error".to_owned(),
    }
}

/// What a file is that is no regular file, with its article; `None` for a regular file.
fn special(kind: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a named pipe");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_block_device() || kind.is_char_device() {
            return Some("a device");
        }
    }
    match kind {
        kind if kind.is_file() => None,
        kind if kind.is_dir() => Some("a folder"),
        kind if kind.is_symlink() => Some("a symbolic link"),
        _ => Some("a special file"),
    }
}

/// A number of bytes as people read it, rounded up to a tenth of its unit.
pub(crate) fn size_text(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if bytes < 1024 {
        return format!("{bytes} bytes");
    }
    let power = (bytes.ilog2() / 10).min(4);
    let tenths = (u128::from(bytes) * 10).div_ceil(1 << (10 * power));
    let unit = UNITS[power as usize - 1];
    match tenths % 10 {
        0 => format!("{} {unit}", tenths / 10),
        tenth => format!("{}.{tenth} {unit}", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_lowercase_and_hold_no_error_numbers() {
        assert_eq!(reason(&io::ErrorKind::PermissionDenied.into()), "permission denied");
        assert_eq!(reason(&io::Error::other("Broken")), "broken");
        assert_eq!(reason(&io::Error::other("")), "unknown error");
        #[cfg(target_os = "linux")]
        for (number, text) in
            [(13, "permission denied"), (2, "not found"), (40, "too many levels of symbolic links")]
        {
            assert_eq!(reason(&io::Error::from_raw_os_error(number)), text);
        }
    }

    #[test]
    fn sizes_are_rounded_up_so_that_more_than_a_limit_reads_as_more() {
        let texts = [0, 1023, 1024, 1025, 64 << 20, (64 << 20) + 1, 3 << 39, u64::MAX].map(size_text);
        assert_eq!(
            texts,
            ["0 bytes", "1023 bytes", "1 KiB", "1.1 KiB", "64 MiB", "64.1 MiB", "1.5 TiB", "16777216 TiB"]
        );
    }
}
