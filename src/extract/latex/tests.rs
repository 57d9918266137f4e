use super::super::laws::{extracted, located};
use super::*;

fn text(source: &str) -> String {
    extracted(Format::Latex, source.as_bytes()).text
}

#[test]
fn a_document_has_its_bodys_text_and_its_sections() {
    let source = "\\documentclass[a4paper]{article}\n\\usepackage{babel}\n% \\title{No}\n\\title{A \\emph{Title}\\thanks{no}}\n\
        \\author{Mina Kim\\\\Seoul \\and Lee}\n\\date{12 November 2023}\n\\begin{document}\n\\maketitle\n\
        \\begin{abstract}\nShort.\n\\end{abstract}\n\\section{One \\texttt{b}}\\label{sec:one}\nText% comment\n\
        \x20 goes on,\nsee~\\cite[p.~1]{a,b} and \\ref{x}.\n\n\\subsection*{Deep}\nMore\\footnote{A note.} text.\n\
        \\end{document}\nno\n";
    let document = extracted(Format::Latex, source.as_bytes());
    assert_eq!(document.text, "Short.\n\nOne b\n\nTextgoes on,\nsee and .\n\nDeep\n\nMore A note. text.");
    let headings: Vec<_> = document.sections.iter().map(|section| section.headings.join("/")).collect();
    assert_eq!(headings, ["", "One b", "One b/Deep"]);
    assert_eq!(document.facts.title.as_deref(), Some("A Title"));
    assert_eq!(document.facts.date, Date::new(2023, 11, 12));
    assert_eq!(document.facts.other["author"], serde_json::json!(["Mina Kim", "Lee"]));
    assert_eq!(located(&document, source.as_bytes(), "goes"), (b"goes".as_slice(), 14));
}

#[test]
fn marks_stand_for_characters() {
    for (source, expected) in [
        ("a -- b---c ``d'' `e' it's", "a – b—c “d” ‘e' it's"),
        ("\\'e\\`{a}\\\"o \\^{\\i}\\c{c}\\v s\\H{o}\\ss{} \\o\\ \\AA", "éàö îçšőß ø Å"),
        ("50\\% \\& \\$5 a\\_b \\{c\\} \\#", "50% & $5 a_b {c} #"),
        ("10\\,km\\ldots \\LaTeX{} \\textbackslash end", "10 km…LaTeX \\end"),
        ("$E = mc^2$ and \\(\\alpha\\) or \\[ x < y \\] costs $5", "E = mc^2 and \\alpha or x < y costs $5"),
        ("\\verb|a{b| \\url{http://a.b/c%20_d} \\href{http://no}{here}", "a{b http://a.b/c%20_d here"),
        ("{\\bf bold} \\textit{it} \\textcolor{red}{r} \\foo[opt]{x}{y} \\unknown z", "bold it r xy z"),
    ] {
        assert_eq!(text(source), expected, "{source}");
    }
}

#[test]
fn environments_keep_their_shape() {
    let source = "\\begin{itemize}\n  \\item one\n  \\item[two] three\n\\end{itemize}\n\\begin{tabular}{l|r}\n\\hline\n\
        a & b \\\\\n\\multicolumn{2}{c}{c} \\\\[2pt]\n\\end{tabular}\n\\begin{lstlisting}[language=C]\nint a; % {\n\
        \x20 b\n\\end{lstlisting}\n\\begin{equation}\n x = 1 \\label{e}\n\\end{equation}\n\\begin{figure}[h]\n\
        \\includegraphics[width=1cm]{a.png}\n\\caption[no]{A caption}\n\\end{figure}\n\\begin{comment}no\\end{comment}end";
    assert_eq!(
        text(source),
        "one\ntwo three\n\na | b\nc\n\nint a; % {\n  b\n\nx = 1 \\label{e}\n\nA caption\n\nend"
    );
}

#[test]
fn definitions_are_no_text() {
    let source =
        "\\newcommand{\\x}[2][a]{no #1}\\def\\y#1{no}\\setlength{\\parindent}{0pt}\\newtheorem{t}{T}text";
    assert_eq!(text(source), "text");
}

#[test]
fn what_is_not_closed_is_read_on() {
    assert_eq!(text("\\section{never \\emph{closed\n\ntext $5"), "never closed\n\ntext $5");
    assert_eq!(text("} a \\begin{verbatim} b \\verb|c"), "a\n\nb |c");
    assert_eq!(text("\\"), "");
    assert_eq!(text("\\begin{frame}{Slide}\nWords\n\\end{frame}"), "Slide\n\nWords");
}

#[test]
fn places_lead_back_to_the_source() {
    let source = "\\section{A}\nna\\\"{\\i}ve \\textbf{caf\\'e}\n".as_bytes();
    let document = extracted(Format::Latex, source);
    assert_eq!(located(&document, source, "naïve"), (b"na\\\"{\\i}ve".as_slice(), 2));
    assert_eq!(located(&document, source, "café"), (b"caf\\'e".as_slice(), 2));
}
