use proptest::prelude::*;

use super::super::decode::encode;
use super::*;
use crate::document::{DocId, Section};

fn raw(bytes: &[u8]) -> Raw<'_> {
    Raw { id: DocId("a.eml".into()), path: "a.eml", bytes, modified: None }
}

/// The message, with the assertion that its sections cover its text and its places stand in it.
fn message(bytes: &[u8], held: Held) -> Message {
    let message = extract(&raw(bytes), held);
    let Document { text, sections, origin, .. } = &message.document;
    let mut end = 0;
    for Section { span, .. } in sections {
        assert_eq!(text[end..span.start].trim(), "", "between sections");
        end = span.end;
    }
    assert_eq!(text[end..].trim(), "");
    let before = match held {
        Held::Alone => 0,
        Held::InMailbox(base) => base.bytes,
    };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let Location::Part { bytes: place, lines, .. } = origin.locate(Span::new(start, start + line.len()))
        else {
            panic!("no part")
        };
        start += line.len();
        assert!(before <= place.start && place.end <= before + bytes.len(), "{place:?}");
        assert!(1 <= lines.start && lines.start <= lines.end, "{lines:?}");
    }
    message
}

fn text(source: &str) -> String {
    message(source.as_bytes(), Held::Alone).document.text
}

/// The part, the bytes and the line that the text's first `word` leads back to.
fn located<'a>(document: &Document, source: &'a [u8], word: &str) -> (String, &'a [u8], usize) {
    let at = document.text.find(word).expect("in the text");
    let Location::Part { part, bytes, lines } = document.origin.locate(Span::new(at, at + word.len())) else {
        panic!("no part")
    };
    (part, &source[bytes.range()], lines.start)
}

const HEADER: &str = "From: =?utf-8?B?6rmA?= <kim@example.org>\r\nTo: lee@example.org\r\nDate: Sun, 12 Nov 2023 10:00:00 \
    +0900\r\nSubject: =?utf-8?Q?Missile_warning?=\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n";

#[test]
fn a_plain_message_is_its_people_and_its_text() {
    let source = format!("{HEADER}\r\nThe ministers agreed.\r\n\r\n-- \r\nKim\r\n");
    let document = message(source.as_bytes(), Held::Alone).document;
    assert_eq!(
        document.text,
        "From: 김 <kim@example.org>\nTo: lee@example.org\nDate: Sun, 12 Nov 2023 10:00:00 +0900\n\n\
         The ministers agreed.\r\n\r\n-- \r\nKim"
    );
    assert_eq!(document.facts.title.as_deref(), Some("Missile warning"));
    assert_eq!(document.facts.date, Date::new(2023, 11, 12));
    assert_eq!(document.facts.other["from"], "김 <kim@example.org>");
    assert_eq!(document.facts.other["message_id"], "<1@example.org>");
    let (part, bytes, line) = located(&document, source.as_bytes(), "agreed");
    assert_eq!((part.as_str(), bytes, line), ("1", b"The ministers agreed.".as_slice(), 8));
    let (part, bytes, line) = located(&document, source.as_bytes(), "lee@");
    assert_eq!((part.as_str(), bytes, line), ("0", b"To: lee@example.org\r\n".as_slice(), 2));
}

#[test]
fn encoded_texts_lead_back_to_their_lines() {
    let korean = encode("euc-kr", "한미일 국방장관은\n미사일 경보를 공유한다.\n");
    let quoted: String =
        korean.iter().map(|byte| if *byte == b'\n' { "\n".into() } else { format!("={byte:02X}") }).collect();
    let source = format!(
        "{HEADER}Content-Type: text/plain; charset=\"ks_c_5601-1987\"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}"
    );
    let document = message(source.as_bytes(), Held::Alone).document;
    assert!(document.text.ends_with("한미일 국방장관은\n미사일 경보를 공유한다."), "{}", document.text);
    let (_, bytes, line) = located(&document, source.as_bytes(), "경보");
    let second = quoted.lines().nth(1).expect("two lines");
    assert_eq!((str::from_utf8(bytes).expect("ASCII"), line), (second, 11));
}

