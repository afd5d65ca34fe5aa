package acct.compile;

import acct.netfilter.BadValueException;
import acct.netfilter.InterfaceName;
import acct.netfilter.Lexer;
import acct.netfilter.Match;
import acct.netfilter.Prefix;
import acct.netfilter.Protocol;
import acct.netfilter.Rule;
import acct.netfilter.Target;
import acct.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code options: "-m recent --rcheck"}: a match in iptables' own words. Nothing but a match: no
 * word of it may become a target, a comment, or an option of the command, not abbreviated and not
 * hidden in an extension that acct doesn't know either.
 */
final class RawOptions {
  /** The long options that an abbreviation must not reach, of the command and of targets. */
  private static final List<String> RESERVED =
      List.of(
          "--jump",
          "--goto",
          "--table",
          "--append",
          "--insert",
          "--delete",
          "--replace",
          "--list",
          "--list-rules",
          "--flush",
          "--zero",
          "--new-chain",
          "--new",
          "--delete-chain",
          "--rename-chain",
          "--policy",
          "--check",
          "--set-counters",
          "--wait",
          "--wait-interval",
          "--modprobe",
          "--verbose",
          "--numeric",
          "--exact",
          "--line-numbers",
          "--help",
          "--version",
          "--ipv4",
          "--ipv6",
          "--match",
          "--source",
          "--destination",
          "--src",
          "--dst",
          "--protocol",
          "--proto",
          "--in-interface",
          "--out-interface",
          "--fragments",
          "--comment");

  private RawOptions() {}

  /** Splits options as iptables-restore would split them. */
  static List<String> words(String text) throws BadValueException {
    String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    // A value that is filled in may bring a newline, and iptables-restore reads by lines.
    if (bytes.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new BadValueException("a control character");
    }
    if (bytes.startsWith("[")) {
      throw new BadValueException("counters are no part of a match");
    }
    try {
      Lexer.Line line = new Lexer().lex(bytes);
      if (line.openQuote()) {
        throw new BadValueException("a quote is never closed");
      }
      if (line.words().isEmpty()) {
        throw new BadValueException("there is nothing in them");
      }
      return line.words();
    } catch (Lexer.LexException e) {
      throw new BadValueException(e.getMessage());
    }
  }

  /**
   * Refuses a rule that is more than a match, or whose match is more than a question.
   *
   * @param allow what the policy allows beyond counting
   */
  static void check(Rule rule, Set<Policy.Allow> allow) throws BadValueException {
    if (!(rule.body().target() instanceof Target.None)) {
      throw new BadValueException("a target is not allowed here; a policy only counts (see jump)");
    }
    if (!rule.comments().isEmpty()) {
      throw new BadValueException("the rule's comment is its name");
    }
    for (Match.Setting setting : rule.body().core()) {
      checkMatchesSomething(setting);
    }
    Optional<Protocol> protocol = rule.body().protocol();
    for (Match match : rule.body().matches()) {
      checkProtocol(match.name(), protocol);
      if (match instanceof Match.Opaque opaque) {
        checkOpaque(opaque);
        checkKnown(opaque, allow);
      } else if (match instanceof Match.Known known) {
        checkValues(known);
        MatchEffects.check(known);
      }
      if (match.name().equals("owner")) {
        checkOwner(match);
      }
    }
  }

  /** Some versions refuse such a rule, some save another, and nft before 1.8.8 makes another. */
  private static void checkMatchesSomething(Match.Setting setting) throws BadValueException {
    boolean everything =
        setting.value().equals(InterfaceName.EVERY)
            || setting.value() instanceof Prefix prefix && prefix.isEverything();
    if (setting.negated() && everything) {
      throw new BadValueException(
          "! "
              + setting.option().name()
              + " "
              + String.join(" ", setting.value().words())
              + " matches nothing: the rule would never count");
    }
  }

  /** iptables takes these only behind -p of their protocol. */
  private static void checkProtocol(String match, Optional<Protocol> protocol)
      throws BadValueException {
    Optional<Protocol> needed =
        switch (match) {
          case "tcp" -> Optional.of(Protocol.TCP);
          case "udp" -> Optional.of(Protocol.UDP);
          case "sctp" -> Optional.of(Protocol.SCTP);
          case "dccp" -> Optional.of(Protocol.DCCP);
          case "icmp" -> Optional.of(Protocol.ICMP);
          case "icmp6" -> Optional.of(Protocol.ICMPV6);
          default -> Optional.empty();
        };
    if (needed.isPresent() && !needed.equals(protocol)) {
      throw new BadValueException("-m " + match + " needs protocol: " + needed.get());
    }
    if (match.equals("multiport") && !protocol.map(Protocol::hasPorts).orElse(false)) {
      throw new BadValueException("-m multiport needs a protocol that has ports");
    }
  }

  /** iptables would take it for a value, but a person for an option; nobody needs one. */
  private static void checkValues(Match.Known match) throws BadValueException {
    for (Match.Setting setting : match.settings()) {
      for (String word : setting.value().words()) {
        if (word.startsWith("-")) {
          throw new BadValueException(
              "\""
                  + word
                  + "\" looks like an option, and stands where "
                  + setting.option().name()
                  + " has its value");
        }
      }
    }
  }

  private static void checkKnown(Match.Opaque match, Set<Policy.Allow> allow)
      throws BadValueException {
    if (!allow.contains(Policy.Allow.UNKNOWN_MATCHES)) {
      throw new BadValueException(
          "acct does not know what -m "
              + match.name()
              + " does besides matching; if it changes nothing that other rules or the packet see,"
              + " write allow: [unknown-matches] under spec");
    }
  }

  /** A name would be saved as a number, and never be in sync. */
  private static void checkOwner(Match match) throws BadValueException {
    for (String word : match.words()) {
      boolean name =
          !word.startsWith("-") && !word.equals("!") && !Character.isDigit(word.charAt(0));
      if (name) {
        throw new BadValueException(
            "\"" + word + "\" is a name; write its number, or use uidOwner or gidOwner");
      }
    }
  }

  /**
   * iptables reads any unique beginning of a long option, and a short one with its value in a word.
   */
  private static void checkOpaque(Match.Opaque match) throws BadValueException {
    if (!match.name().matches("[A-Za-z0-9_][A-Za-z0-9_-]{0,28}")) {
      throw new BadValueException("\"" + match.name() + "\" is not the name of a match");
    }
    for (String word : match.words()) {
      boolean option = word.startsWith("-");
      boolean plain = word.matches("--[a-z0-9][a-z0-9-]*");
      boolean reserved = RESERVED.stream().anyMatch(name -> name.startsWith(word));
      if (option && (!plain || reserved)) {
        throw new BadValueException(
            "\"" + word + "\" is not an option that can stand in the match " + match.name());
      }
    }
  }
}
