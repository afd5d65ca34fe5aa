package acct.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import acct.netfilter.BadValueException;
import acct.netfilter.Family;
import acct.netfilter.Lexer;
import acct.netfilter.Rule;
import acct.netfilter.RuleParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A rule is read and read back, or refused, whatever bytes it is of. */
class RuleFuzzTest {
  @Test
  void anyBytes() {
    Seeds.fuzz(Seeds.rules(), 20000, RuleFuzzTest::check);
  }

  /** What random bytes found once. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-m bpf --bytecode \"1,6 0 0 1,,\"",
        "-m bpf --bytecode ,,,",
        "-j CONNMARK --set-xmark 0xff/0x0 --save-mark --ctmask 0xff",
        "-j CONNMARK --ctmask 0xff"
      })
  void foundBefore(String rule) {
    check(rule.getBytes(StandardCharsets.ISO_8859_1));
  }

  static void check(byte[] data) {
    for (Family family : Family.values()) {
      try {
        List<String> words = new Lexer().lex(new String(data, StandardCharsets.ISO_8859_1)).words();
        Rule rule = RuleParser.parse(words, family);
        assertEquals(rule, RuleParser.parse(rule.words(), family));
      } catch (Lexer.LexException | BadValueException e) {
        assertFalse(e.getMessage().isEmpty());
      }
    }
  }
}
