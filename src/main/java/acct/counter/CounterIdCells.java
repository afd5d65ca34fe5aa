package acct.counter;

import acct.netfilter.ChainName;
import acct.netfilter.Family;
import acct.netfilter.TableName;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of a counter's identity: five cells of a line. */
public final class CounterIdCells {
  private static final int COUNT = 5;

  private static final String RULE = "rule";
  private static final String JUMP = "jump";
  private static final Pattern NUMBERED = Pattern.compile("(.+)#([1-9][0-9]{0,8})", Pattern.DOTALL);

  private CounterIdCells() {}

  /**
   * Family, table, chain, and then either {@code rule} and its label, or {@code jump TO} and what
   * it matches, {@code jump2 TO} for the second of equal ones, {@code jump? TO} where the match is
   * not known.
   */
  public static List<String> of(CounterId id) {
    return id.match(CELLS);
  }

  private static final CounterId.Cases<List<String>> CELLS =
      new CounterId.Cases<>() {
        @Override
        public List<String> rule(CounterId.Rule id) {
          return cells(id, RULE, id.label());
        }

        @Override
        public List<String> jump(CounterId.Jump id) {
          String number = id.number() == 1 ? "" : Integer.toString(id.number());
          String kind = JUMP + number + (id.match().isEmpty() ? "?" : "") + " " + id.to().value();
          return cells(id, kind, id.match().orElse(""));
        }
      };

  private static List<String> cells(CounterId id, String kind, String item) {
    return List.of(id.family().label(), id.table().value(), id.chain().value(), kind, item);
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException where they are none
   */
  public static CounterId read(List<String> cells) {
    if (cells.size() != COUNT) {
      throw new IllegalArgumentException("no counter: " + cells);
    }
    return read(
        cells.get(0),
        new TableName(cells.get(1)),
        new ChainName(cells.get(2)),
        cells.get(3),
        cells.get(4));
  }

  /**
   * Reads them.
   *
   * @throws IllegalArgumentException where they are none
   */
  public static CounterId read(
      String family, TableName table, ChainName chain, String kind, String item) {
    if (kind.equals(RULE)) {
      return new CounterId.Rule(family(family), table, chain, item);
    }
    int space = kind.indexOf(' ');
    if (space < 0 || !kind.startsWith(JUMP)) {
      throw new IllegalArgumentException("no kind of counter: " + kind);
    }
    String number = kind.substring(JUMP.length(), space);
    boolean known = !number.endsWith("?");
    number = known ? number : number.substring(0, number.length() - 1);
    return new CounterId.Jump(
        family(family),
        table,
        chain,
        new ChainName(kind.substring(space + 1)),
        known ? Optional.of(item) : Optional.empty(),
        number.isEmpty() ? 1 : Integer.parseInt(number));
  }

  /**
   * Reads the four cells of a version before there were kinds: what stands in a built-in chain is a
   * jump.
   *
   * @throws IllegalArgumentException where they are none
   */
  public static CounterId readWithoutKind(
      String family, TableName table, ChainName chain, String item) {
    if (!chain.isBuiltIn()) {
      return new CounterId.Rule(family(family), table, chain, item);
    }
    Matcher numbered = NUMBERED.matcher(item);
    boolean isNumbered = numbered.matches();
    return new CounterId.Jump(
        family(family),
        table,
        chain,
        new ChainName(isNumbered ? numbered.group(1) : item),
        Optional.empty(),
        isNumbered ? Integer.parseInt(numbered.group(2)) : 1);
  }

  private static Family family(String label) {
    return Family.of(label).orElseThrow(() -> new IllegalArgumentException("no family: " + label));
  }
}
