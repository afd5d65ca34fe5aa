package acct.netfilter;

import java.util.List;

/**
 * A rule: its meaning, and its comments beside it.
 *
 * @param comments each {@code -m comment} in its order; a rule may have several
 */
public record Rule(RuleBody body, List<String> comments) {
  public Rule {
    comments = List.copyOf(comments);
  }

  // Written out: what the compiler makes for a record is linked at run time, some ms each.
  @Override
  public boolean equals(Object other) {
    return other instanceof Rule that && body.equals(that.body) && comments.equals(that.comments);
  }

  @Override
  public int hashCode() {
    int hash = body.hashCode();
    hash = 31 * hash + comments.hashCode();
    return hash;
  }

  /** Whether these are the words that acct would write for it: then nothing has to be read. */
  public boolean isSaidBy(List<String> words) {
    return body.isSaidBy(words, comments);
  }

  /** The words behind {@code -A CHAIN}. */
  public List<String> words() {
    return body.words(comments);
  }
}
