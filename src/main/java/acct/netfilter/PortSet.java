package acct.netfilter;

import java.util.ArrayList;
import java.util.List;

/**
 * Ports that one multiport match takes. Their order and repeats mean nothing, though the kernel
 * keeps both: here they are sorted, and what overlaps or touches is one range.
 */
public record PortSet(List<PortRange> ranges) implements Value {
  /** XT_MULTI_PORTS: a port takes one slot, a range two. */
  public static final int MAX_SLOTS = 15;

  public PortSet {
    if (ranges.isEmpty()) {
      throw new IllegalArgumentException("no ports");
    }
    List<PortRange> sorted = new ArrayList<>(ranges);
    sorted.sort(null);
    List<PortRange> merged = new ArrayList<>();
    for (PortRange range : sorted) {
      PortRange before = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (before != null && range.first() <= before.last() + 1) {
        merged.set(
            merged.size() - 1,
            new PortRange(before.first(), Math.max(before.last(), range.last())));
      } else {
        merged.add(range);
      }
    }
    ranges = List.copyOf(merged);
  }

  /** Reads {@code 80,443,1000:2000} as iptables does. */
  public static PortSet lenient(String text) throws BadValueException {
    List<PortRange> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      ranges.add(PortRange.lenient(part));
    }
    return new PortSet(ranges);
  }

  /** How much of the kernel's fixed list they fill. */
  public int slots() {
    int slots = 0;
    for (PortRange range : ranges) {
      slots += range.first() == range.last() ? 1 : 2;
    }
    return slots;
  }

  @Override
  public List<String> words() {
    return List.of(toString());
  }

  @Override
  public String toString() {
    StringBuilder out = new StringBuilder();
    for (PortRange range : ranges) {
      out.append(out.length() == 0 ? "" : ",").append(range);
    }
    return out.toString();
  }
}
