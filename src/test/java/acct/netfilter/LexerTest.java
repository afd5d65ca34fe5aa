package acct.netfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class LexerTest {
  static Stream<JsonNode> vectors() {
    return Resources.records("tokenizer.jsonl").stream();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void splitsAsIptablesDoes(JsonNode vector) throws Exception {
    String line = Resources.bytes(vector.get("line").asString());
    if (vector.has("error")) {
      assertThrows(Lexer.LexException.class, () -> new Lexer().lex(line));
      return;
    }
    List<String> words = new ArrayList<>();
    vector.get("argv").forEach(word -> words.add(Resources.bytes(word.asString())));
    Lexer.Line lexed = new Lexer().lex(line);
    assertEquals(words, lexed.words());
    assertEquals(text(vector, "packets"), lexed.packets());
    assertEquals(text(vector, "bytes"), lexed.bytes());
  }

  private static Optional<String> text(JsonNode vector, String name) {
    return Optional.ofNullable(vector.get(name)).map(JsonNode::asString);
  }

  @Test
  void writtenWordsAreReadBack() throws Exception {
    List<String> words = List.of("-A", "", " ", "a b", "q\"q", "b\\s", "it's", "10.0.0.0/8", "\t");
    Lexer.Line line = new Lexer().lex(Words.join(words) + "\n");
    assertEquals(words, line.words());
  }

  @Test
  void anOpenQuoteIsSeen() throws Exception {
    assertTrue(new Lexer().lex("-A X -m comment --comment \"two\n").openQuote());
  }
}
