package acct.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Position;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Diagnostics for CI systems: what they show, and that text of others stays text. */
class CiReportsTest {
  private static final String HOSTILE =
      "a]]>\"</failure><script>\n::error::x%0A::set-output name=a::b\u001b[31m\u0007";
  private static final Diagnostic ERROR =
      Diagnostic.error(Code.BAD_VALUE, new Position("my policy.yaml", 8, 11), "\"x\": no address");
  private static final Diagnostic WARNING =
      Diagnostic.warning(Code.NO_FAMILY, Position.file("other.yaml"), "no IPv6");
  private static final Diagnostic ATTACK =
      Diagnostic.error(Code.BAD_VALUE, new Position(HOSTILE, 1, 1), HOSTILE);
  private static final List<Diagnostic> ALL = List.of(ERROR, WARNING, ATTACK);

  private static JsonNode json(String text) {
    return JsonMapper.shared().readTree(text);
  }

  @Test
  void gitlabHasTheLineAndAFingerprintOfItsOwn() {
    JsonNode report = json(CiReports.gitlab(ALL));
    JsonNode error = report.get(0);
    assertEquals("my policy.yaml", error.get("location").get("path").asString());
    assertEquals(8, error.get("location").get("lines").get("begin").asInt());
    assertEquals("critical", error.get("severity").asString());
    assertEquals("minor", report.get(1).get("severity").asString());
    assertEquals(1, report.get(1).get("location").get("lines").get("begin").asInt());
    assertEquals(
        3,
        List.of(0, 1, 2).stream()
            .map(i -> report.get(i).get("fingerprint").asString())
            .distinct()
            .count());
  }

  @Test
  void sarifHasRulesAndPlaces() {
    JsonNode run = json(CiReports.sarif(ALL, "1.2.3")).get("runs").get(0);
    JsonNode driver = run.get("tool").get("driver");
    assertEquals("1.2.3", driver.get("version").asString());
    assertEquals(2, driver.get("rules").size());
    JsonNode place = run.get("results").get(0).get("locations").get(0).get("physicalLocation");
    assertEquals("my%20policy.yaml", place.get("artifactLocation").get("uri").asString());
    assertEquals(8, place.get("region").get("startLine").asInt());
    assertFalse(
        run.get("results").get(1).get("locations").get(0).get("physicalLocation").has("region"));
    assertEquals("warning", run.get("results").get(1).get("level").asString());
  }

  @Test
  void junitHasACaseForEachFile() throws Exception {
    String xml = CiReports.junit(ALL, List.of("my policy.yaml", "fine.yaml", "other.yaml"));
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    assertEquals(4, document.getElementsByTagName("testcase").getLength());
    assertEquals(2, document.getElementsByTagName("failure").getLength());
    assertEquals(0, document.getElementsByTagName("script").getLength());
    Element suite = (Element) document.getElementsByTagName("testsuite").item(0);
    assertEquals("2", suite.getAttribute("failures"));
    assertTrue(xml.contains("other.yaml"), xml);
  }

  @Test
  void textOfOthersStaysText() {
    for (String report :
        List.of(
            CiReports.gitlab(ALL),
            CiReports.sarif(ALL, "1"),
            CiReports.junit(ALL, List.of()),
            CiReports.github(ATTACK))) {
      assertFalse(report.contains("\u001b") || report.contains("\u0007"), report);
    }
    assertEquals(1, CiReports.github(ATTACK).lines().count());
    assertTrue(CiReports.github(ATTACK).startsWith("::error file="));
  }
}
