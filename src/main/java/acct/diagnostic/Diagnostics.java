package acct.diagnostic;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Collects diagnostics, so that all findings are told at once. */
public final class Diagnostics {
  /** How many are kept: a hostile file could have millions, and nobody reads more. */
  private static final int MOST = 1_000;

  private final List<Diagnostic> found = new ArrayList<>();
  private final Set<Position> errorPlaces = new HashSet<>();

  public void error(Code code, Position position, String message) {
    keep(Diagnostic.error(code, position, message));
  }

  private void keep(Diagnostic diagnostic) {
    if (found.size() < MOST) {
      found.add(diagnostic);
      if (diagnostic.isError()) {
        errorPlaces.add(diagnostic.position());
      }
    } else if (diagnostic.isError() && errorPlaces.isEmpty()) {
      errorPlaces.add(diagnostic.position());
    }
  }

  public void warning(Code code, Position position, String message) {
    keep(Diagnostic.warning(code, position, message));
  }

  /** Reports what is worth knowing, and as it should be. */
  public void note(Code code, Position position, String message) {
    keep(Diagnostic.note(code, position, message));
  }

  public void addAll(List<Diagnostic> others) {
    for (Diagnostic other : others) {
      keep(other);
    }
  }

  public boolean hasErrors() {
    return !errorPlaces.isEmpty();
  }

  /** Whether an error is known at that very place already. */
  public boolean hasErrorAt(Position position) {
    return errorPlaces.contains(position);
  }

  /** All of them, by place, each once. */
  public List<Diagnostic> sorted() {
    // By the order and not by a hash: a record's own is slow at its first call (StartupIT).
    return List.copyOf(new TreeSet<>(found));
  }
}
