package acct.netfilter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Single words of a rule: what each is read as, and what is refused. */
class RuleParserTest {
  private static String canonical(String words) throws BadValueException {
    return RuleParser.parse(List.of(words.split(" ")), Family.IPV4).body().text();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "! -m tcp|unexpected ! before -m",
        "-p tcp ! -j RETURN|unexpected ! before -j",
        "! --goto X|unexpected ! before --goto",
        "-s|lacks its argument",
        "-m statistic --mode random --probability 1e999999999|not from 0 to 1",
        "-m statistic --mode random --probability -0.1|not from 0 to 1",
        "-m statistic --mode random --probability x|not from 0 to 1",
        "--dport 80|unknown option",
      })
  void whatIptablesRefusesIsRefused(String words, String why) {
    BadValueException e = assertThrows(BadValueException.class, () -> canonical(words));
    assertTrue(e.getMessage().contains(why), e.getMessage());
  }

  /** The exponent alone says that it is too large: nobody writes out its digits. */
  @Test
  void aHugeProbabilityIsRefusedAtOnce() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(5),
        () ->
            assertThrows(
                BadValueException.class,
                () -> canonical("-m statistic --mode random --probability 1e999999999")));
  }

  /** --proto of the policy match is no abbreviation of --protocol while that match is open. */
  @Test
  void protoOfPolicyIsNotTheRulesProtocol() throws BadValueException {
    String text = canonical("-m policy --dir in --pol ipsec --proto esp");
    assertTrue(text.contains("policy --dir in --pol ipsec --proto esp"), text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--proto tcp|-p tcp",
        "-p 6|-p tcp",
        "--source=10.0.0.1|-s 10.0.0.1/32",
        "-s 0/0 -p all|''",
        "-p tcp --dport 010:100|-p tcp -m tcp --dport 8:100",
      })
  void manySpellingsAreOneText(String words, String text) throws BadValueException {
    assertEquals(text, canonical(words));
  }
}
