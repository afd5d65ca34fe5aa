package acct.render;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Moments as a person reads them, to the minute or the second, with their distance from UTC. Not by
 * a formatter, and without the zone's name, which both take long to start.
 */
public final class TimeText {
  private static final int MINUTES = 16;
  private static final int SECONDS = 19;

  private final ZoneId zone;

  /** Moments in a zone. */
  public TimeText(ZoneId zone) {
    this.zone = zone;
  }

  /** {@code 2026-11-14 03:12 UTC}, {@code 2026-11-14 04:12 +01:00}. */
  public String minutes(Instant instant) {
    return text(instant, MINUTES) + " " + offset(instant);
  }

  /** {@code 2026-11-14 03:12:00 UTC}. */
  public String seconds(Instant instant) {
    return text(instant, SECONDS) + " " + offset(instant);
  }

  private String text(Instant instant, int length) {
    LocalDateTime local =
        LocalDateTime.ofEpochSecond(
            instant.getEpochSecond(), 0, zone.getRules().getOffset(instant));
    // A whole minute is printed without its seconds.
    String text = (local + ":00").substring(0, SECONDS);
    return text.substring(0, length).replace('T', ' ');
  }

  private String offset(Instant instant) {
    ZoneOffset offset = zone.getRules().getOffset(instant);
    return offset.equals(ZoneOffset.UTC) ? "UTC" : offset.getId();
  }
}
