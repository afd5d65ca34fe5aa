package acct.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.counter.LedgerText;
import acct.counter.PendingText;
import acct.render.LogView;
import acct.render.TimeText;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A damaged line is passed over and counted, and never a stack trace. */
class DamagedJournalTest {
  private static final String BEGIN =
      "{\"formatVersion\":\"1.1\",\"event\":\"begin\",\"id\":\"a\",\"time\":\"2026-01-01T00:00:00Z\","
          + "\"command\":\"apply\",\"user\":\"root\",\"policies\":[\"p\"],\"changes\":[{\"action\":"
          + "\"remove\",\"address\":\"ipv4/filter/A/x\",\"counter\":{\"fate\":\"ended\","
          + "\"packets\":5,\"bytes\":\"18446744073709551615\"}}],\"undo\":[{\"family\":\"ipv4\","
          + "\"table\":\"filter\",\"commands\":[{\"command\":\"insert\",\"chain\":\"A\","
          + "\"position\":1,\"packets\":5,\"bytes\":500,\"words\":[\"-p\",\"tcp\"]}],"
          + "\"transitions\":[\"ended\\tipv4\\tfilter\\tA\\trule\\tx\\t5\\t500\"]}],\"state\":\"s\"}";
  private static final String END =
      "{\"formatVersion\":\"1.1\",\"event\":\"end\",\"id\":\"a\",\"time\":\"2026-01-01T00:00:01Z\","
          + "\"outcome\":\"applied\",\"offsets\":[{\"address\":\"x\",\"packets\":1,\"bytes\":2}],"
          + "\"state\":\"t\"}";
  private static final String NOTE =
      "{\"formatVersion\":\"1.1\",\"event\":\"ended\",\"id\":\"b\",\"time\":\"2026-01-01T00:00:02Z\","
          + "\"command\":\"apply\",\"user\":\"root\",\"counters\":[{\"address\":\"x\",\"packets\":1,"
          + "\"bytes\":2,\"remark\":\"r\"}]}";

  @Test
  void aWholeJournalIsRead() {
    JournalEntry.Book book = JournalEntry.read(List.of(BEGIN, END, NOTE));
    assertEquals(0, book.unreadable());
    assertEquals(2, book.all().size());
    JournalEntry entry = book.entries().get(0);
    assertEquals(1, entry.undo().orElseThrow().size());
    assertEquals("t", entry.end().orElseThrow().state());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"packets\":5|\"packets\":\"abc\"",
        "\"packets\":5|\"packets\":-5",
        "\"packets\":5|\"packets\":\"+5\"",
        "\"packets\":5|\"packets\":\"\u0665\"",
        "\"packets\":5|\"packets\":{}",
        "\"packets\":5|\"packets\":1e9",
        "\"policies\":[\"p\"]|\"policies\":{}",
        "\"policies\":[\"p\"]|\"policies\":[1]",
        "\"id\":\"a\"|\"id\":7",
        "2026-01-01T00:00:00Z|+1000000000-01-01T00:00:00Z",
        "2026-01-01T00:00:00Z|yesterday",
        "\"user\":\"root\"|\"user\":[]",
        "}|"
      })
  void aWrongTypeMakesTheLineUnreadable(String change) {
    String[] sides = change.split("\\|", -1);
    String damaged = BEGIN.replace(sides[0], sides[1]);
    JournalEntry.Book book = JournalEntry.read(List.of(damaged, END, NOTE));
    assertEquals(1, book.unreadable(), damaged);
    assertEquals(1, book.all().size());
    new LogView(new TimeText(ZoneOffset.UTC)).of(book.all());
  }

  /** The rest of such an entry may be listed, and it is not undone. */
  @ParameterizedTest
  @ValueSource(
      strings = {"insert|replace", "\"position\":1|\"position\":\"x\"", "ended\\t|spent\\t"})
  void aDamagedWayBackIsNoWayBack(String change) {
    String[] sides = change.split("\\|", -1);
    String damaged = BEGIN.replace(sides[0], sides[1]);
    assertTrue(!damaged.equals(BEGIN), change);
    JournalEntry entry = JournalEntry.read(List.of(damaged, END)).entries().get(0);
    assertTrue(entry.undo().isEmpty(), damaged);
  }

  @Property(tries = 2_000)
  void anyDamageIsSurvived(@ForAll long seed) {
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>(List.of(BEGIN, END, NOTE));
    for (int i = 0; i < 3; i++) {
      int at = random.nextInt(lines.size());
      lines.set(at, damaged(lines.get(at), random));
    }
    new LogView(new TimeText(ZoneOffset.UTC)).of(JournalEntry.read(lines).all());
    SavedPlan.read(damaged(lines.get(0), random));
  }

  private static String damaged(String line, Random random) {
    int from = random.nextInt(line.length() + 1);
    int to = Math.min(line.length(), from + random.nextInt(12));
    String[] others = {
      "", "null", "{}", "[]", "-1", "\"\"", "1e999", "99999999999999999999", "\u0000"
    };
    return line.substring(0, from) + others[random.nextInt(others.length)] + line.substring(to);
  }

  /** The check sum may be right: somebody made the file so. */
  @ParameterizedTest
  @ValueSource(
      strings = {"at\t99999999999999999", "at\t-99999999999999999999", "at\tnow", "at", "settled"})
  void aLedgerWithARightSumAndAnAbsurdLineIsNotBelieved(String line) {
    String body = "acct-ledger 2\nepoch\te\nat\t1\nsettled\t\n";
    String damaged = body.replaceFirst(line.split("\t")[0] + "\t[^\n]*", line);
    CRC32 sum = new CRC32();
    sum.update(damaged.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    String text = damaged + "end\t0\t" + Long.toHexString(sum.getValue()) + "\n";
    assertThrows(LedgerText.BadLedgerException.class, () -> LedgerText.read(text));
  }

  @Property(tries = 1_000)
  void whatIsPendingIsReadWholeOrNotAtAll(@ForAll long seed) {
    Random random = new Random(seed);
    String text = "acct-pending 2\nbegun\ta\tapply\te\t1\t\nowners\tp\nend\t0\n";
    assertThrows(
        LedgerText.BadLedgerException.class, () -> PendingText.read(damaged(text, random)));
  }
}
