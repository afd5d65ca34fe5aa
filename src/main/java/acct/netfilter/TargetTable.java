package acct.netfilter;

import static acct.netfilter.Readers.TEXT;
import static acct.netfilter.Readers.decimal;
import static acct.netfilter.Readers.hex;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The targets whose options acct can read. A policy never has one; it is only that two live rules
 * which do the same are known to.
 */
final class TargetTable {
  private static final long U32 = 0xffffffffL;
  private static final int LOG_PREFIX_BYTES = 29;
  private static final int NFLOG_PREFIX_BYTES = 127;

  private static final List<String> LOG_LEVELS =
      List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");

  private static final Map<String, String> REJECT_TYPES =
      Map.ofEntries(
          Map.entry("net-unreach", "icmp-net-unreachable"),
          Map.entry("host-unreach", "icmp-host-unreachable"),
          Map.entry("proto-unreach", "icmp-proto-unreachable"),
          Map.entry("port-unreach", "icmp-port-unreachable"),
          Map.entry("net-prohib", "icmp-net-prohibited"),
          Map.entry("host-prohib", "icmp-host-prohibited"),
          Map.entry("admin-prohib", "icmp-admin-prohibited"),
          Map.entry("tcp-rst", "tcp-reset"));

  private static final Map<String, String> REJECT6_TYPES =
      Map.ofEntries(
          Map.entry("no-route", "icmp6-no-route"),
          Map.entry("adm-prohibited", "icmp6-adm-prohibited"),
          Map.entry("addr-unreach", "icmp6-addr-unreachable"),
          Map.entry("port-unreach", "icmp6-port-unreachable"),
          Map.entry("policy-fail", "icmp6-policy-fail"),
          Map.entry("reject-route", "icmp6-reject-route"),
          Map.entry("tcp-rst", "tcp-reset"));

  private static final Option XMARK = Option.of("--set-xmark", TargetTable::xmark);

  private static final Option NFMASK = Option.of("--nfmask", hex(U32, 1));
  private static final Option CTMASK = Option.of("--ctmask", hex(U32, 1));

  private static final Option[] MARKS = {
    XMARK,
    marking("--set-mark", TargetTable::setMark),
    marking("--and-mark", TargetTable::andMark),
    marking("--or-mark", TargetTable::orMark),
    marking("--xor-mark", TargetTable::xorMark)
  };

  private static final Map<String, Extension> BY_NAME = new HashMap<>();

  static {
    add(
        Extension.of(
            "LOG",
            Option.of("--log-prefix", cut(LOG_PREFIX_BYTES)),
            Option.of("--log-level", TargetTable::logLevel).vanishingAt("4"),
            Option.flag("--log-tcp-sequence"),
            Option.flag("--log-tcp-options"),
            Option.flag("--log-ip-options"),
            Option.flag("--log-uid"),
            Option.flag("--log-macdecode")));
    add(
        Extension.of(
            "NFLOG",
            Option.of("--nflog-prefix", cut(NFLOG_PREFIX_BYTES)),
            Option.of("--nflog-group", decimal(65_535)).vanishingAt("0"),
            Option.of("--nflog-range", decimal(U32)),
            Option.of("--nflog-size", decimal(U32)),
            Option.of("--nflog-threshold", decimal(65_535))));
    add(Extension.of("MARK", MARKS));
    Option[] connmark = new Option[MARKS.length + 5];
    System.arraycopy(MARKS, 0, connmark, 0, MARKS.length);
    connmark[MARKS.length] = Option.flag("--save-mark");
    connmark[MARKS.length + 1] = Option.flag("--restore-mark");
    connmark[MARKS.length + 2] = NFMASK;
    connmark[MARKS.length + 3] = CTMASK;
    connmark[MARKS.length + 4] = Option.of("--mask", hex(U32, 1));
    add(Extension.of("CONNMARK", connmark).finishedBy(TargetTable::fillMasks));
    add(
        Extension.of(
            "REJECT",
            Option.of(
                "--reject-with",
                (words, family) ->
                    new Text(
                        (family == Family.IPV4 ? REJECT_TYPES : REJECT6_TYPES)
                            .getOrDefault(words.get(0), words.get(0))))));
    add(
        Extension.of(
            "SET",
            Option.ofWords("--add-set", 2, Readers.WORDS),
            Option.ofWords("--del-set", 2, Readers.WORDS),
            Option.flag("--exist"),
            Option.of("--timeout", decimal(U32))));
    add(Extension.of("DSCP", Option.of("--set-dscp", hex(63, 2))));
    add(Extension.of("TOS", Option.of("--set-tos", Readers.TOS_BYTE)));
    add(
        Extension.of(
            "DNAT",
            Option.of("--to-destination", TEXT, "--to"),
            Option.flag("--random"),
            Option.flag("--persistent")));
    add(
        Extension.of(
            "SNAT",
            Option.of("--to-source", TEXT, "--to"),
            Option.flag("--random"),
            Option.flag("--random-fully"),
            Option.flag("--persistent")));
    add(
        Extension.of(
            "REDIRECT",
            Option.of("--to-ports", TEXT, "--to-port", "--to"),
            Option.flag("--random")));
  }

