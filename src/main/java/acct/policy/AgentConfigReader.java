package acct.policy;

import acct.diagnostic.Diagnostics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the document of {@code kind: Agent}, as schema/agent.schema.json says it. */
public final class AgentConfigReader {
  public static final String KIND = "Agent";

  /** Where a document has none. */
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final Duration LEAST = Duration.ofSeconds(5);
  private static final Duration MOST = Duration.ofDays(1);
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})([smhd])");

  private final Diagnostics diagnostics;
  private final NodeReader nodes;

  private AgentConfigReader(Diagnostics diagnostics) {
    this.diagnostics = diagnostics;
    this.nodes = new NodeReader(diagnostics);
  }

  /** Whether a document says that it is one. */
  public static boolean isOne(Yaml document) {
    if (document instanceof Yaml.Mapping mapping) {
      for (Yaml.Entry entry : mapping.entries()) {
        if (entry.key().equals("kind")) {
          return entry.value() instanceof Yaml.Scalar kind && kind.text().equals(KIND);
        }
      }
    }
    return false;
  }

  /** Reads one document; nothing where it has errors, which are in the diagnostics. */
  public static Optional<AgentConfig> read(Yaml document, Diagnostics diagnostics) {
    return new AgentConfigReader(diagnostics).agent(document);
  }

  private Optional<AgentConfig> agent(Yaml document) {
    Optional<Keys> keys =
        nodes.keys(
            document,
            document.position(),
            "an agent's configuration",
            NodeReader.named("apiVersion", "kind", "spec"));
    if (keys.isEmpty()) {
      return Optional.empty();
    }
    nodes.constant(keys.get(), "apiVersion", PolicyReader.API_VERSION);
    nodes.constant(keys.get(), "kind", KIND);
    Optional<Yaml.Entry> spec = keys.get().require("spec", "it names the policies");
    Optional<Keys> known =
        spec.isEmpty()
            ? Optional.empty()
            : nodes.keys(
                spec.get().value(),
                spec.get().position(),
                "spec",
                NodeReader.named("policies", "mode", "interval", "prune"));
    Optional<AgentConfig> config = known.isEmpty() ? Optional.empty() : spec(known.get());
    return diagnostics.hasErrors() ? Optional.empty() : config;
  }

  private Optional<AgentConfig> spec(Keys keys) {
    List<String> policies = new ArrayList<>();
    Optional<Yaml.Entry> named = keys.require("policies", "files and directories of policies");
    for (Yaml item : nodes.items(named)) {
      nodes.text(item, "a policy's file").ifPresent(file -> policies.add(file.text()));
    }
    AgentConfig.Mode mode = keys.find("mode").map(this::mode).orElse(AgentConfig.Mode.ENFORCE);
    Duration interval = keys.find("interval").map(this::interval).orElse(INTERVAL);
    boolean prune = keys.find("prune").map(this::prune).orElse(false);
    return Optional.of(new AgentConfig(policies, mode, interval, prune));
  }

  private AgentConfig.Mode mode(Yaml.Entry entry) {
    Optional<Yaml.Scalar> word = nodes.text(entry.value(), "mode");
    for (AgentConfig.Mode mode : AgentConfig.Mode.values()) {
      if (word.isPresent() && word.get().text().equals(mode.label())) {
        return mode;
      }
    }
    word.ifPresent(
        text -> nodes.bad(text, "mode is enforce or observe, and this is \"" + text.text() + "\""));
    return AgentConfig.Mode.ENFORCE;
  }

  private Duration interval(Yaml.Entry entry) {
    Optional<Yaml.Scalar> text = nodes.text(entry.value(), "interval");
    Optional<Duration> interval = text.flatMap(one -> duration(one.text()));
    boolean fits =
        interval.isPresent()
            && interval.get().compareTo(LEAST) >= 0
            && interval.get().compareTo(MOST) <= 0;
    if (text.isPresent() && !fits) {
      nodes.bad(
          text.get(),
          "\"" + text.get().text() + "\": an interval is 5s to 1d, a number and s, m, h or d");
    }
    return fits ? interval.get() : INTERVAL;
  }

  private boolean prune(Yaml.Entry entry) {
    boolean isBoolean =
        entry.value() instanceof Yaml.Scalar scalar && scalar.type() == Yaml.Scalar.Type.BOOLEAN;
    if (!isBoolean) {
      nodes.bad(entry.value(), "prune is true or false, and this is " + entry.value().kind());
      return false;
    }
    return ((Yaml.Scalar) entry.value()).text().equals("true");
  }

  /** A duration as it is written: {@code 30s}, {@code 5m}, {@code 2h}, {@code 1d}. */
  public static Optional<Duration> duration(String text) {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2)) {
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
  }
}