#[test]
fn of_two_forms_the_plain_one_is_taken_unless_it_is_a_stub() {
    let alternative = |plain: &str, html: &str| {
        text(&format!(
            "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n{plain}\n--b\n\
             Content-Type: text/html\n\n{html}\n--b--\n"
        ))
    };
    assert_eq!(alternative("The whole text.", "<p>The <b>whole</b> text.</p>"), "The whole text.");
    let html = format!("<h1>News</h1><p>{}</p>", "The whole text. ".repeat(9));
    let read = alternative("See the web page.", &html);
    assert!(read.starts_with("News\n\nThe whole"), "{read}");
    assert!(alternative("", "<p>Text</p>").starts_with("Text"));
    assert_eq!(text("Content-Type: text/html; charset=utf-8\n\n<p>Only&nbsp;this</p>"), "Only this");
}

#[test]
fn files_and_messages_are_attached() {
    let source = b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nText\n--b\nContent-Type: application/pdf;\n \
        name*=utf-8''%EB%B3%B4%EA%B3%A0.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0=\n--b\n\
        Content-Type: message/rfc822\n\nSubject: On a/b\n\nInner\n--b\nContent-Type: multipart/related; boundary=r\n\n--r\n\
        Content-Type: text/html\n\n<p>More</p>\n--r\nContent-Type: image/png; name=\"..\\..\\a.png\"\n\nPNG\n--r--\n--b\n\
        Content-Type: text/csv\nContent-Disposition: attachment; filename=a.csv\n\na,b\n--b--\n";
    let message = message(source, Held::Alone);
    assert_eq!(message.document.text, "Text\n\nMore");
    let attached: Vec<_> =
        message.attachments.iter().map(|a| (a.name.as_str(), a.bytes.as_slice())).collect();
    let expected: [(&str, &[u8]); 4] = [
        ("보고.pdf", b"%PDF-"),
        ("On a_b.eml", b"Subject: On a/b\n\nInner"),
        ("a.png", b"PNG"),
        ("a.csv", b"a,b"),
    ];
    assert_eq!(attached, expected);
    assert_eq!(message.document.facts.other["attachments"][1], "On a_b.eml");
}

#[test]
fn what_is_encrypted_says_so_and_signatures_are_left_out() {
    let pgp = "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\n\
        Version: 1\n--b\nContent-Type: application/octet-stream\n\n-----BEGIN PGP MESSAGE-----\n--b--\n";
    assert_eq!(text(pgp), "encrypted with OpenPGP");
    assert_eq!(text("Subject: a\n\n-----BEGIN PGP MESSAGE-----\n\nhQEM\n"), "encrypted with OpenPGP");
    assert_eq!(text("Content-Type: application/pkcs7-mime\n\nMIIB"), "encrypted or signed with S/MIME");
    let signed = "Content-Type: multipart/signed; boundary=b\n\n--b\n\nText\n--b\n\
        Content-Type: application/pgp-signature\n\niQEz\n--b--\n";
    assert_eq!(
        (text(signed).as_str(), message(signed.as_bytes(), Held::Alone).attachments.len()),
        ("Text", 0)
    );
    let inline = "Subject: a\n\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nText\n\
        -----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\nMore\n";
    assert_eq!(text(inline), "Text\nMore");
}

#[test]
fn a_message_of_a_mailbox_counts_in_it_and_loses_its_marks() {
    let source = b"Subject: a\n\n>From here on\n>>From there\n> From nowhere\n";
    let base = Base { bytes: 100, lines: 7 };
    let document = message(source, Held::InMailbox(base)).document;
    assert_eq!(document.text, "From here on\n>From there\n> From nowhere");
    let at = document.text.find(">From").expect("kept once");
    let Location::Part { bytes, lines, .. } = document.origin.locate(Span::new(at, at + 11)) else {
        panic!("a part")
    };
    assert_eq!((bytes.start - 100, bytes.end - 100, lines.start), (27, 38, 11));
    assert!(message(source, Held::Alone).document.text.starts_with(">From here"));
}

