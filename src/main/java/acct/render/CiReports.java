package acct.render;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.state.JsonCells;
import acct.text.GithubAnnotation;
import acct.text.PrintableText;
import acct.text.Sha256;
import acct.text.XmlText;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JsonGenerator;

/** Diagnostics in the formats that CI systems show beside a line of a file. */
public final class CiReports {
  private CiReports() {}

  /** A line that GitHub's workflows show beside the policy's line. */
  public static String github(Diagnostic found) {
    return GithubAnnotation.of(
        found.severity() == Diagnostic.Severity.NOTE ? "notice" : found.severity().label(),
        found.position().file(),
        found.position().line(),
        found.position().column(),
        found.code().label(),
        found.message());
  }

  /** GitLab's code quality report. */
  public static String gitlab(List<Diagnostic> all) {
    return JsonCells.write(
        json -> {
          json.writeStartArray();
          for (Diagnostic found : all) {
            json.writeStartObject();
            json.writeStringProperty("description", PrintableText.of(found.message()));
            json.writeStringProperty("check_name", found.code().label());
            json.writeStringProperty(
                "fingerprint", Sha256.hex(found.toString().getBytes(StandardCharsets.UTF_8)));
            json.writeStringProperty("severity", gitlabSeverity(found));
            json.writeObjectPropertyStart("location");
            json.writeStringProperty("path", PrintableText.of(found.position().file()));
            json.writeObjectPropertyStart("lines");
            json.writeNumberProperty("begin", Math.max(1, found.position().line()));
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private static String gitlabSeverity(Diagnostic found) {
    return switch (found.severity()) {
      case ERROR -> "critical";
      case WARNING -> "minor";
      case NOTE -> "info";
    };
  }

  /**
   * A SARIF 2.1.0 log.
   *
   * @param version of acct
   */
  public static String sarif(List<Diagnostic> all, String version) {
    return JsonCells.write(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
          json.writeStringProperty("version", "2.1.0");
          json.writeArrayPropertyStart("runs");
          json.writeStartObject();
          json.writeObjectPropertyStart("tool");
          json.writeObjectPropertyStart("driver");
          json.writeStringProperty("name", "acct");
          json.writeStringProperty("version", version);
          sarifRules(json, all);
          json.writeEndObject();
          json.writeEndObject();
          json.writeArrayPropertyStart("results");
          all.forEach(found -> sarifResult(json, found));
          json.writeEndArray();
          json.writeEndObject();
          json.writeEndArray();
          json.writeEndObject();
        });
  }

  private static void sarifRules(JsonGenerator json, List<Diagnostic> all) {
    Set<Code> codes = new TreeSet<>();
    all.forEach(found -> codes.add(found.code()));
    json.writeArrayPropertyStart("rules");
    for (Code code : codes) {
      json.writeStartObject();
      json.writeStringProperty("id", code.label());
      json.writeObjectPropertyStart("shortDescription");
      json.writeStringProperty("text", code.about());
      json.writeEndObject();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void sarifResult(JsonGenerator json, Diagnostic found) {
    json.writeStartObject();
    json.writeStringProperty("ruleId", found.code().label());
    json.writeStringProperty("level", found.severity().label());
    json.writeObjectPropertyStart("message");
    json.writeStringProperty("text", PrintableText.of(found.message()));
    json.writeEndObject();
    json.writeArrayPropertyStart("locations");
    json.writeStartObject();
    json.writeObjectPropertyStart("physicalLocation");
    json.writeObjectPropertyStart("artifactLocation");
    json.writeStringProperty("uri", uri(found.position().file()));
    json.writeEndObject();
    if (found.position().line() > 0) {
      json.writeObjectPropertyStart("region");
      json.writeNumberProperty("startLine", found.position().line());
      json.writeNumberProperty("startColumn", Math.max(1, found.position().column()));
      json.writeEndObject();
    }
    json.writeEndObject();
    json.writeEndObject();
    json.writeEndArray();
    json.writeEndObject();
  }

  /**
   * A file's path as a reference: what is neither a letter, a digit nor one of a few signs, by %.
   */
  private static String uri(String file) {
    StringBuilder uri = new StringBuilder();
    for (byte one : PrintableText.of(file).getBytes(StandardCharsets.UTF_8)) {
      boolean plain =
          one >= 'a' && one <= 'z'
              || one >= 'A' && one <= 'Z'
              || one >= '0' && one <= '9'
              || "-._~/".indexOf(one) >= 0;
      uri.append(plain ? Character.toString(one) : "%%%02X".formatted(one & 0xff));
    }
    return uri.toString();
  }

  /**
   * JUnit's XML: a test case for each file, which fails where it has errors.
   *
   * @param files that were read
   */
  public static String junit(List<Diagnostic> all, List<String> files) {
    Set<String> names = new TreeSet<>(files);
    all.forEach(found -> names.add(found.position().file()));
    StringBuilder cases = new StringBuilder();
    int failures = 0;
    for (String file : names) {
      List<String> errors = new ArrayList<>();
      List<String> others = new ArrayList<>();
      for (Diagnostic found : all) {
        if (found.position().file().equals(file)) {
          (found.isError() ? errors : others).add(found.toString());
        }
      }
      String name = XmlText.of(file);
      cases.append("    <testcase classname=\"acct\" name=\"").append(name).append("\">\n");
      if (!errors.isEmpty()) {
        failures++;
        cases.append("      <failure message=\"").append(XmlText.of(errors.get(0))).append("\">");
        cases.append(lines(errors)).append("</failure>\n");
      }
      if (!others.isEmpty()) {
        cases.append("      <system-out>").append(lines(others)).append("</system-out>\n");
      }
      cases.append("    </testcase>\n");
    }
    String counts = " tests=\"" + names.size() + "\" failures=\"" + failures + "\"";
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"
        + counts
        + ">\n  <testsuite name=\"acct\""
        + counts
        + ">\n"
        + cases
        + "  </testsuite>\n</testsuites>\n";
  }

  private static String lines(List<String> lines) {
    StringBuilder text = new StringBuilder();
    lines.forEach(line -> text.append(XmlText.of(line)).append('\n'));
    return text.toString();
  }
}
