package acct.counter;

import acct.netfilter.ChainName;
import acct.netfilter.Counters;
import acct.netfilter.TableName;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * The ledger as a file: a line for each counter, its cells between tabs, and a last line with their
 * number and a check sum, so that a file that is not whole is not believed. Text, and not JSON,
 * since {@code acct show} reads ten thousand of them at every start.
 */
public final class LedgerText {
  private static final String HEAD = "acct-ledger 3";

  /** Written before jumps were told apart by what they match. */
  private static final String WITHOUT_KINDS = "acct-ledger 2";

  /** Written before there was a line for what is settled. */
  private static final String OLD_HEAD = "acct-ledger 1";

  private static final String SETTLED = "settled\t";
  private static final String ENTRY = "counter";
  private static final String CLOSED = "closed";
  private static final int CELLS = 15;
  private static final int MOST_DIGITS = 40;
  private static final int MOST_SHOWN = 200;
  private static final long LAST_SECOND = 253_402_300_799L;

  /** The text is not a ledger, or not a whole one. */
  public static final class BadLedgerException extends Exception {
    private static final long serialVersionUID = 1L;

    BadLedgerException(String message) {
      super(message);
    }
  }

  private LedgerText() {}

  /** The text of a ledger. */
  public static String write(Ledger ledger) {
    StringBuilder out = new StringBuilder(HEAD).append('\n');
    out.append("epoch\t").append(escaped(ledger.epoch())).append('\n');
    out.append("at\t").append(ledger.at().getEpochSecond()).append('\n');
    out.append(SETTLED).append(escaped(ledger.settled())).append('\n');
    ledger.entries().forEach((address, entry) -> write(ENTRY, address, entry, out));
    ledger.closed().forEach((address, entry) -> write(CLOSED, address, entry, out));
    int lines = ledger.entries().size() + ledger.closed().size();
    String body = out.toString();
    return body + "end\t" + lines + "\t" + sum(body) + "\n";
  }

  private static void write(String kind, CounterId address, Entry entry, StringBuilder out) {
    out.append(kind);
    CounterIdCells.of(address).forEach(cell -> out.append('\t').append(escaped(cell)));
    out.append('\t').append(entry.base().packets()).append('\t').append(entry.base().bytes());
    out.append('\t').append(Long.toUnsignedString(entry.seen().packets()));
    out.append('\t').append(Long.toUnsignedString(entry.seen().bytes()));
    out.append('\t').append(entry.since().getEpochSecond());
    out.append('\t').append(entry.begunThen() ? "begun" : "found");
    out.append('\t').append(entry.resets());
    out.append('\t').append(entry.lastReset().map(Instant::getEpochSecond).orElse(0L));
    out.append('\t').append(escaped(entry.policyName().orElse("")));
    out.append('\n');
  }

  static String sum(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(sum.getValue());
  }

  static String escaped(String text) {
    return text.replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  static String plain(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        char next = text.charAt(i);
        out.append(
            switch (next) {
              case 't' -> '\t';
              case 'n' -> '\n';
              case 'r' -> '\r';
              default -> next;
            });
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** Reads one. */
  public static Ledger read(String text) throws BadLedgerException {
    int end = text.lastIndexOf("\nend\t") + 1;
    String body = text.substring(0, end);
    String[] last = text.substring(end).strip().split("\t");
    List<String> lines = List.of(body.split("\n"));
    String head = lines.isEmpty() ? "" : lines.get(0);
    if (!List.of(HEAD, WITHOUT_KINDS, OLD_HEAD).contains(head)) {
      throw new BadLedgerException("it does not begin with \"" + HEAD + "\"");
    }
    if (last.length != 3 || !last[2].equals(sum(body))) {
      throw new BadLedgerException("its check sum is not right, so it is not whole");
    }
    try {
      String epoch = plain(lines.get(1).split("\t", -1)[1]);
      Instant at = time(lines.get(2).split("\t", -1)[1]);
      Map<CounterId, Entry> entries = new LinkedHashMap<>();
      Map<CounterId, Entry> closed = new LinkedHashMap<>();
      String name = "";
      ChainName chain = new ChainName("-");
      boolean old = head.equals(OLD_HEAD);
      boolean kinds = head.equals(HEAD);
      String settled = old ? "" : plain(lines.get(3).substring(SETTLED.length()));
      for (String line : lines.subList(old ? 3 : 4, lines.size())) {
        List<String> cells = cells(line, kinds ? CELLS : CELLS - 1);
        if (!cells.get(3).equals(name)) {
          name = cells.get(3);
          chain = new ChainName(plain(name));
        }
        (cells.get(0).equals(CLOSED) ? closed : entries)
            .put(id(cells, chain, kinds), entry(cells.subList(kinds ? 6 : 5, cells.size())));
      }
      return new Ledger(epoch, at, entries, closed, settled);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      String message = String.valueOf(e.getMessage());
      throw new BadLedgerException(
          "one of its lines can't be read: "
              + message.substring(0, Math.min(MOST_SHOWN, message.length())));
    }
  }

  private static List<String> cells(String line, int count) {
    List<String> cells = new ArrayList<>(CELLS);
    int from = 0;
    int tab = line.indexOf('\t');
    while (tab >= 0) {
      cells.add(line.substring(from, tab));
      from = tab + 1;
      tab = line.indexOf('\t', from);
    }
    cells.add(line.substring(from));
    if (cells.size() != count) {
      throw new IllegalArgumentException(line);
    }
    return cells;
  }

  private static CounterId id(List<String> cells, ChainName chain, boolean kinds) {
    TableName table = new TableName(plain(cells.get(2)));
    return kinds
        ? CounterIdCells.read(cells.get(1), table, chain, plain(cells.get(4)), plain(cells.get(5)))
        : CounterIdCells.readWithoutKind(cells.get(1), table, chain, plain(cells.get(4)));
  }

  /** Seconds since 1970, to the year 9999: what is beyond was not written by acct. */
  static Instant time(String seconds) {
    long since = Long.parseLong(seconds);
    if (since < 0 || since > LAST_SECOND) {
      throw new IllegalArgumentException("no time of acct's: " + seconds);
    }
    return Instant.ofEpochSecond(since);
  }

  private static int count(String digits) {
    int count = Integer.parseInt(digits);
    if (count < 0) {
      throw new IllegalArgumentException("no count: " + digits);
    }
    return count;
  }

  /** Of few digits: to read millions takes minutes. */
  private static BigInteger number(String digits) {
    if (digits.length() > MOST_DIGITS) {
      throw new IllegalArgumentException("a number of " + digits.length() + " digits");
    }
    return digits.equals("0") ? BigInteger.ZERO : new BigInteger(digits);
  }

  private static Entry entry(List<String> cells) {
    return new Entry(
        new Amount(number(cells.get(0)), number(cells.get(1))),
        new Counters(Long.parseUnsignedLong(cells.get(2)), Long.parseUnsignedLong(cells.get(3))),
        time(cells.get(4)),
        cells.get(5).equals("begun"),
        count(cells.get(6)),
        cells.get(7).equals("0") ? Optional.empty() : Optional.of(time(cells.get(7))),
        cells.get(8).isEmpty() ? Optional.empty() : Optional.of(plain(cells.get(8))));
  }
}
