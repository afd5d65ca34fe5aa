package acct.dataplane.iptables;

import acct.compile.OwnerMark;
import acct.counter.Counted;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.Lexer;
import acct.netfilter.LiveChain;
import acct.netfilter.LiveRule;
import acct.netfilter.LiveRuleset;
import acct.netfilter.LiveTable;
import acct.netfilter.RestoreLine;
import acct.netfilter.RuleParser;
import acct.netfilter.TableName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * acct's own chains and jumps as a script for a machine that has none of them: what brings them
 * back at the boot without a policy, and without a Java to start. Counters begin at zero, since
 * their totals are in the ledger. Nothing of others is in it, and no rule that can't be one line of
 * a script.
 */
public final class BootScript {
  private final LiveRuleset live;
  private final Map<LiveTable, List<Counted.Chain>> byTable = new LinkedHashMap<>();
  private final List<String> omitted = new ArrayList<>();

  private BootScript(LiveRuleset live) {
    this.live = live;
  }

  /**
   * What brings acct's chains of a family back.
   *
   * @param blocks one for each table; none when nothing is acct's
   * @param omitted rules that can't be written, each as CHAIN rule N, and why
   */
  public record Made(List<Block> blocks, List<String> omitted) {
    public Made {
      blocks = List.copyOf(blocks);
      omitted = List.copyOf(omitted);
    }

    /** The input of iptables-restore --noflush; empty when nothing is acct's. */
    public String text() {
      StringBuilder text = new StringBuilder();
      blocks.forEach(block -> text.append(block.text()));
      return text.toString();
    }
  }

  /** Makes it of what is live. */
  public static Made of(LiveRuleset live) {
    BootScript script = new BootScript(live);
    for (Counted.Chain chain : Counted.owned(live)) {
      script
          .byTable
          .computeIfAbsent(live.ruleset().table(chain.table()), table -> new ArrayList<>())
          .add(chain);
    }
    List<Block> blocks = new ArrayList<>();
    script.byTable.forEach((table, chains) -> blocks.add(script.block(table, chains)));
    return new Made(blocks, script.omitted);
  }

  private Block block(LiveTable table, List<Counted.Chain> chains) {
    BlockWriter out = new BlockWriter(live.family(), table.name());
    Set<ChainName> ours = new HashSet<>();
    Set<ChainName> from = new HashSet<>();
    for (Counted.Chain chain : chains) {
      ours.add(chain.name());
      for (Counted.Count jump : chain.jumps()) {
        if (jump.address().chain().isBuiltIn()) {
          from.add(jump.address().chain());
        } else if (OwnerMark.owner(jump.rule().words()).isPresent()) {
          // A script with a chain that is not there yet would fail as a whole.
          omitted.add(
              "the jump from "
                  + jump.address().chain()
                  + " to "
                  + chain.name()
                  + ": the program that makes that chain may start later; run acct apply after it");
        }
      }
    }
    ours.stream().sorted().forEach(chain -> out.add(new ScriptCommand.NewChain(chain)));
    for (Counted.Chain chain : chains) {
      for (Counted.Count rule : chain.rules()) {
        boolean counts = Counted.onlyCounts(rule.rule(), live.family(), ours);
        if (counts && isWritable(rule.rule(), chain.name(), rule.position())) {
          out.add(new ScriptCommand.Append(Counters.ZERO, chain.name(), rule.rule().words()));
        }
      }
    }
    from.stream().sorted().forEach(chain -> jumps(table, chain, out));
    return out.commit();
  }

  private boolean isWritable(LiveRule rule, ChainName chain, int position) {
    Optional<String> obstacle = RestoreLine.obstacle(rule.words());
    obstacle.ifPresent(why -> omitted.add(chain + " rule " + position + ": " + why));
    return obstacle.isEmpty();
  }

  /** What no rule of others stood above goes to the top again, and all else to the end. */
  private void jumps(LiveTable table, ChainName from, BlockWriter out) {
    int top = 0;
    int position = 0;
    boolean others = false;
    for (LiveRule rule : table.chain(from).map(LiveChain::rules).orElse(List.of())) {
      position++;
      boolean jump =
          table.target(rule).isPresent()
              && OwnerMark.owner(RuleParser.parseLive(rule.words(), live.family()).comments())
                  .isPresent();
      others |= !jump;
      if (!jump || !isWritable(rule, from, position)) {
        continue;
      }
      out.add(
          others
              ? new ScriptCommand.Append(Counters.ZERO, from, rule.words())
              : new ScriptCommand.Insert(Counters.ZERO, from, ++top, rule.words()));
    }
  }

  /**
   * Reads a script that was kept.
   *
   * @throws BadScriptException where it has anything that no such script has
   */
  public static List<Block> read(String text, Family family) throws BadScriptException {
    List<Block> blocks = new ArrayList<>();
    Optional<BlockWriter> open = Optional.empty();
    int number = 0;
    for (String line : text.split("\n")) {
      number++;
      boolean comment = line.startsWith("#") && open.isEmpty();
      if (line.startsWith("*") && open.isEmpty()) {
        open = Optional.of(new BlockWriter(family, new TableName(line.substring(1))));
      } else if (line.equals("COMMIT") && open.isPresent()) {
        blocks.add(open.get().commit());
        open = Optional.empty();
      } else if (open.isPresent()) {
        open.get().add(command(line, number));
      } else if (!comment && !line.isEmpty()) {
        throw new BadScriptException(number);
      }
    }
    if (open.isPresent()) {
      throw new BadScriptException(number);
    }
    return blocks;
  }

  /** The text is not one that acct has written. */
  public static final class BadScriptException extends Exception {
    private static final long serialVersionUID = 1L;

    BadScriptException(int line) {
      super("line " + line + " is none that acct writes");
    }
  }

  private static ScriptCommand command(String line, int number) throws BadScriptException {
    try {
      List<String> words = new Lexer().lex(line + "\n").words();
      ChainName chain = new ChainName(words.get(1));
      return switch (words.get(0)) {
        case "-N" -> new ScriptCommand.NewChain(chain);
        case "-A" -> new ScriptCommand.Append(Counters.ZERO, chain, words.subList(2, words.size()));
        case "-I" ->
            new ScriptCommand.Insert(
                Counters.ZERO,
                chain,
                Integer.parseInt(words.get(2)),
                words.subList(3, words.size()));
        default -> throw new BadScriptException(number);
      };
    } catch (Lexer.LexException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new BadScriptException(number);
    }
  }

  /** The chains that a block makes. */
  public static List<ChainName> chains(Block block) {
    List<ChainName> chains = new ArrayList<>();
    for (Block.Line line : block.lines()) {
      if (line.command() instanceof ScriptCommand.NewChain made) {
        chains.add(made.chain());
      }
    }
    return chains;
  }
}
