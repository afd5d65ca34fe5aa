package acct.netfilter;

import static acct.netfilter.Readers.TEXT;
import static acct.netfilter.Readers.decimal;
import static acct.netfilter.Readers.range;

import java.util.List;
import java.util.Map;

/** Matches of what netfilter remembers: connections, rates, sets, accounting objects. */
final class ConnectionMatches {
  private static final List<String> STATES =
      List.of("INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT");
  private static final List<String> STATUSES =
      List.of("NONE", "EXPECTED", "SEEN_REPLY", "ASSURED", "CONFIRMED");
  private static final long U32 = 0xffffffffL;
  private static final long LIMIT_SCALE = 10_000;
  private static final long HASHLIMIT_SCALE = 1_000_000;

  private static final Extension CONNTRACK =
      Extension.of(
              "conntrack",
              Option.of("--ctstate", Readers.set(STATES, Map.of()), "--state"),
              Option.of("--ctproto", Readers.PROTOCOL_NUMBER),
              Option.of("--ctorigsrc", Readers.ADDRESS_WITH_MASK),
              Option.of("--ctorigdst", Readers.ADDRESS_WITH_MASK),
              Option.of("--ctreplsrc", Readers.ADDRESS_WITH_MASK),
              Option.of("--ctrepldst", Readers.ADDRESS_WITH_MASK),
              Option.of("--ctorigsrcport", Readers.PORT_RANGE),
              Option.of("--ctorigdstport", Readers.PORT_RANGE),
              Option.of("--ctreplsrcport", Readers.PORT_RANGE),
              Option.of("--ctrepldstport", Readers.PORT_RANGE),
              Option.of("--ctstatus", Readers.set(STATUSES, Map.of())),
              Option.of("--ctexpire", range(U32)),
              Option.of("--ctdir", Readers.name(List.of("ORIGINAL", "REPLY"), Map.of())))
          .switchingOn(KernelFeature.CONNTRACK);

  private static final Option LIMIT =
      Option.of("--limit", (words, family) -> Rate.read(words.get(0), LIMIT_SCALE));

  private static final Option PACKET = Option.of("--packet", decimal(U32));

  private static final Option HASH_UPTO =
      Option.of("--hashlimit-upto", ConnectionMatches::hashRate, "--hashlimit");
  private static final Option HASH_ABOVE =
      Option.of("--hashlimit-above", ConnectionMatches::hashRate);

  /**
   * A rule that remembers more hits than the list of that name does so far empties the list when it
   * is loaded, and one that says no number remembers 32; one hit means the same, and never more
   * (EffectsIT).
   */
  private static final Option HITCOUNT = Option.of("--hitcount", decimal(U32));

  /**
   * A set with counters counts each match, and others may test its counters; with {@code !} it does
   * not, and a set without counters takes that too (EffectsIT). In a list of sets, that goes for
   * its members.
   */
  private static final Option UPDATE_COUNTERS =
      Option.flag("--update-counters").writing(Option.Writes.UNLESS_NEGATED);

