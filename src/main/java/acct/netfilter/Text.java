package acct.netfilter;

import java.util.List;

/** A word that means just itself. */
public record Text(String value) implements Value {
  @Override
  public List<String> words() {
    return List.of(value);
  }
}
