package acct.netfilter;

import java.util.List;

/** The value of an option that has none: it is there. */
public enum Flag implements Value {
  SET;

  @Override
  public List<String> words() {
    return List.of();
  }
}
