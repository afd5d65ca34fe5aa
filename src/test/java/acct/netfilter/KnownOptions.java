package acct.netfilter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every option that the table of matches has, for the tests of other packages. */
public final class KnownOptions {
  /** An option of an extension, and the one family it exists in. */
  public record OfExtension(String extension, String option, Optional<Family> family) {
    @Override
    public String toString() {
      return extension + " " + option;
    }
  }

  private KnownOptions() {}

  /** All of them. */
  public static List<OfExtension> all() {
    List<OfExtension> all = new ArrayList<>();
    for (Extension extension : MatchTable.all()) {
      for (Option option : extension.options()) {
        all.add(
            new OfExtension(
                extension.name(), option.name(), MatchTable.familyOf(extension.name())));
      }
    }
    return all;
  }
}
