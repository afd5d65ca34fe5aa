package acct.compile;

import acct.compile.ReadClauses.Read;
import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import acct.netfilter.Protocol;
import acct.netfilter.Value;
import acct.policy.MatchForm;
import acct.policy.MatchKey;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What one rule's clauses need of each other: a protocol, a companion, to stand there once. */
final class ClauseChecks {
  private static final Set<MatchKey> PORTS =
      Set.of(MatchKey.PORT, MatchKey.SOURCE_PORT, MatchKey.DESTINATION_PORT);

  private final ReadClauses clauses;
  private final Position position;
  private final Diagnostics diagnostics;

  private ClauseChecks(ReadClauses clauses, Position position, Diagnostics diagnostics) {
    this.clauses = clauses;
    this.position = position;
    this.diagnostics = diagnostics;
  }

  /** Whether they can stand together; what can't is reported. */
  static boolean check(ReadClauses clauses, Position position, Diagnostics diagnostics) {
    ClauseChecks checks = new ClauseChecks(clauses, position, diagnostics);
    checks.warnOfAliases();
    return checks.checkOncePerRule()
        & checks.checkProtocol()
        & checks.checkCompanions()
        & checks.checkProduct();
  }

  /** {@code eth0:1} is the label of an address: the packet's interface is eth0. */
  private void warnOfAliases() {
    for (Read read : clauses.all()) {
      boolean isInterface =
          read.key() == MatchKey.IN_INTERFACE || read.key() == MatchKey.OUT_INTERFACE;
      for (Value value : isInterface ? read.values() : List.<Value>of()) {
        String name = value.words().get(0);
        int colon = name.indexOf(':');
        if (colon > 0) {
          diagnostics.warning(
              Code.ALIAS,
              read.clause().position(),
              "\""
                  + name
                  + "\" is an alias, the label of an address, and no packet has it: write "
                  + name.substring(0, colon)
                  + ", or the address itself");
        }
      }
    }
  }

  /** iptables takes each core option once, negated or not. */
  private boolean checkOncePerRule() {
    boolean ok = true;
    for (Read read : clauses.all()) {
      MatchKey key = read.key();
      boolean twice = read.negated() && clauses.positive(key).isPresent();
      // Each set is a match of its own, and a packet can be in one and not in another.
      boolean repeats = key.lists() == MatchKey.Lists.JOINED || key == MatchKey.MATCH_SET;
      if (twice && !repeats) {
        diagnostics.error(
            Code.BAD_VALUE,
            read.clause().position(),
            key.key() + " stands in the rule already: a key stands in a rule once");
        ok = false;
      }
    }
    return ok;
  }

  private boolean checkProtocol() {
    boolean ok = true;
    for (Read read : clauses.all()) {
      ok &=
          switch (read.key()) {
            case PORT, SOURCE_PORT, DESTINATION_PORT -> checkPortsHaveProtocol(read);
            case ICMP_TYPE -> checkIcmp(read, Protocol.ICMP);
            case ICMPV6_TYPE -> checkIcmp(read, Protocol.ICMPV6);
            default -> true;
          };
    }
    return ok;
  }

  /** The rules that lists make of one, multiplied. */
  private boolean checkProduct() {
    long product = 1;
    for (Read read : clauses.all()) {
      if (!read.negated() && read.key().lists() == MatchKey.Lists.RULES) {
        product = Math.min(Integer.MAX_VALUE, product * Math.max(1, read.values().size()));
      } else if (!read.negated() && PORTS.contains(read.key())) {
        product = Math.min(Integer.MAX_VALUE, product * read.portSets().size());
      }
    }
    if (product > Matching.MOST_RULES) {
      diagnostics.error(
          Code.LIMIT,
          position,
          "the lists make more than " + Matching.MOST_RULES + " kernel rules of one");
    }
    return product <= Matching.MOST_RULES;
  }

  /** Keys that iptables takes only together with others, and tcp's only with tcp. */
  private boolean checkCompanions() {
    boolean ok = true;
    for (Read read : clauses.all()) {
      if (read.key().extension().isPresent()) {
        ok &= checkCompanions(read.key(), read, read.key().extension().get());
      }
    }
    if (clauses.has(MatchKey.ALGO)
        && !clauses.has(MatchKey.STRING)
        && !clauses.has(MatchKey.HEX_STRING)) {
      missing(
          MatchKey.ALGO, clauses.positionOf(MatchKey.ALGO).orElse(position), "string or hexString");
      ok = false;
    }
    return ok;
  }

  private boolean checkCompanions(MatchKey key, Read read, MatchForm.InExtension in) {
    boolean ok = true;
    for (String needed : in.needs()) {
      if (!clauses.has(MatchKey.of(needed).orElseThrow())) {
        missing(key, read.clause().position(), needed);
        ok = false;
      }
    }
    Optional<Read> protocol = clauses.positive(MatchKey.PROTOCOL);
    boolean tcp = protocol.isPresent() && protocol.get().values().equals(List.of(Protocol.TCP));
    if (in.extension().equals("tcp") && !tcp) {
      diagnostics.error(
          Code.PROTOCOL,
          read.clause().position(),
          key.key() + " needs protocol: tcp in the same rule");
      ok = false;
    }
    return ok;
  }

  private void missing(MatchKey key, Position at, String needed) {
    diagnostics.error(Code.MISSING_KEY, at, key.key() + " needs " + needed + " in the same rule");
  }

  private boolean checkPortsHaveProtocol(Read ports) {
    Optional<Read> protocol = clauses.positive(MatchKey.PROTOCOL);
    String have = "; tcp, udp, sctp, dccp and udplite have ports";
    String key = ports.clause().key().key();
    if (protocol.isEmpty()) {
      diagnostics.error(
          Code.PROTOCOL,
          ports.clause().position(),
          key + " needs a protocol in the same rule" + have);
      return false;
    }
    for (Value value : protocol.get().values()) {
      if (value instanceof Protocol p && !p.hasPorts()) {
        diagnostics.error(
            Code.PROTOCOL, ports.clause().position(), key + ": " + p + " has no ports" + have);
        return false;
      }
    }
    return true;
  }

  private boolean checkIcmp(Read type, Protocol needed) {
    Optional<Read> protocol = clauses.positive(MatchKey.PROTOCOL);
    boolean other = protocol.isPresent() && !protocol.get().values().equals(List.of(needed));
    if (other || clauses.negative(MatchKey.PROTOCOL).isPresent()) {
      diagnostics.error(
          Code.PROTOCOL,
          type.clause().position(),
          type.key().key() + " is of protocol " + needed + ", and the rule has another");
      return false;
    }
    return true;
  }
}
