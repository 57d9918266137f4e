use super::super::laws::{extracted, located};
use super::*;

fn text(source: &str) -> String {
    extracted(Format::Man, source.as_bytes()).text
}

#[test]
fn a_page_of_man_has_headings_and_flowing_text() {
    let source = ".\\\" comment\n.TH LS 1 \"September 2022\" GNU\n.SH NAME\nls \\- list directory contents\n.SH \"SEE\nALSO\"\n\
        .PP\nThe\n.B ls\ncommand, see\n.BR cat \"(1), \" dd (1).\n.TP\n\\fB\\-a\\fR, \\fB\\-\\-all\\fR\ndo not ignore\n\
        entries\n.IP \\(bu 2\none\n.IP \"two words\"\nthree\n.nf\n a  b\n.B c\nd\n.fi\n.SS\nSub heading\nend\\c\n ing\n";
    let document = extracted(Format::Man, source.as_bytes());
    assert_eq!(
        document.text,
        "NAME\n\nls - list directory contents\n\nSEE\n\nALSO\"\n\nThe ls command, see cat(1), dd(1).\n\n-a, --all\n\
         do not ignore\nentries\n\n• one\n\ntwo words\nthree\na  b\nc\nd\n\nSub heading\n\nend ing"
    );
    assert_eq!(document.facts.title.as_deref(), Some("ls - list directory contents"));
    assert_eq!(document.facts.date, Date::new(2022, 9, 1));
    assert_eq!(document.facts.other["section"], serde_json::json!("1"));
    assert_eq!(document.sections[2].headings, ["SEE", "Sub heading"]);
    assert_eq!(located(&document, source.as_bytes(), "dd(1)"), (b"dd (1)".as_slice(), 11));
    assert_eq!(located(&document, source.as_bytes(), "--all"), (b"\\-\\-all".as_slice(), 13));
}

#[test]
fn a_page_of_mdoc_has_the_marks_that_its_macros_stand_for() {
    let source = ".Dd $Mdocdate: June 3 2020 $\n.Dt CAT 1\n.Os\n.Sh NAME\n.Nm cat\n.Nd concatenate\n.Sh SYNOPSIS\n.Nm\n\
        .Op Fl bu Ns Op Ar n\n.Op Ar\n.Sh DESCRIPTION\nThe\n.Nm\nutility reads\n.Pq see Xr ed 1 , Xr vi 1 .\n\
        .Bl -tag -width x\n.It Fl b\nNumber\n.El\n.Fn f \"int a\" b ;\n.Dq quoted\n.Fl\n.Ex -std\n";
    let document = extracted(Format::Man, source.as_bytes());
    assert_eq!(
        document.text,
        "NAME\n\ncat – concatenate\n\nSYNOPSIS\n\ncat [-bu[n]] [file ...]\n\nDESCRIPTION\n\nThe cat utility reads \
         (see ed(1), vi(1)).\n\n-b\nNumber\n\nf(int a, b); “quoted” -"
    );
    assert_eq!(document.facts.title.as_deref(), Some("cat – concatenate"));
    assert_eq!(document.facts.date, Date::new(2020, 6, 3));
    assert_eq!(located(&document, source.as_bytes(), "utility"), (b"utility".as_slice(), 14));
}

#[test]
fn definitions_conditions_and_layout_are_no_text() {
    let source = ".de XX\nno\n..\n.ig END\nno\n.END\n.if t no\n.if n yes\n.ie t \\{\\\nno \\{ \\}\n.\\}\n.el \\{\\\n.B else\n.\\}\n\
        .if n .if !t .I both\n.ie n .ds x y\n.el no\n.so other.1\n.nr x 1\n.ad l\n'br\n.IX Item no\n.XY kept args\n";
    assert_eq!(text(source), "yes else both\nkept args");
}

#[test]
fn tables_have_rows_of_cells() {
    let source = ".TS\nallbox tab(:);\nl | l\nl l.\n\\fBa\\fR:b\n_\nc:T{\nlong\ncell\nT}\nd:e\n.TE\nafter\n";
    assert_eq!(text(source), "a | b\nc | long cell\nd | e\n\nafter");
}

#[test]
fn addresses_follow_what_refers_to_them() {
    assert_eq!(
        text("See\n.UR https://example.org\nthe page\n.UE .\nEnd\n"),
        "See\nthe page https://example.org. End"
    );
}

#[test]
fn without_a_description_the_title_is_the_name() {
    let document = extracted(Format::Man, b".TH \"A B\" 7\ntext\n");
    assert_eq!(document.facts.title.as_deref(), Some("A B(7)"));
    assert_eq!(extracted(Format::Man, b"text").facts.title, None);
}
