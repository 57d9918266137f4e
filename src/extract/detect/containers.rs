//! Formats that are no text, or need not be, by the bytes that they start with.

use super::{Detected, name::Name};
use crate::document::Format;

/// How far into a file a PDF's header may stand behind what a printer or a server put before it.
const PDF_WINDOW: usize = 1 << 10;

/// The first bytes of a compound file, in which Office kept documents before 2007, and still keeps encrypted ones.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// The first bytes of what is neither text nor read otherwise.
const BINARY: [&[u8]; 17] = [
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"II*\0",
    b"MM\0*",
    b"\x7fELF",
    b"MZ\x90",
    b"\xca\xfe\xba\xbe",
    b"\xcf\xfa\xed\xfe",
    b"\0asm",
    b"\x1f\x8b",
    b"\x28\xb5\x2f\xfd",
    b"\xfd7zXZ\0",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!\x1a\x07",
    b"SQLite format 3\0",
    b"\x1aE\xdf\xa3",
    b"!<arch>\n",
];

/// What the content is if its first bytes are a signature; `None` leaves it open.
pub(super) fn detect(head: &[u8], name: Name) -> Option<Detected> {
    let format = match head {
        _ if is_pdf(head, name) => Format::Pdf,
        _ if starts_zip(head) => zip(head, name),
        _ if head.starts_with(COMPOUND) => return Some(compound(name)),
        _ if is_tar(head, name) => Format::Tar,
        _ if head.trim_ascii_start().starts_with(b"{\\rtf") => Format::Rtf,
        _ => return BINARY.iter().any(|magic| head.starts_with(magic)).then_some(Detected::Binary),
    };
    Some(Detected::Format(format))
}

/// Whether a PDF's header stands at the start, or so near to it as readers accept and where no text would have it.
fn is_pdf(head: &[u8], name: Name) -> bool {
    const HEADER: &[u8] = b"%PDF-";
    if head.trim_ascii_start().starts_with(HEADER) {
        return true;
    }
    let window = &head[..head.len().min(PDF_WINDOW)];
    let header = window.windows(HEADER.len()).position(|bytes| bytes == HEADER);
    // Behind the header there are bytes that say to programs which look at them that this is no text.
    header.is_some_and(|at| name == Name::Format(Format::Pdf) || str::from_utf8(&head[at..]).is_err())
}

fn starts_zip(head: &[u8]) -> bool {
    [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|start| head.starts_with(*start))
}

/// What a zip archive is: by the type that its first member states, by its members' names, by its own name.
fn zip(head: &[u8], name: Name) -> Format {
    let of_type = stated_type(head).and_then(|stated| {
        [
            ("application/epub+zip", Format::Epub),
            ("application/vnd.oasis.opendocument.text", Format::Odt),
            ("application/vnd.oasis.opendocument.presentation", Format::Odp),
            ("application/vnd.oasis.opendocument.spreadsheet", Format::Ods),
        ]
        .into_iter()
        .find(|(kind, _)| stated.starts_with(kind.as_bytes()))
    });
    if let Some((_, format)) = of_type {
        return format;
    }
    office(head).or(name.format().filter(|&format| is_kept_in_zip(format))).unwrap_or(Format::Zip)
}

/// Whether a format's files are zip archives.
fn is_kept_in_zip(format: Format) -> bool {
    use Format::{Docx, Epub, Odp, Ods, Odt, Pptx, Xlsx};
    matches!(format, Docx | Pptx | Xlsx | Odt | Odp | Ods | Epub)
}

/// The type that a first member named `mimetype`, stored as it is, states.
fn stated_type(head: &[u8]) -> Option<&[u8]> {
    let (name, content) = member(head)?;
    (name == b"mimetype").then_some(content)
}

/// The format of Office whose folder and marks the members have that show in the head.
fn office(head: &[u8]) -> Option<Format> {
    let names = || {
        let starts = head.windows(4).enumerate().filter(|(_, bytes)| bytes == b"PK\x03\x04");
        starts.filter_map(|(at, _)| member(&head[at..])).map(|(name, _)| name)
    };
    let is_mark = |name: &[u8]| {
        name == b"[Content_Types].xml" || name.starts_with(b"_rels/") || name.starts_with(b"docProps/")
    };
    let has_folder = |folder: &[u8]| names().any(|name| name.starts_with(folder));
    if !names().any(is_mark) {
        return None;
    }
    let folders: [(&[u8], Format); 3] =
        [(b"word/", Format::Docx), (b"ppt/", Format::Pptx), (b"xl/", Format::Xlsx)];
    folders.into_iter().find(|(folder, _)| has_folder(folder)).map(|(_, format)| format)
}

/// The name of the member whose header the bytes start with, and what follows the header.
fn member(header: &[u8]) -> Option<(&[u8], &[u8])> {
    let length =
        |at: usize| header.get(at..at + 2).map(|bytes| usize::from(u16::from_le_bytes([bytes[0], bytes[1]])));
    let (name, extra) = (length(26)?, length(28)?);
    Some((header.get(30..30 + name)?, header.get(30 + name + extra..).unwrap_or_default()))
}

/// What a compound file is. Which of Office's programs encrypted it, only its name tells.
fn compound(name: Name) -> Detected {
    match name {
        Name::Format(format @ (Format::Xls | Format::Docx | Format::Pptx | Format::Xlsx)) => {
            Detected::Format(format)
        }
        _ => Detected::Binary,
    }
}

/// Whether a tar archive's first header stands there: with the mark that headers have had since 1988, or, without
/// it, with the checksum of its bytes. An archive of nothing is all zeros.
fn is_tar(head: &[u8], name: Name) -> bool {
    const CHECKSUM: std::ops::Range<usize> = 148..156;
    let Some(header) = head.get(..512) else { return false };
    if &header[257..262] == b"ustar" {
        return true;
    }
    if head.iter().all(|&byte| byte == 0) {
        return name == Name::Format(Format::Tar);
    }
    let digits = header[CHECKSUM].iter().skip_while(|&&byte| byte == b' ');
    let digits = digits.take_while(|byte| matches!(byte, b'0'..=b'7'));
    let stated = digits.fold(0, |sum, digit| sum * 8 + u32::from(digit - b'0'));
    let sum = |bytes: &[u8]| bytes.iter().map(|&byte| u32::from(byte)).sum::<u32>();
    let spaces = 8 * u32::from(b' ');
    header[0] != 0 && stated == sum(&header[..CHECKSUM.start]) + spaces + sum(&header[CHECKSUM.end..])
}
