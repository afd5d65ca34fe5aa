package acct.policy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Collects diagnostics, so that all findings are told at once. */
public final class Diagnostics {
  private final List<Diagnostic> found = new ArrayList<>();
  private final Set<Position> errorPlaces = new HashSet<>();

  public void error(Code code, Position position, String message) {
    found.add(Diagnostic.error(code, position, message));
    errorPlaces.add(position);
  }

  public void warning(Code code, Position position, String message) {
    found.add(Diagnostic.warning(code, position, message));
  }

  public void addAll(List<Diagnostic> others) {
    for (Diagnostic other : others) {
      found.add(other);
      if (other.isError()) {
        errorPlaces.add(other.position());
      }
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
    List<Diagnostic> sorted = new ArrayList<>(found.stream().distinct().toList());
    Collections.sort(sorted);
    return List.copyOf(sorted);
  }
}
