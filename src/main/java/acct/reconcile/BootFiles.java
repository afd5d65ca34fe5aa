package acct.reconcile;

import acct.dataplane.BootScript;
import acct.dataplane.Dataplane;
import acct.dataplane.Snapshot;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.WholeFile;
import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import acct.state.BootFile;
import acct.state.StateDirectory;
import acct.text.PrintableText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Keeps what brings acct's chains back at the boot. */
final class BootFiles {
  private final StateDirectory directory;
  private final Dataplane dataplane;
  private final Consumer<String> notices;

  BootFiles(StateDirectory directory, Dataplane dataplane, Consumer<String> notices) {
    this.directory = directory;
    this.dataplane = dataplane;
    this.notices = notices;
  }

  /** What brings a family's chains back; nothing where the last snapshot found none of acct's. */
  List<BootScript.Table> kept(Family family) throws HostException {
    WholeFile file = directory.boot(family);
    try {
      return BootFile.read(file.read().orElse(""));
    } catch (BootFile.BadFileException e) {
      throw new HostException(
          Kind.FAILED,
          PrintableText.of(file.path().toString())
              + " can't be trusted: "
              + e.getMessage()
              + "; move it away");
    }
  }

  /** The chains that are kept and not live: {@code filter/INET_IN}. */
  List<String> missing(LiveRuleset live) throws HostException {
    List<String> missing = new ArrayList<>();
    for (BootScript.Table table : kept(live.family())) {
      for (ChainName chain : table.chains()) {
        if (live.ruleset().table(table.table()).chain(chain).isEmpty()) {
          missing.add(table.table() + "/" + chain);
        }
      }
    }
    return missing;
  }

  /**
   * Whether all is there that is kept. What is missing, others have taken away; that is told, and
   * what is kept has to stay.
   */
  boolean areWhole(Snapshot snapshot) throws HostException {
    for (LiveRuleset live : snapshot.live()) {
      List<String> missing = missing(live);
      if (!missing.isEmpty()) {
        notices.accept(
            live.family().label()
                + ": "
                + String.join(", ", missing)
                + " is not there any more; what was kept for the boot stays as it was");
        return false;
      }
    }
    return true;
  }

  /** Keeps what is live, where it has changed. */
  void keep(Snapshot snapshot) throws HostException {
    for (LiveRuleset live : snapshot.live()) {
      Dataplane.ForBoot made = dataplane.forBoot(live);
      String text = BootFile.write(made.script());
      WholeFile file = directory.boot(live.family());
      if (!file.read().orElse("").equals(text)) {
        for (String what : made.omitted()) {
          notices.accept(live.family().label() + ": not kept for the boot: " + what);
        }
        file.write(text);
      }
    }
  }
}