  static final List<Extension> ALL =
      List.of(
          CONNTRACK,
          Extension.of("connmark", Option.of("--mark", Readers.MARK))
              .switchingOn(KernelFeature.CONNTRACK),
          Extension.of("helper", Option.of("--helper", TEXT)).switchingOn(KernelFeature.CONNTRACK),
          Extension.of(
                  "connlabel",
                  Option.of("--label", TEXT),
                  Option.flag("--set").writing(Option.Writes.ALWAYS))
              .switchingOn(KernelFeature.CONNTRACK),
          Extension.of(
                  "connbytes",
                  Option.of("--connbytes", ConnectionMatches::openRange),
                  Option.of(
                      "--connbytes-mode",
                      Readers.name(List.of("packets", "bytes", "avgpkt"), Map.of())),
                  Option.of(
                      "--connbytes-dir",
                      Readers.name(List.of("original", "reply", "both"), Map.of())))
              .switchingOn(KernelFeature.CONNTRACK),
          Extension.of(
                  "connlimit",
                  Option.of("--connlimit-upto", decimal(U32)),
                  Option.of("--connlimit-above", decimal(U32)),
                  Option.of("--connlimit-mask", decimal(128)),
                  Option.flag("--connlimit-saddr").vanishingAt(Flag.SET),
                  Option.flag("--connlimit-daddr"))
              .finishedBy(
                  (settings, family) ->
                      dropDefault(
                          settings, "--connlimit-mask", Integer.toString(family.addressBits())))
              .switchingOn(KernelFeature.CONNTRACK)
              .remembering(),
          Extension.of("limit", LIMIT, Option.of("--limit-burst", decimal(10_000)).vanishingAt("5"))
              .finishedBy(ConnectionMatches::finishLimit)
              .remembering(),
          Extension.of(
                  "hashlimit",
                  HASH_UPTO,
                  HASH_ABOVE,
                  Option.of("--hashlimit-burst", TEXT).vanishingAt("5"),
                  Option.of(
                      "--hashlimit-mode",
                      Readers.set(List.of("srcip", "srcport", "dstip", "dstport"), Map.of())),
                  Option.of("--hashlimit-name", TEXT),
                  Option.of("--hashlimit-htable-size", decimal(U32)),
                  Option.of("--hashlimit-htable-max", decimal(U32)),
                  Option.of("--hashlimit-htable-gcinterval", decimal(U32)).vanishingAt("1000"),
                  Option.of("--hashlimit-htable-expire", decimal(U32)),
                  Option.of("--hashlimit-srcmask", decimal(128)),
                  Option.of("--hashlimit-dstmask", decimal(128)),
                  Option.flag("--hashlimit-rate-match"),
                  Option.of("--hashlimit-rate-interval", decimal(U32)).vanishingAt("1"))
              .finishedBy(ConnectionMatches::finishHashlimit)
              .remembering(),
          Extension.of("quota", Option.of("--quota", ConnectionMatches::quota)).remembering(),
          Extension.of(
                  "statistic",
                  Option.of("--mode", Readers.name(List.of("random", "nth"), Map.of())),
                  Option.of("--probability", Readers.PROBABILITY),
                  Option.of("--every", decimal(U32)),
                  PACKET)
              .finishedBy(ConnectionMatches::finishStatistic)
              .remembering(),
          Extension.of(
                  "recent",
                  Option.flag("--set").writing(Option.Writes.ALWAYS),
                  Option.flag("--rcheck"),
                  Option.flag("--update").writing(Option.Writes.ALWAYS),
                  Option.flag("--remove").writing(Option.Writes.ALWAYS),
                  Option.of("--seconds", decimal(U32)),
                  Option.flag("--reap").writing(Option.Writes.ALWAYS),
                  HITCOUNT,
                  Option.flag("--rttl"),
                  Option.of("--name", TEXT).vanishingAt("DEFAULT"),
                  Option.of("--mask", ConnectionMatches::address),
                  Option.flag("--rsource").vanishingAt(Flag.SET),
                  Option.flag("--rdest"))
              .finishedBy(
                  (settings, family) ->
                      dropDefault(
                          settings,
                          "--mask",
                          family == Family.IPV4
                              ? "255.255.255.255"
                              : "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))
              .guardedBy(new Match.Setting(HITCOUNT, false, new Text("1")))
              .inOrder(),
          Extension.of("nfacct", Option.of("--nfacct-name", ConnectionMatches::nfacctName))
              .with(Effect.NAMED_OBJECT)
              .inOrder(),
          Extension.of(
                  "set",
                  Option.ofWords("--match-set", 2, Readers.WORDS, "--set"),
                  Option.flag("--return-nomatch"),
                  UPDATE_COUNTERS,
                  Option.flag("--update-subcounters").writing(Option.Writes.UNLESS_NEGATED),
                  Option.of("--packets-eq", decimal(Long.MAX_VALUE)),
                  Option.of("--packets-lt", decimal(Long.MAX_VALUE)),
                  Option.of("--packets-gt", decimal(Long.MAX_VALUE)),
                  Option.of("--bytes-eq", decimal(Long.MAX_VALUE)),
                  Option.of("--bytes-lt", decimal(Long.MAX_VALUE)),
                  Option.of("--bytes-gt", decimal(Long.MAX_VALUE)))
              .guardedBy(new Match.Setting(UPDATE_COUNTERS, true, Flag.SET))
              .inOrder());

  private ConnectionMatches() {}

  /** NFACCT_NAME_MAX less its end; iptables cuts the rest silently. */
  private static Value nfacctName(List<String> words, Family family) {
    String name = words.get(0);
    return new Text(name.length() > 31 ? name.substring(0, 31) : name);
  }

  /** The extension that {@code state} is another name of. */
  static Extension conntrack() {
    return CONNTRACK;
  }

  /** {@code a:} and {@code a} are the same here: from a up. */
  private static Value openRange(List<String> words, Family family) throws BadValueException {
    String word = words.get(0);
    int colon = word.indexOf(':');
    String from = colon < 0 ? word : word.substring(0, colon);
    String to = colon < 0 ? "" : word.substring(colon + 1);
    long first = from.isEmpty() ? 0 : Numbers.unsigned(from, Long.MAX_VALUE);
    // 1.4.7 keeps 32 bits and prints them for "no end".
    boolean open = to.isEmpty() || Numbers.unsigned(to, Long.MAX_VALUE) == U32;
    return new Text(
        open ? Long.toString(first) : first + ":" + Numbers.unsigned(to, Long.MAX_VALUE));
  }

  private static Value quota(List<String> words, Family family) throws BadValueException {
    String word = words.get(0);
    // Up to 64 bits unsigned, which a long does not hold as a positive number.
    if (word.matches("[1-9][0-9]{18,19}")) {
      try {
        return new Text(Long.toUnsignedString(Long.parseUnsignedLong(word)));
      } catch (NumberFormatException e) {
        throw new BadValueException("\"" + word + "\" is not a number of 64 bits");
      }
    }
    return decimal(Long.MAX_VALUE).read(words, family);
  }

  private static Value address(List<String> words, Family family) throws BadValueException {
    String text = Prefix.lenient(words.get(0), family).text();
    return new Text(text.substring(0, text.indexOf('/')));
  }

  private static void dropDefault(List<Match.Setting> settings, String option, String value) {
    settings.removeIf(
        setting ->
            setting.option().name().equals(option) && setting.value().equals(new Text(value)));
  }

  private static void finishLimit(List<Match.Setting> settings, Family family)
      throws BadValueException {
    dropDefault(settings, "--limit-burst", "0");
    if (settings.stream().noneMatch(setting -> setting.option().equals(LIMIT))) {
      settings.add(0, new Match.Setting(LIMIT, false, Rate.read("3/hour", LIMIT_SCALE)));
    }
  }

  /**
   * iptables 1.8 refuses --every without --packet (CanonicalFormIT); where it does not, it is 0.
   */
  private static void finishStatistic(List<Match.Setting> settings, Family family) {
    boolean every = settings.stream().anyMatch(one -> one.option().name().equals("--every"));
    if (every && settings.stream().noneMatch(one -> one.option().equals(PACKET))) {
      settings.add(new Match.Setting(PACKET, false, new Text("0")));
    }
  }

  /** Packets in a time, or {@code 1mb/s}: bytes a second. */
  private static Value hashRate(List<String> words, Family family) throws BadValueException {
    String word = words.get(0);
    int slash = word.indexOf('/');
    String amount = slash < 0 ? word : word.substring(0, slash);
    if (!amount.endsWith("b")) {
      return Rate.read(word, HASHLIMIT_SCALE);
    }
    char unit = amount.length() > 1 ? amount.charAt(amount.length() - 2) : 'b';
    int shift = unit == 'k' ? 10 : unit == 'm' ? 20 : 0;
    String number = amount.substring(0, amount.length() - (shift == 0 ? 1 : 2));
    long bytes = Numbers.unsigned(number, 1L << 32) << shift;
    for (int up = 20; up > 0; up -= 10) {
      if (bytes > 0 && bytes % (1L << up) == 0) {
        return new Text((bytes >> up) + (up == 20 ? "mb/s" : "kb/s"));
      }
    }
    return new Text(bytes + "b/s");
  }

  private static void finishHashlimit(List<Match.Setting> settings, Family family) {
    settings.replaceAll(
        setting ->
            setting.negated() && setting.option().equals(HASH_UPTO)
                ? new Match.Setting(HASH_ABOVE, false, setting.value())
                : setting);
    // The default is how long one unit of the rate is, and versions differ in when they print it:
    // what is written is left as it is, but for the second that 1.4.7 prints and later ones do not.
    dropDefault(settings, "--hashlimit-htable-expire", "1000");
    dropDefault(settings, "--hashlimit-htable-expire", "60000");
  }
}
