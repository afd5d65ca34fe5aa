package acct.dataplane.iptables;

import acct.dataplane.Capabilities;
import acct.dataplane.Snapshot;
import acct.dataplane.Transaction;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Position;
import acct.host.AtOnce;
import acct.host.Epoch;
import acct.host.HostException;
import acct.host.HostException.Kind;
import acct.host.PrivateNamespace;
import acct.host.RestoreLock;
import acct.netfilter.Backend;
import acct.netfilter.Family;
import acct.netfilter.LiveRuleset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.function.Function;

/** The rules of this machine, or of a network namespace in it, by the iptables commands. */
public final class IptablesKernel implements Kernel {
  /** Families that were not there when they were to be read, with the reason. */
  private final Map<Family, String> lacking = new EnumMap<>(Family.class);

  /** Not there when the kernel has no IPv6, or was started without. */
  private static final Path IPV6 = Path.of("/proc/net/if_inet6");

  private final Function<Family, Iptables> commands;
  private final Map<Family, Iptables> byFamily = new ConcurrentHashMap<>();
  private Optional<RestoreLock> restoreLock = Optional.empty();

  /** What is being read for the next read. */
  private Map<Family, FutureTask<Iptables.Dump>> ahead = Map.of();

  /**
   * A machine.
   *
   * @param commands the iptables commands of a family
   */
  public IptablesKernel(Function<Family, Iptables> commands) {
    this.commands = commands;
  }

  Iptables iptables(Family family) {
    return byFamily.computeIfAbsent(
        family,
        one -> {
          Iptables iptables = commands.apply(one);
          restoreLock.ifPresent(iptables::holding);
          return iptables;
        });
  }

  @Override
  public Capabilities capabilities(Family family) throws HostException {
    Iptables iptables = iptables(family);
    Backend backend = iptables.backend();
    return new Capabilities(
        iptables.restoreCommand() + " " + backend.version(),
        backend.writesCounters(family),
        // iptables-legacy -Z leaves what was counted while it was at work (TotalsIT).
        backend.kind() == Backend.Kind.NFT,
        backend.kind() == Backend.Kind.NFT);
  }

  @Override
  public String restoreCommand(Family family) {
    return iptables(family).restoreCommand();
  }

  @Override
  public Optional<Set<String>> names(KernelObjects.Kind kind) {
    return KernelObjects.names(kind);
  }

  @Override
  public Set<String> quotas() {
    return KernelObjects.nfacctQuotas();
  }

  @Override
  public Staged openStage() throws HostException {
    PrivateNamespace namespace = PrivateNamespace.open();
    Kernel inside = new IptablesKernel(family -> iptables(family).inside(namespace));
    return new Staged() {
      @Override
      public Kernel kernel() {
        return inside;
      }

      @Override
      public boolean create(KernelObjects.Kind kind, Set<String> names, Family family) {
        return KernelObjects.create(kind, names, family, namespace);
      }

      @Override
      public void close() {
        namespace.close();
      }
    };
  }

  @Override
  public void write(Transaction block) throws HostException {
    ahead = Map.of();
    iptables(block.family()).restore(Script.checked(block));
  }

  @Override
  public void write(Family family, String script) throws HostException {
    ahead = Map.of();
    iptables(family).restore(script);
  }

  /** Has every restore hold a lock until it has ended, also when acct is killed before that. */
  public void holding(RestoreLock lock) {
    restoreLock = Optional.of(lock);
  }

  @Override
  public String whyNot(Family family) {
    return lacking.getOrDefault(family, "");
  }

  @Override
  public String epoch() throws HostException {
    HostException missing = new HostException(Kind.MISSING, "no iptables was found");
    for (Family family : Family.values()) {
      try {
        return Epoch.now(iptables(family).backend().kind());
      } catch (HostException e) {
        missing = e;
      }
    }
    throw missing;
  }

  @Override
  public List<Diagnostic> warnings(Set<Family> families) throws HostException {
    List<Diagnostic> diagnostics = new ArrayList<>();
    for (Family family : families) {
      Iptables iptables = iptables(family);
      Optional<String> rules = iptables.otherBackend();
      if (rules.isPresent()) {
        Position where = Position.file(iptables.saveCommand());
        diagnostics.add(Diagnostic.warning(Code.OTHER_BACKEND, where, rules.get()));
      }
    }
    return diagnostics;
  }

  @Override
  public Snapshot read(Set<Family> needed) throws HostException {
    return read(EnumSet.allOf(Family.class), needed);
  }

  @Override
  public Snapshot readOnly(Set<Family> families) throws HostException {
    return read(families, Set.of());
  }

  @Override
  public void readAhead(Set<Family> families) {
    Map<Family, FutureTask<Iptables.Dump>> begun = new EnumMap<>(Family.class);
    families.forEach(
        family -> begun.put(family, AtOnce.begin("read the rules", iptables(family)::dump)));
    ahead = begun;
  }

  /** Reads the families at the same time: most of it is waiting for two commands. */
  private Map<Family, FutureTask<Iptables.Dump>> dumps(Set<Family> families) {
    Map<Family, FutureTask<Iptables.Dump>> dumps = new EnumMap<>(Family.class);
    List<Family> unread = new ArrayList<>();
    for (Family family : families) {
      if (ahead.containsKey(family)) {
        dumps.put(family, ahead.get(family));
      } else {
        unread.add(family);
      }
    }
    List<Callable<Iptables.Dump>> commands = new ArrayList<>();
    unread.forEach(family -> commands.add(iptables(family)::dump));
    List<FutureTask<Iptables.Dump>> begun = AtOnce.begin("read the rules", commands);
    for (int i = 0; i < unread.size(); i++) {
      dumps.put(unread.get(i), begun.get(i));
    }
    ahead = Map.of();
    return dumps;
  }

  private Snapshot read(Set<Family> families, Set<Family> needed) throws HostException {
    List<LiveRuleset> live = new ArrayList<>();
    Map<Family, String> texts = new EnumMap<>(Family.class);
    Optional<HostException> missing = Optional.empty();
    for (Map.Entry<Family, FutureTask<Iptables.Dump>> one : dumps(families).entrySet()) {
      Family family = one.getKey();
      Iptables iptables = iptables(family);
      try {
        Iptables.Dump dump = AtOnce.result(one.getValue());
        texts.put(family, dump.text());
        live.add(
            new LiveRuleset(
                family, dump.ruleset(), iptables.saveCommand(), Optional.of(iptables.backend())));
      } catch (HostException e) {
        boolean isOff = family == Family.IPV6 && !Files.exists(IPV6);
        if (needed.contains(family) || e.kind() != Kind.MISSING && !isOff) {
          throw isOff
              ? new HostException(
                  e.kind(), "IPv6 is switched off on this machine: " + e.getMessage())
              : e;
        }
        lacking.put(family, isOff ? "IPv6 is switched off" : e.getMessage());
        missing = missing.or(() -> Optional.of(e));
      }
    }
    if (live.isEmpty() && missing.isPresent()) {
      // Without any iptables nothing is known, and that is not the same as no rules.
      throw missing.get();
    }
    return new Snapshot(live, texts);
  }
}
