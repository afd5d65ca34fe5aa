package acct.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.BadValueException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every row of a match. */
class MatchKeyTest {
  @ParameterizedTest
  @EnumSource(MatchKey.class)
  void theMirrorOfItsMirrorIsItself(MatchKey key) {
    assertEquals(key, key.mirror().mirror());
    assertEquals(key.shape(), key.mirror().shape());
    assertEquals(key.lists(), key.mirror().lists());
    boolean directed = key.key().matches("(?i)(source|src|in|out|dst|destination)[A-Z].*|source");
    assertTrue(!directed || key.mirror() != key || key == MatchKey.MAC_SOURCE, key.key());
  }

  @ParameterizedTest
  @EnumSource(MatchKey.class)
  void itsExampleIsReadAndHasItsShape(MatchKey key) throws BadValueException {
    if (!key.shape().isFlag()) {
      assertTrue(
          key.shape()
              .accepts(
                  new Yaml.Scalar(
                      acct.diagnostic.Position.file("p"),
                      key.example().matches("\\d+")
                          ? Yaml.Scalar.Type.INTEGER
                          : Yaml.Scalar.Type.STRING,
                      key.example())),
          key.key());
      key.read(key.example());
    }
  }

  @ParameterizedTest
  @EnumSource(MatchKey.class)
  void whatItNeedsIsAKey(MatchKey key) {
    Set<String> unknown = new HashSet<>();
    if (key.extension().isPresent()) {
      unknown.addAll(key.extension().get().needs());
    }
    unknown.removeIf(name -> MatchKey.of(name).isPresent());
    assertEquals(Set.of(), unknown);
  }
}
