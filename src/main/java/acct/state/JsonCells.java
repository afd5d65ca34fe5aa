package acct.state;

import acct.counter.Amount;
import acct.netfilter.Counters;
import acct.text.JsonText;
import java.io.StringWriter;
import java.math.BigInteger;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;

/** Writes JSON, two blanks a level. On jackson-core alone: mapping objects costs start-up. */
public final class JsonCells {
  private static final BigInteger SAFE = BigInteger.ONE.shiftLeft(53);

  private JsonCells() {}

  /** What a writer writes, with a newline at the end. */
  public static String write(Consumer<JsonGenerator> writer) {
    StringWriter text = new StringWriter();
    DefaultIndenter indent = new DefaultIndenter("  ", "\n");
    PrettyPrinter printer =
        new DefaultPrettyPrinter(
                Separators.createDefaultInstance()
                    .withObjectNameValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""))
            .withObjectIndenter(indent)
            .withArrayIndenter(indent);
    ObjectWriteContext context =
        new ObjectWriteContext.Base() {
          @Override
          public PrettyPrinter getPrettyPrinter() {
            return printer;
          }

          @Override
          public boolean hasPrettyPrinter() {
            return true;
          }
        };
    try (JsonGenerator json = new JsonFactory().createGenerator(context, text)) {
      writer.accept(json);
    }
    return JsonText.of(text.append('\n').toString());
  }

  /** What a writer writes, on one line and without a newline. */
  public static String line(Consumer<JsonGenerator> writer) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      writer.accept(json);
    }
    return JsonText.of(text.toString());
  }

  /** Packets and bytes; beyond 2^53, which many readers round, as decimal strings. */
  static void counters(JsonGenerator json, Counters counters) {
    if (!counters.known()) {
      json.writeNullProperty("packets");
      json.writeNullProperty("bytes");
      return;
    }
    amount(json, Amount.of(counters));
  }

  /** The same of a sum. */
  public static void amount(JsonGenerator json, Amount amount) {
    number(json, "packets", amount.packets());
    number(json, "bytes", amount.bytes());
  }

  private static void number(JsonGenerator json, String name, BigInteger value) {
    if (value.compareTo(SAFE) > 0) {
      json.writeStringProperty(name, value.toString());
    } else {
      json.writeNumberProperty(name, value.longValue());
    }
  }
}
