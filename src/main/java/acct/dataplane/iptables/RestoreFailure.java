package acct.dataplane.iptables;

import acct.host.HostException;
import java.util.OptionalInt;

/** iptables-restore refused a script. */
public final class RestoreFailure extends HostException {
  private static final long serialVersionUID = 1L;

  private final String reason;
  private final int line;

  RestoreFailure(Kind kind, String message, String reason, OptionalInt line) {
    super(kind, message);
    this.reason = reason;
    this.line = line.orElse(0);
  }

  /** What it said, in its own words. */
  public String reason() {
    return reason;
  }

  /** The line of the script that it named, from 1; nothing where it named none. */
  public OptionalInt line() {
    return line == 0 ? OptionalInt.empty() : OptionalInt.of(line);
  }
}
