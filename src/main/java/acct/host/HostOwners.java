package acct.host;

import acct.compile.OwnerNames;
import acct.netfilter.BadValueException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** This machine's users and groups, as getent knows them. */
public final class HostOwners implements OwnerNames {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  @Override
  public String number(String name, boolean group) throws BadValueException {
    String database = group ? "group" : "passwd";
    try {
      String getent = Programs.find("getent").toString();
      Command.Result result = new Command(List.of(getent, database, "--", name)).limit(LIMIT).run();
      if (result.stopped().isPresent()) {
        throw new BadValueException(
            "can't look up \""
                + name
                + "\": getent gave no answer in "
                + LIMIT.toSeconds()
                + " seconds");
      }
      String[] cells = result.output().split(":");
      if (result.exitStatus() == 0 && cells.length > 2 && cells[2].matches("[0-9]+")) {
        return cells[2];
      }
    } catch (IOException | HostException e) {
      throw new BadValueException("can't look up \"" + name + "\": " + e.getMessage());
    }
    throw new BadValueException(
        "this machine has no " + (group ? "group" : "user") + " \"" + name + "\"");
  }
}
