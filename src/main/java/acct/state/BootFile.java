package acct.state;

import acct.dataplane.BootScript;
import acct.netfilter.ChainName;
import acct.netfilter.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * A {@link BootScript} as a file. It is one that the restore command reads as it is: what is beside
 * the script stands in its comments.
 *
 * <pre>
 * # iptables-restore
 * # acct boot 2 5d41402a
 * # table filter INET_IN INET_OUT
 * *filter
 * …
 * COMMIT
 * </pre>
 *
 * The second line has the CRC-32 of all that follows. {@code acct-boot} reads the first, and gives
 * the whole to that command.
 */
public final class BootFile {
  private static final String VERSION = "# acct boot 2 ";
  private static final String TABLE = "# table ";

  private BootFile() {}

  /** The file is not as acct has written it. */
  public static final class BadFileException extends Exception {
    private static final long serialVersionUID = 1L;

    BadFileException() {
      super("it is not as acct has written it");
    }
  }

  /** The text of a script; empty where nothing is acct's. */
  public static String write(BootScript script) {
    if (script.tables().isEmpty()) {
      return "";
    }
    StringBuilder body = new StringBuilder();
    for (BootScript.Table table : script.tables()) {
      body.append(TABLE).append(table.table());
      table.chains().forEach(chain -> body.append(' ').append(chain.value()));
      body.append('\n').append(table.text());
    }
    String text = body.toString();
    return "# " + script.command() + "\n" + VERSION + checksum(text) + "\n" + text;
  }

  private static String checksum(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.ISO_8859_1));
    return Long.toHexString(crc.getValue());
  }

  /**
   * Reads a file.
   *
   * @return its tables; none where it is empty, or of an earlier version, which {@code acct-boot}
   *     alone can use
   * @throws BadFileException where it is damaged
   */
  public static List<BootScript.Table> read(String text) throws BadFileException {
    int first = text.indexOf('\n') + 1;
    int second = text.indexOf('\n', first) + 1;
    if (text.isEmpty() || text.startsWith("*", first)) {
      return List.of();
    }
    if (second == 0 || !text.startsWith(VERSION, first)) {
      throw new BadFileException();
    }
    String body = text.substring(second);
    if (!text.substring(first + VERSION.length(), second - 1).equals(checksum(body))) {
      throw new BadFileException();
    }
    return tables(body);
  }

  private static List<BootScript.Table> tables(String body) throws BadFileException {
    List<BootScript.Table> tables = new ArrayList<>();
    int at = 0;
    while (at < body.length()) {
      int script = body.indexOf('\n', at) + 1;
      if (!body.startsWith(TABLE, at) || script == 0) {
        throw new BadFileException();
      }
      int next = body.indexOf("\n" + TABLE, script);
      int end = next < 0 ? body.length() : next + 1;
      tables.add(
          table(body.substring(at + TABLE.length(), script - 1), body.substring(script, end)));
      at = end;
    }
    return tables;
  }

  private static BootScript.Table table(String names, String text) throws BadFileException {
    try {
      List<ChainName> chains = new ArrayList<>();
      String[] words = names.split(" ", -1);
      for (int i = 1; i < words.length; i++) {
        chains.add(new ChainName(words[i]));
      }
      return new BootScript.Table(new TableName(words[0]), chains, text);
    } catch (IllegalArgumentException e) {
      throw new BadFileException();
    }
  }
}
