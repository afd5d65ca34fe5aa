package acct.counter;

import acct.counter.LedgerText.BadLedgerException;
import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A pending apply, undo or zero as a file: lines of cells between tabs, and a check sum. */
public final class PendingText {
  private static final String HEAD = "acct-pending 2";

  private PendingText() {}

  /** The text of one. */
  public static String write(Pending pending) {
    StringBuilder out = new StringBuilder(HEAD).append('\n');
    line(
        out,
        "begun",
        pending.id(),
        pending.command(),
        pending.epoch(),
        Long.toString(pending.at().getEpochSecond()),
        pending.prepared() ? "prepared" : "");
    line(out, "owners", pending.owners());
    for (Pending.Part part : pending.parts()) {
      line(
          out,
          "part",
          part.family().label(),
          part.table().value(),
          part.before(),
          part.marker().map(ChainName::value).orElse(""));
      part.transitions().forEach(transition -> transition(out, transition));
    }
    for (Pending.Shadow shadow : pending.shadows()) {
      line(
          out,
          "shadow",
          cells(shadow.from()),
          List.of(shadow.chain().value()),
          cells(shadow.constant()),
          cells(shadow.start()));
    }
    String body = out.toString();
    return body + "end\t" + LedgerText.sum(body) + "\n";
  }

  /** A transition as one line of cells, without a newline. */
  public static String line(Transition transition) {
    StringBuilder out = new StringBuilder();
    transition(out, transition);
    return out.substring(0, out.length() - 1);
  }

  /** Reads such a line. */
  public static Transition transition(String line) throws BadLedgerException {
    try {
      Reader reader = new Reader(List.of());
      return reader.transition(reader.next(line));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new BadLedgerException("\"" + line + "\" is no transition of a counter");
    }
  }

  private static void transition(StringBuilder out, Transition transition) {
    transition.match(
        new Transition.Cases<StringBuilder>() {
          @Override
          public StringBuilder chainRenamed(Transition.ChainRenamed one) {
            return line(
                out,
                "renamed",
                one.family().label(),
                one.table().value(),
                one.from().value(),
                one.to().value());
          }

          @Override
          public StringBuilder ended(Transition.Ended one) {
            return line(out, "ended", cells(one.address()), cells(one.last()));
          }

          @Override
          public StringBuilder begun(Transition.Begun one) {
            return line(out, "new", cells(one.address()));
          }

          @Override
          public StringBuilder carried(Transition.Carried one) {
            return line(out, "carried", cells(one.from()), cells(one.to()), cells(one.last()));
          }

          @Override
          public StringBuilder revived(Transition.Revived one) {
            return line(out, "revived", cells(one.address()), cells(one.start()));
          }

          @Override
          public StringBuilder zeroed(Transition.Zeroed one) {
            return line(out, "zeroed", cells(one.address()), cells(one.last()));
          }

          @Override
          public StringBuilder rebased(Transition.Rebased one) {
            return line(out, "rebased", cells(one.address()), cells(one.last()));
          }
        });
  }

  private static List<String> cells(CounterId address) {
    return CounterIdCells.of(address);
  }

  private static List<String> cells(Counters counters) {
    return counters.known()
        ? List.of(
            Long.toUnsignedString(counters.packets()), Long.toUnsignedString(counters.bytes()))
        : List.of("?", "?");
  }

  @SafeVarargs
  private static StringBuilder line(StringBuilder out, String kind, List<String>... groups) {
    List<String> cells = new ArrayList<>();
    for (List<String> group : groups) {
      cells.addAll(group);
    }
    return line(out, kind, cells.toArray(String[]::new));
  }

  private static StringBuilder line(StringBuilder out, String kind, String... cells) {
    out.append(kind);
    for (String cell : cells) {
      out.append('\t').append(LedgerText.escaped(cell));
    }
    return out.append('\n');
  }

  /** Reads one. */
  public static Pending read(String text) throws BadLedgerException {
    int end = text.lastIndexOf("\nend\t") + 1;
    String body = text.substring(0, end);
    boolean whole =
        body.startsWith(HEAD + "\n")
            && text.substring(end).equals("end\t" + LedgerText.sum(body) + "\n");
    if (!whole) {
      throw new BadLedgerException("it is not whole");
    }
    try {
      return new Reader(List.of(body.split("\n"))).read();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new BadLedgerException("one of its lines can't be read");
    }
  }

  private static final class Reader {
    private final List<String> lines;
    private List<String> cells = List.of();
    private int at;

    Reader(List<String> lines) {
      this.lines = lines;
    }

    private String cell() {
      return LedgerText.plain(cells.get(at++));
    }

    private CounterId address() {
      return CounterIdCells.read(
          cell(), new TableName(cell()), new ChainName(cell()), cell(), cell());
    }

    private Family family() {
      String label = cell();
      return Family.of(label).orElseThrow(() -> new IllegalArgumentException(label));
    }

    private Counters counters() {
      String packets = cell();
      String bytes = cell();
      return packets.equals("?")
          ? Counters.UNKNOWN
          : new Counters(Long.parseUnsignedLong(packets), Long.parseUnsignedLong(bytes));
    }

    Pending read() {
      List<Pending.Part> heads = new ArrayList<>();
      List<List<Transition>> transitions = new ArrayList<>();
      List<Pending.Shadow> shadows = new ArrayList<>();
      next(lines.get(1));
      String id = cell();
      String command = cell();
      String epoch = cell();
      Instant begun = LedgerText.time(cell());
      boolean prepared = cell().equals("prepared");
      next(lines.get(2));
      List<String> owners = new ArrayList<>();
      while (at < cells.size()) {
        owners.add(cell());
      }
      for (String line : lines.subList(3, lines.size())) {
        String kind = next(line);
        switch (kind) {
          case "part" -> {
            heads.add(part());
            transitions.add(new ArrayList<>());
          }
          case "shadow" ->
              shadows.add(
                  new Pending.Shadow(address(), new ChainName(cell()), counters(), counters()));
          default -> transitions.get(transitions.size() - 1).add(transition(kind));
        }
      }
      List<Pending.Part> parts = new ArrayList<>();
      for (int i = 0; i < heads.size(); i++) {
        parts.add(heads.get(i).with(transitions.get(i)));
      }
      return new Pending(id, command, owners, epoch, begun, parts, prepared, shadows);
    }

    private String next(String line) {
      cells = List.of(line.split("\t", -1));
      at = 1;
      return cells.get(0);
    }

    private Pending.Part part() {
      Family family = family();
      TableName table = new TableName(cell());
      String before = cell();
      String marker = cell();
      return new Pending.Part(
          family,
          table,
          before,
          marker.isEmpty() ? Optional.empty() : Optional.of(new ChainName(marker)),
          List.of());
    }

    private Transition transition(String kind) {
      return switch (kind) {
        case "renamed" ->
            new Transition.ChainRenamed(
                family(), new TableName(cell()), new ChainName(cell()), new ChainName(cell()));
        case "ended" -> new Transition.Ended(address(), counters());
        case "new" -> new Transition.Begun(address());
        case "carried" -> new Transition.Carried(address(), address(), counters());
        case "revived" -> new Transition.Revived(address(), counters());
        case "zeroed" -> new Transition.Zeroed(address(), counters());
        case "rebased" -> new Transition.Rebased(address(), counters());
        default -> throw new IllegalArgumentException(kind);
      };
    }
  }
}
