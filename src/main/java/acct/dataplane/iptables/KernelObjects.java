package acct.dataplane.iptables;

import acct.host.Command;
import acct.host.HostException;
import acct.host.PrivateNamespace;
import acct.host.Programs;
import acct.netfilter.Family;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Things outside of iptables that rules name, and that must exist when a rule is loaded: ipsets and
 * nfacct objects. Names go to the programs by their standard input, never as an argument.
 */
public final class KernelObjects {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Pattern NFACCT_NAME = Pattern.compile("= (\\S+);");
  private static final Pattern NFACCT_QUOTA = Pattern.compile("quota = [^}]*\\} = (\\S+);");

  /** What rules name. */
  public enum Kind {
    IPSET("ipset", "--match-set"),
    NFACCT("nfacct", "--nfacct-name");

    private final String program;
    private final String option;

    Kind(String program, String option) {
      this.program = program;
      this.option = option;
    }

    /** The option of a rule that is followed by a name. */
    public String option() {
      return option;
    }

    /** As messages call it. */
    public String label() {
      return program;
    }
  }

  private KernelObjects() {}

  /** The names that exist on this machine; nothing where that can't be told. */
  public static Optional<Set<String>> names(Kind kind) {
    List<String> arguments = kind == Kind.IPSET ? List.of("-n", "list") : List.of("list");
    Optional<String> listed = run(kind, List.of(), arguments, "");
    if (listed.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        kind == Kind.IPSET
            ? listed.get().lines().collect(Collectors.toSet())
            : found(NFACCT_NAME, listed.get()));
  }

  /**
   * The nfacct objects that have a quota: a rule that names one matches only beyond it. Nothing
   * where that can't be told.
   */
  public static Set<String> nfacctQuotas() {
    Optional<String> listed = run(Kind.NFACCT, List.of(), List.of("list"), "");
    return listed.isPresent() ? found(NFACCT_QUOTA, listed.get()) : Set.of();
  }

  private static Set<String> found(Pattern pattern, String listed) {
    Set<String> names = new HashSet<>();
    Matcher matcher = pattern.matcher(listed);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /**
   * Makes empty ones of those names inside a namespace.
   *
   * @return whether that could be done
   */
  public static boolean create(
      Kind kind, Set<String> names, Family family, PrivateNamespace namespace) {
    String inet = family == Family.IPV4 ? "inet" : "inet6";
    StringBuilder input = new StringBuilder();
    for (String name : names) {
      // The programs read lines of words: a name that is more than one word is no name to them.
      if (!name.matches("[^\\s\";]{1,63}")) {
        return false;
      }
      input.append(
          kind == Kind.IPSET
              ? "create " + name + " hash:net family " + inet + "\n"
              : "{ pkts = 00000000000000000000, bytes = 00000000000000000000 } = " + name + ";\n");
    }
    List<String> arguments = kind == Kind.IPSET ? List.of("restore", "-exist") : List.of("restore");
    return run(kind, namespace.enter(), arguments, input.toString()).isPresent();
  }

  private static Optional<String> run(
      Kind kind, List<String> before, List<String> arguments, String input) {
    try {
      List<String> words = new ArrayList<>(before);
      words.add(Programs.find(kind.program).toString());
      words.addAll(arguments);
      Command.Result result = new Command(words).limit(LIMIT).input(input).run();
      return result.exitStatus() == 0 ? Optional.of(result.output()) : Optional.empty();
    } catch (IOException | HostException e) {
      return Optional.empty();
    }
  }
}
