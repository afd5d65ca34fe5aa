package acct.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each format makes of text that is more than text to its reader. */
class SafeTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "INET_IN/http",
        "-s 10.0.0.0/8 -j RETURN",
        "a::b",
        "# comment",
        "Zürich, 東京",
        "a\\nb",
        "x ## y",
        "[##]"
      })
  void ordinaryTextStaysAsItIs(String text) {
    assertEquals(text, PrintableText.of(text));
    assertEquals(text, PrintableText.line(text));
    assertEquals(text, PrintableText.lines(text));
  }

  @Test
  void whatCantBeSeenIsWrittenOut() {
    assertEquals("a\\nb", PrintableText.of("a\nb"));
    assertEquals("a\\x0d\\x09b", PrintableText.of("a\r\tb"));
    assertEquals("\\x1b[2J", PrintableText.of("\u001b[2J"));
    assertEquals("\\x9b2J\\x85\\x7f", PrintableText.of("\u009b2J\u0085\u007f"));
    assertEquals("\\u{202E}x\\u{2066}\\u{200F}", PrintableText.of("\u202ex\u2066\u200f"));
    assertEquals("\\u{061C}\\u{2028}\\u{2029}", PrintableText.of("\u061c\u2028\u2029"));
    assertEquals("\\u{00AD}\\u{FEFF}\\u{200B}", PrintableText.of("\u00ad\ufeff\u200b"));
    assertEquals("\\u{3164}\\u{FE0F}\\u{2800}", PrintableText.of("\u3164\ufe0f\u2800"));
    assertEquals("\\u{E0041}", PrintableText.of(Character.toString(0xE0041)));
    assertEquals("\\u{D800}", PrintableText.of("\ud800"));
    assertEquals("\\u{FFFE}\\u{E000}", PrintableText.of("\ufffe\ue000"));
  }

  @Test
  void noLineIsACommandOfACiSystem() {
    assertEquals("\\x3a:error file=x::y", PrintableText.line("::error file=x::y"));
    assertEquals(" \u00a0\\x3a:set-output", PrintableText.line(" \u00a0::set-output"));
    assertEquals("x ::error::", PrintableText.line("x ::error::"));
    assertEquals("say \\x23#[error]", PrintableText.of("say ##[error]"));
    assertEquals("\\x23#vso[task.setvariable]", PrintableText.of("##vso[task.setvariable]"));
    assertEquals("#\\x23#[group]", PrintableText.of("###[group]"));
    assertEquals("one\n\\x3a:stop\n", PrintableText.lines("one\n::stop\n"));
  }

  @Test
  void safeTextStaysAsItIs() {
    String once = PrintableText.line("  ::a##[b]\u001b\u202e\n\\");
    assertEquals(once, PrintableText.line(once));
  }

  @Test
  void longMessagesAreCutInTheirMiddle() {
    String shortOne = "x".repeat(1_000);
    assertEquals(shortOne, PrintableText.cut(shortOne));
    String cut = PrintableText.cut("name: " + "x".repeat(7_340_000) + ": is too long");
    assertEquals(426, cut.length(), cut);
    assertTrue(cut.startsWith("name: xxx"), cut);
    assertTrue(cut.contains("x… (7,340,019 characters) …x"), cut);
    assertTrue(cut.endsWith("xxx: is too long"), cut);
    assertEquals(-1, PrintableText.of(PrintableText.cut("😀".repeat(999))).indexOf("\\u"));
    assertEquals(-1, PrintableText.of(PrintableText.cut("x" + "😀".repeat(999))).indexOf("\\u"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '^',
      value = {
        "http ~ http",
        "a,b ~ \"a,b\"",
        "say \"x\" ~ \"say \"\"x\"\"\"",
        "=HYPERLINK(\"http://x\") ~ \"'=HYPERLINK(\"\"http://x\"\")\"",
        "+1 ~ '+1",
        "-1 ~ '-1",
        "@SUM(A1) ~ '@SUM(A1)",
        "^ =1^ ~ ^' =1^",
        "'=1 ~ ''=1",
        "it's ~ it's",
        "＝1 ~ '＝1",
        "::error ~ \"::error\""
      })
  void csvCellsAreNoFormulas(String text, String cell) {
    assertEquals(cell, CsvCell.of(text));
  }

  @Test
  void aRowOfCellsIsOneLine() {
    assertEquals("a\\n=b", CsvCell.of("a\n=b"));
    assertEquals("\\x09=b", CsvCell.of("\t=b"));
    assertEquals("a\\nb\\tc\\rd\\\\n", TsvCell.of("a\nb\tc\rd\\n"));
    assertEquals("\\x1b\\u{202E}", TsvCell.of("\u001b\u202e"));
    assertEquals("\\x3a:error", TsvCell.of("::error"));
  }

  @Test
  void jsonKeepsItsValueAndHidesNothing() {
    assertEquals(
        "{\"a\":\"\\u009b\\u202E\\u2028é\\uDB40\\uDC41\\u0023#[x]\"}".replace("009b", "009B"),
        JsonText.of("{\"a\":\"\u009b\u202e\u2028é" + Character.toString(0xE0041) + "##[x]\"}"));
    String plain = "{\"a\": \"Zürich # 1\"}\n";
    assertEquals(plain, JsonText.of(plain.strip()) + "\n");
  }

  @Test
  void markdownIsCode() {
    assertEquals("`a`", MarkdownText.code("a"));
    assertEquals("`` `a ``", MarkdownText.code("`a"));
    assertEquals("```` a```b\\n ````", MarkdownText.code("a```b\n"));
    assertEquals("`a\\x7cb`", MarkdownText.cell("a|b"));
    assertEquals("", MarkdownText.cell(""));
    assertEquals("````diff\n ```\n````\n", MarkdownText.block("diff", List.of(" ```")));
  }

  @Test
  void annotationsAreOneCommand() {
    assertEquals(
        "::error file=a%2Cb%3A%3A%25.yaml,line=3,col=1,title=ACCT004::50%25\\n::warning::x",
        GithubAnnotation.of("error", "a,b::%.yaml", 3, 1, "ACCT004", "50%\n::warning::x"));
    assertEquals(
        "::warning file=x,title=T::m", GithubAnnotation.of("warning", "x", 0, 0, "T", "m"));
  }

  @Test
  void bytesAreUtf8OrMarked() {
    assertEquals("é", Utf8Bytes.decode("\u00c3\u00a9"));
    assertEquals("a\ufffd", Utf8Bytes.decode("a\u00c3"));
    assertEquals("€ é", Utf8Bytes.decode("€ é"));
  }
}
