package acct.model;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Lexer;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveTable;
import acct.netfilter.Ruleset;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * iptables-restore --noflush --counters, in memory, as strict as the kernel: a block is carried out
 * whole or not at all, a declaration flushes, positions count after the lines before, a jump needs
 * its chain, a chain that is jumped to or not empty can't go, and so on (FACTS 1, and KernelIT
 * holds it against the real one). It also refuses what acct must not do: declare or delete by
 * position in a built-in chain.
 */
public final class RestoreModel {
  /** What iptables-restore would have failed with. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private final Map<String, Map<String, Chain>> tables = new LinkedHashMap<>();
  private final boolean deletesWithoutInterface;

  private static final class Chain {
    private final Optional<String> policy;
    private final List<LiveRule> rules = new ArrayList<>();

    Chain(Optional<String> policy) {
      this.policy = policy;
    }
  }

  private RestoreModel(Ruleset ruleset, boolean deletesWithoutInterface) {
    this.deletesWithoutInterface = deletesWithoutInterface;
    for (LiveTable table : ruleset.tables().values()) {
      Map<String, Chain> chains = table(table.name().value());
      for (LiveChain chain : table.chains().values()) {
        Chain copy = new Chain(chain.policy());
        copy.rules.addAll(chain.rules());
        chains.put(chain.name().value(), copy);
      }
    }
  }

  private Map<String, Chain> table(String name) {
    return tables.computeIfAbsent(
        name,
        key -> {
          Map<String, Chain> chains = new LinkedHashMap<>();
          new TableName(key)
              .hooks()
              .forEach(hook -> chains.put(hook.name(), new Chain(Optional.of("ACCEPT"))));
          return chains;
        });
  }

  /** The ruleset after the script. */
  public static Ruleset apply(Ruleset before, String script) {
    return apply(new RestoreModel(before, false), before, script);
  }

  /** The same by an iptables with KnownBug.DELETES_WITHOUT_INTERFACE. */
  public static Ruleset applyWithoutInterfaces(Ruleset before, String script) {
    return apply(new RestoreModel(before, true), before, script);
  }

  private static Ruleset apply(RestoreModel model, Ruleset before, String script) {
    String table = null;
    int number = 0;
    for (String line : script.lines().toList()) {
      number++;
      try {
        if (line.startsWith("*")) {
          table = line.substring(1);
          model.table(table);
        } else if (line.equals("COMMIT")) {
          model.checkJumps(table);
          table = null;
        } else {
          model.command(model.table(table), line);
        }
      } catch (Lexer.LexException | RuntimeException e) {
        throw new Refused("line " + number + ": " + line + ": " + e);
      }
    }
    if (table != null) {
      throw new Refused("no COMMIT");
    }
    return model.ruleset(before);
  }

  private void command(Map<String, Chain> table, String line) throws Lexer.LexException {
    if (line.startsWith(":")) {
      String name = line.substring(1, line.indexOf(' '));
      check(!isBuiltIn(table, name), "acct must not declare a built-in chain");
      table.put(name, new Chain(Optional.empty()));
      return;
    }
    Lexer.Line lexed = new Lexer().lex(line + "\n");
    List<String> words = lexed.words();
    Counters counters =
        lexed.packets().isPresent()
            ? new Counters(
                Long.parseUnsignedLong(lexed.packets().get()),
                Long.parseUnsignedLong(lexed.bytes().orElseThrow()))
            : Counters.ZERO;
    String name = words.get(1);
    if (words.get(0).equals("-N")) {
      check(!table.containsKey(name), "chain " + name + " is there already");
      table.put(name, new Chain(Optional.empty()));
      return;
    }
    Chain chain = table.get(name);
    check(chain != null, "no chain " + name);
    List<String> rest = words.subList(2, words.size());
    check(
        lexed.packets().isEmpty() || List.of("-A", "-I").contains(words.get(0)),
        "counters on " + words.get(0));
    switch (words.get(0)) {
      case "-A" -> chain.rules.add(rule(table, rest, counters));
      case "-I" -> insert(table, chain, name, rest, counters);
      case "-D" -> delete(table, chain, name, rest);
      case "-F" -> chain.rules.clear();
      case "-Z" -> zero(chain, name, Integer.parseInt(rest.get(0)));
      case "-E" -> rename(table, name, rest.get(0));
      case "-X" -> {
        check(chain.rules.isEmpty(), "chain is not empty");
        check(!isReferenced(table, name), "chain is jumped to");
        table.remove(name);
      }
      default -> throw new IllegalArgumentException("unknown command");
    }
  }

