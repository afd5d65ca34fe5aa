package acct.netfilter;

import java.util.List;
import java.util.Map;

/**
 * {@code -m policy}: how IPsec treats the packet. One element; several ({@code --next}) are opaque.
 */
final class PolicyMatch {
  private static final Option POL =
      Option.of("--pol", Readers.name(List.of("ipsec", "none"), Map.of()));

  static final Extension EXTENSION =
      Extension.of(
              "policy",
              Option.of("--dir", Readers.name(List.of("in", "out"), Map.of())),
              POL,
              Option.flag("--strict"),
              Option.of("--reqid", Readers.decimal(0xffffffffL)),
              Option.of("--spi", Readers.hex(0xffffffffL, 1)),
              Option.of("--proto", Readers.PROTOCOL),
              Option.of("--mode", Readers.name(List.of("transport", "tunnel"), Map.of())),
              Option.of("--tunnel-dst", Readers.ADDRESS_WITH_MASK),
              Option.of("--tunnel-src", Readers.ADDRESS_WITH_MASK))
          .finishedBy(PolicyMatch::fillPol);

  private PolicyMatch() {}

  private static void fillPol(List<Match.Setting> settings, Family family) {
    if (settings.stream().noneMatch(setting -> setting.option().equals(POL))) {
      settings.add(Math.min(1, settings.size()), new Match.Setting(POL, false, new Text("ipsec")));
    }
  }
}