  private TargetTable() {}

  private static void add(Extension extension) {
    BY_NAME.put(extension.name(), extension);
  }

  /** The target of that name, if its options are known. */
  static Optional<Extension> extension(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  private static Option marking(String name, Option.Reader reader) {
    return Option.of(name, reader).standingFor(XMARK);
  }

  private static Value xmark(List<String> words, Family family) throws BadValueException {
    long[] pair = pair(words.get(0));
    return mark(pair[0], pair[1]);
  }

  private static Value setMark(List<String> words, Family family) throws BadValueException {
    long[] pair = pair(words.get(0));
    return mark(pair[0], pair[1] | pair[0]);
  }

  private static Value andMark(List<String> words, Family family) throws BadValueException {
    return mark(0, ~Numbers.unsigned(words.get(0), U32) & U32);
  }

  private static Value orMark(List<String> words, Family family) throws BadValueException {
    long bits = Numbers.unsigned(words.get(0), U32);
    return mark(bits, bits);
  }

  private static Value xorMark(List<String> words, Family family) throws BadValueException {
    return mark(Numbers.unsigned(words.get(0), U32), 0);
  }

  private static long[] pair(String word) throws BadValueException {
    int slash = word.indexOf('/');
    return slash < 0
        ? new long[] {Numbers.unsigned(word, U32), U32}
        : new long[] {
          Numbers.unsigned(word.substring(0, slash), U32),
          Numbers.unsigned(word.substring(slash + 1), U32)
        };
  }

  private static Value mark(long value, long mask) {
    return new Text(Readers.hexText(value, 1) + "/" + Readers.hexText(mask, 1));
  }

  private static Value logLevel(List<String> words, Family family) throws BadValueException {
    String word = words.get(0).toLowerCase(Locale.ROOT);
    for (int level = 0; level < LOG_LEVELS.size(); level++) {
      if (LOG_LEVELS.get(level).startsWith(word)) {
        return new Text(Integer.toString(level));
      }
    }
    return decimal(7).read(words, family);
  }

  /** iptables cuts silently what is too long. */
  private static Option.Reader cut(int bytes) {
    return (words, family) -> {
      String word = words.get(0);
      return new Text(word.length() > bytes ? word.substring(0, bytes) : word);
    };
  }

  private static void fillMasks(List<Match.Setting> settings, Family family) {
    Value mask = new Text("0xffffffff");
    boolean moves = false;
    for (Match.Setting setting : List.copyOf(settings)) {
      moves |= setting.option().name().endsWith("-mark") && setting.value() == Flag.SET;
      if (setting.option().name().equals("--mask")) {
        mask = setting.value();
        settings.remove(setting);
      }
    }
    for (Option option : List.of(NFMASK, CTMASK)) {
      Optional<Match.Setting> said =
          settings.stream().filter(setting -> setting.option().equals(option)).findFirst();
      // Both stand last and in this order, also where only the second was written.
      if (said.isPresent()) {
        settings.remove(said.get());
        settings.add(said.get());
      } else if (moves) {
        settings.add(new Match.Setting(option, false, mask));
      }
    }
  }
}
