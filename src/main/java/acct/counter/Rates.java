package acct.counter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How fast counters grow, and how fast they grew in the last minute. Immutable. */
public final class Rates {
  /** How many intervals are remembered. */
  public static final int REMEMBERED = 60;

  private static final double NANOS = 1e9;
  private static final double BITS = 8;

  private final Map<Key, Track> tracks;
  private final List<Key> order;

  private Rates(Map<Key, Track> tracks, List<Key> order) {
    this.tracks = tracks;
    this.order = order;
  }

  /** Before the first reading. */
  public static final Rates NONE = new Rates(Map.of(), List.of());

  private record Key(UsageTable.Section section, String rule) {
    static Key of(UsageTable.Section section, UsageTable.Row row) {
      UsageTable.Section bare =
          new UsageTable.Section(
              section.policy(),
              section.table(),
              section.chain(),
              section.family(),
              Set.of(),
              List.of(),
              new UsageTable.Row("", Amount.ZERO, 0, 0, Optional.empty(), 0, Optional.empty()),
              List.of());
      return new Key(bare, row.name());
    }
  }

  /**
   * A counter over time.
   *
   * @param section the chain, without its rows
   * @param total what it has come to
   * @param fromBaseline what it has come to since the user set the baseline
   * @param packets a second, in the last interval
   * @param bits a second, on the network layer
   * @param history bits a second of up to sixty intervals, the last at the end
   */
  public record Track(
      UsageTable.Section section,
      String rule,
      Amount total,
      Amount fromBaseline,
      double packets,
      double bits,
      List<Double> history) {
    public Track {
      history = List.copyOf(history);
    }
  }

  /**
   * After another reading.
   *
   * @param nanos since the last one
   */
  public Rates next(UsageTable table, long nanos) {
    Map<Key, Track> next = new HashMap<>();
    List<Key> keys = new ArrayList<>();
    for (UsageTable.Section section : table.sections()) {
      for (UsageTable.Row row : section.rows()) {
        Key key = Key.of(section, row);
        keys.add(key);
        Track before = tracks.get(key);
        next.put(key, before == null ? first(key, row) : later(before, row, nanos));
      }
    }
    return new Rates(next, keys);
  }

  private static Track first(Key key, UsageTable.Row row) {
    return new Track(key.section(), key.rule(), row.amount(), Amount.ZERO, 0, 0, List.of());
  }

  private static Track later(Track before, UsageTable.Row row, long nanos) {
    Amount more = row.amount().minus(before.total());
    double seconds = nanos / NANOS;
    double packets = more.packets().doubleValue() / seconds;
    double bits = more.bytes().doubleValue() * BITS / seconds;
    List<Double> history = new ArrayList<>(before.history());
    history.add(bits);
    if (history.size() > REMEMBERED) {
      history.remove(0);
    }
    return new Track(
        before.section(),
        before.rule(),
        row.amount(),
        before.fromBaseline().plus(more),
        packets,
        bits,
        history);
  }

  /** The same with what was counted from now on alone. */
  public Rates baseline() {
    Map<Key, Track> next = new HashMap<>();
    tracks.forEach(
        (key, track) ->
            next.put(
                key,
                new Track(
                    track.section(),
                    track.rule(),
                    track.total(),
                    Amount.ZERO,
                    track.packets(),
                    track.bits(),
                    track.history())));
    return new Rates(next, order);
  }

  /** All of them, in the policy's order. */
  public List<Track> tracks() {
    List<Track> all = new ArrayList<>(order.size());
    for (Key key : order) {
      all.add(tracks.get(key));
    }
    return all;
  }
}