#[test]
fn a_flowed_text_loses_the_spaces_that_protect_its_lines() {
    let source = "Content-Type: text/plain; format=Flowed\n\nOne \ntwo.\n From there\n  - deep\n";
    assert_eq!(text(source), "One \ntwo.\nFrom there\n - deep");
}

#[test]
fn a_passage_of_a_message_spans_its_lines() {
    let source = format!("{HEADER}\r\nOne two\r\nthree. Four\r\n");
    let document = message(source.as_bytes(), Held::Alone).document;
    let start = document.text.find("One").expect("in the text");
    let span = Span::new(start, document.text.len());
    let Location::Part { bytes, lines, .. } = document.origin.locate(span) else { panic!("a part") };
    assert_eq!(
        (&source.as_bytes()[bytes.range()], lines.start, lines.end),
        (b"One two\r\nthree. Four".as_slice(), 8, 9)
    );
    assert_eq!(document.origin.breaks(span), Vec::<usize>::new());
}

#[test]
fn very_many_parts_are_read_in_one_go() {
    for part in [
        "--b\n\nx\n".to_owned(),
        "--b\nContent-Type: multipart/mixed; boundary=none\n\nx\n".to_owned(),
        "--b\nContent-Type: multipart/mixed; boundary=b\n\n".to_owned(),
        "--b\nContent-Type: message/rfc822\n\nSubject: a\n".to_owned(),
        "--b\nContent-Type: multipart/alternative; boundary=a\n\n--a\n\n--a\nContent-Type: text/html\n\n<p>\n".to_owned(),
    ] {
        let source = format!("Content-Type: multipart/mixed; boundary=b\n\n{}", part.repeat(20_000));
        message(source.as_bytes(), Held::Alone);
    }
    message("Content-Type: message/rfc822\n\n".repeat(100_000).as_bytes(), Held::Alone);
    message("Subject: a\nTo: =?utf-8?Q?a\n".repeat(50_000).as_bytes(), Held::Alone);
    message(format!("Subject: {}\n", "=?a?Q?".repeat(200_000)).as_bytes(), Held::Alone);
    message(format!("Content-Type: a/b{}\n", "; a*1=\"".repeat(200_000)).as_bytes(), Held::Alone);
}

/// Mails that were cut, and put together wrongly.
fn mangled() -> impl Strategy<Value = String> {
    let pieces = [
        "Subject: a\n",
        "From: =?utf-8?B?6rmA?= <a@b.org>\r\n",
        "Content-Type: multipart/mixed; boundary=b\n",
        "Content-Type: multipart/alternative;\n boundary=\"c\"\n",
        "Content-Type: multipart/related; boundary=b\n",
        "Content-Type: text/html; charset=euc-kr\n",
        "Content-Type: message/rfc822\n",
        "Content-Type: application/pdf; name=a.pdf\n",
        "Content-Transfer-Encoding: base64\n",
        "Content-Transfer-Encoding: quoted-printable\n",
        "Content-Disposition: attachment; filename*0*=a'b'%41\n",
        "\n",
        "\r\n",
        "--b\n",
        "--b--\n",
        "--c\r\n",
        "--c--",
        "text\n",
        "=EA=B0=80=\n",
        "66+4",
        "<p>html &amp; <b>",
        "한국어\n",
        ">From a\n",
        "-----BEGIN PGP SIGNATURE-----\n",
    ];
    proptest::collection::vec(proptest::sample::select(pieces.to_vec()), 0..40)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn mangled_mails_are_read_and_every_line_has_its_place(source in mangled(), offset in 0usize..9) {
        message(source.as_bytes(), Held::Alone);
        message(source.as_bytes(), Held::InMailbox(Base { bytes: offset, lines: offset }));
    }

    #[test]
    fn any_bytes_are_a_message(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        message(&bytes, Held::Alone);
    }
}