  private static void insert(
      Map<String, Chain> table, Chain chain, String name, List<String> rest, Counters counters) {
    boolean positioned = !rest.isEmpty() && rest.get(0).matches("\\d+");
    int position = positioned ? Integer.parseInt(rest.get(0)) : 1;
    check(position >= 1 && position <= chain.rules.size() + 1, "position out of range in " + name);
    List<String> words = positioned ? rest.subList(1, rest.size()) : rest;
    chain.rules.add(position - 1, rule(table, words, counters));
  }

  private static void zero(Chain chain, String name, int position) {
    check(position >= 1 && position <= chain.rules.size(), "position out of range in " + name);
    LiveRule rule = chain.rules.get(position - 1);
    chain.rules.set(position - 1, new LiveRule(Counters.ZERO, rule.words(), rule.line()));
  }

  /** Jumps to the chain follow. */
  private static void rename(Map<String, Chain> table, String name, String to) {
    check(!isBuiltIn(table, name), "a built-in chain can't be renamed");
    check(!table.containsKey(to), "chain " + to + " is there already");
    table.put(to, table.remove(name));
    for (Chain chain : table.values()) {
      for (int i = 0; i < chain.rules.size(); i++) {
        List<String> words = new ArrayList<>(chain.rules.get(i).words());
        int jump = words.lastIndexOf("-j");
        if (jump >= 0 && words.get(jump + 1).equals(name)) {
          words.set(jump + 1, to);
          chain.rules.set(i, new LiveRule(chain.rules.get(i).counters(), words, 0));
        }
      }
    }
  }

  private void delete(Map<String, Chain> table, Chain chain, String name, List<String> rest) {
    if (rest.size() == 1 && rest.get(0).matches("\\d+")) {
      check(!isBuiltIn(table, name), "acct must not delete by position in a built-in chain");
      int position = Integer.parseInt(rest.get(0));
      check(position >= 1 && position <= chain.rules.size(), "position out of range in " + name);
      chain.rules.remove(position - 1);
      return;
    }
    for (int i = 0; i < chain.rules.size(); i++) {
      if (compared(chain.rules.get(i).words()).equals(compared(rest))) {
        chain.rules.remove(i);
        return;
      }
    }
    throw new IllegalArgumentException("no such rule");
  }

  private List<String> compared(List<String> words) {
    List<String> compared = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      if (deletesWithoutInterface && List.of("-i", "-o").contains(words.get(i))) {
        i++;
      } else {
        compared.add(words.get(i));
      }
    }
    return compared;
  }

  private static LiveRule rule(Map<String, Chain> table, List<String> words, Counters counters) {
    int jump = words.lastIndexOf("-j");
    if (jump >= 0 && !List.of("RETURN", "ACCEPT", "DROP").contains(words.get(jump + 1))) {
      check(table.containsKey(words.get(jump + 1)), "no chain " + words.get(jump + 1));
    }
    return new LiveRule(counters, List.copyOf(words), 0);
  }

  private static boolean isBuiltIn(Map<String, Chain> table, String name) {
    return table.containsKey(name) && table.get(name).policy.isPresent();
  }

  private static boolean isReferenced(Map<String, Chain> table, String name) {
    return table.values().stream()
        .flatMap(chain -> chain.rules.stream())
        .anyMatch(
            rule -> {
              int jump = Math.max(rule.words().lastIndexOf("-j"), rule.words().lastIndexOf("-g"));
              return jump >= 0 && rule.words().get(jump + 1).equals(name);
            });
  }

  /** No chain may lead back to itself. */
  private void checkJumps(String table) {
    Map<String, Chain> chains = table(table);
    for (String name : chains.keySet()) {
      walk(chains, name, new ArrayList<>());
    }
  }

  private static void walk(Map<String, Chain> chains, String name, List<String> path) {
    check(!path.contains(name), "a loop: " + path);
    path.add(name);
    for (LiveRule rule : chains.get(name).rules) {
      int jump = rule.words().lastIndexOf("-j");
      if (jump >= 0 && chains.containsKey(rule.words().get(jump + 1))) {
        walk(chains, rule.words().get(jump + 1), path);
      }
    }
    path.remove(path.size() - 1);
  }

  private static void check(boolean ok, String otherwise) {
    if (!ok) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private Ruleset ruleset(Ruleset before) {
    Map<TableName, LiveTable> all = new LinkedHashMap<>();
    tables.forEach(
        (name, chains) -> {
          Map<ChainName, LiveChain> sealed = new LinkedHashMap<>();
          chains.forEach(
              (chain, content) ->
                  sealed.put(
                      new ChainName(chain),
                      new LiveChain(
                          new ChainName(chain), content.policy, Counters.ZERO, content.rules)));
          all.put(new TableName(name), new LiveTable(new TableName(name), sealed));
        });
    return new Ruleset(before.family(), before.backend(), all);
  }
}
