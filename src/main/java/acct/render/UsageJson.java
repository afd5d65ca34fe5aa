package acct.render;

import acct.counter.UsageTable;
import acct.state.JsonCells;
import acct.text.Utf8Bytes;
import tools.jackson.core.JsonGenerator;

/** Counters as JSON for programs: all digits, numbers beyond 2^53 as decimal strings. */
public final class UsageJson {
  /** A minor number adds, a major one breaks. */
  public static final String FORMAT_VERSION = "1.1";

  private UsageJson() {}

  /** The whole table. */
  public static String of(UsageTable table) {
    return JsonCells.write(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("formatVersion", FORMAT_VERSION);
          json.writeArrayPropertyStart("chains");
          for (UsageTable.Section section : table.sections()) {
            section(json, section);
          }
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void section(JsonGenerator json, UsageTable.Section section) {
    json.writeStartObject();
    section.policy().ifPresent(policy -> json.writeStringProperty("policy", policy));
    section.family().ifPresent(family -> json.writeStringProperty("family", family.label()));
    json.writeArrayPropertyStart("families");
    section.families().stream().sorted().forEach(one -> json.writeString(one.label()));
    json.writeEndArray();
    json.writeStringProperty("table", section.table().value());
    json.writeStringProperty("chain", Utf8Bytes.decode(section.chain().value()));
    json.writeArrayPropertyStart("from");
    section.from().forEach(from -> json.writeString(Utf8Bytes.decode(from.value())));
    json.writeEndArray();
    json.writeObjectPropertyStart("cameIn");
    JsonCells.amount(json, section.came().amount());
    json.writeEndObject();
    json.writeArrayPropertyStart("rules");
    for (UsageTable.Row row : section.rows()) {
      row(json, row);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void row(JsonGenerator json, UsageTable.Row row) {
    json.writeStartObject();
    json.writeStringProperty("name", Utf8Bytes.decode(row.name()));
    JsonCells.amount(json, row.amount());
    json.writeNumberProperty("kernelRules", row.kernelRules());
    row.since()
        .ifPresent(
            since -> {
              json.writeStringProperty("since", since.at().toString());
              json.writeBooleanProperty("sinceIsExact", since.exactly());
            });
    json.writeNumberProperty("missing", row.missing());
    json.writeNumberProperty("resets", row.resets());
    row.lastReset().ifPresent(last -> json.writeStringProperty("lastReset", last.toString()));
    json.writeEndObject();
  }
}
