// Lucene as a peer: one text field with its English stemmer and positions, the stored text, in default settings.
// Run from its source, by a Java Development Kit, with Lucene's jars (core and analysis-common) on the class path.

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.store.FSDirectory;

public class Lucene {
    private static final String FIELD = "text";

    /** Every word is indexed and asked for, as the others do. */
    private static final Analyzer ANALYZER = new EnglishAnalyzer(CharArraySet.EMPTY_SET);

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[1]);
        if (arguments[0].equals("index")) {
            index(folder);
        } else {
            search(folder);
        }
    }

    /** Makes an index of the texts on standard input, each of which comes behind its length in bytes. */
    private static void index(Path folder) throws IOException {
        DataInputStream input = new DataInputStream(new BufferedInputStream(System.in, 1 << 20));
        IndexWriterConfig config = new IndexWriterConfig(ANALYZER);
        try (FSDirectory directory = FSDirectory.open(folder); IndexWriter writer = new IndexWriter(directory, config)) {
            while (true) {
                byte[] text;
                try {
                    text = new byte[input.readInt()];
                } catch (EOFException end) {
                    return;
                }
                input.readFully(text);
                Document document = new Document();
                document.add(new TextField(FIELD, new String(text, StandardCharsets.UTF_8), Field.Store.YES));
                writer.addDocument(document);
            }
        }
    }

    /** Answers each line, a query, with how many nanoseconds it took, and how many hits it read. */
    private static void search(Path folder) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (DirectoryReader reader = DirectoryReader.open(FSDirectory.open(folder))) {
            IndexSearcher searcher = new IndexSearcher(reader);
            System.out.println(reader.numDocs());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                long start = System.nanoTime();
                List<String> texts = new ArrayList<>();
                for (ScoreDoc hit : searcher.search(parse(line), 10).scoreDocs) {
                    texts.add(reader.storedFields().document(hit.doc).get(FIELD));
                }
                System.out.println((System.nanoTime() - start) + " " + texts.size());
            }
        }
    }

    /** Any of the words, or in quotes a phrase. */
    private static Query parse(String line) throws IOException {
        if (line.startsWith("\"")) {
            PhraseQuery.Builder phrase = new PhraseQuery.Builder();
            terms(line).forEach(phrase::add);
            return phrase.build();
        }
        BooleanQuery.Builder any = new BooleanQuery.Builder();
        terms(line).forEach(term -> any.add(new TermQuery(term), BooleanClause.Occur.SHOULD));
        return any.build();
    }

    private static List<Term> terms(String text) throws IOException {
        List<Term> terms = new ArrayList<>();
        try (TokenStream tokens = ANALYZER.tokenStream(FIELD, text)) {
            CharTermAttribute term = tokens.addAttribute(CharTermAttribute.class);
            tokens.reset();
            while (tokens.incrementToken()) {
                terms.add(new Term(FIELD, term.toString()));
            }
            tokens.end();
        }
        return terms;
    }
}
