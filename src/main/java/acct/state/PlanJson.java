package acct.state;

import acct.compile.Desired;
import acct.diagnostic.Diagnostic;
import acct.diagnostic.Position;
import acct.netfilter.Backend;
import acct.netfilter.Counters;
import acct.netfilter.Family;
import acct.netfilter.RuleBody;
import acct.netfilter.Words;
import acct.plan.Change;
import acct.plan.Fate;
import acct.plan.Fingerprint;
import acct.plan.Plan;
import acct.plan.RenameHint;
import acct.plan.Unmanaged;
import acct.text.Utf8Bytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/** A plan as JSON, by schema/plan.schema.json. */
public final class PlanJson {
  /** Of the document: a minor number adds, a major one breaks. */
  public static final String FORMAT_VERSION = "1.2";

  private final Plan plan;
  private final JsonGenerator json;

  private PlanJson(Plan plan, JsonGenerator json) {
    this.plan = plan;
    this.json = json;
  }

  /**
   * The plan as JSON.
   *
   * @param fingerprint of the plan and of what it is based on
   */
  public static String of(Plan plan, Fingerprint fingerprint) {
    return of(plan, fingerprint, json -> {});
  }

  /** The same, with more properties at its end. */
  static String of(Plan plan, Fingerprint fingerprint, Consumer<JsonGenerator> more) {
    return JsonCells.write(json -> new PlanJson(plan, json).write(fingerprint, more));
  }

  /** What there is to say when there is no plan: the policy is at fault. */
  public static String ofDiagnostics(List<Diagnostic> diagnostics) {
    return JsonCells.write(
        json -> {
          json.writeStartObject();
          json.writeStringProperty("formatVersion", FORMAT_VERSION);
          json.writeBooleanProperty("changed", false);
          writeDiagnostics(json, diagnostics);
          json.writeEndObject();
        });
  }

  private void write(Fingerprint fingerprint, Consumer<JsonGenerator> more) {
    json.writeStartObject();
    json.writeStringProperty("formatVersion", FORMAT_VERSION);
    json.writeBooleanProperty("changed", plan.isChanged());
    json.writeStringProperty("planId", fingerprint.planId());
    json.writeStringProperty("base", fingerprint.base());
    json.writeArrayPropertyStart("policies");
    plan.policies().forEach(json::writeString);
    json.writeEndArray();
    writeBackends();
    writeSummary();
    writeChanges(json, plan);
    json.writeArrayPropertyStart("unmanaged");
    plan.unmanaged().forEach(this::writeUnmanaged);
    json.writeEndArray();
    json.writeArrayPropertyStart("renameHints");
    for (RenameHint hint : RenameHint.of(plan)) {
      json.writeStartObject();
      json.writeStringProperty("from", Utf8Bytes.decode(hint.from()));
      json.writeStringProperty("to", Utf8Bytes.decode(hint.to()));
      json.writeEndObject();
    }
    json.writeEndArray();
    writeDiagnostics(json, plan.diagnostics());
    more.accept(json);
    json.writeEndObject();
  }

  /** The property {@code changes} of a plan, also for the journal. */
  static void writeChanges(JsonGenerator json, Plan plan) {
    json.writeArrayPropertyStart("changes");
    plan.changes().forEach(new PlanJson(plan, json)::writeChange);
    json.writeEndArray();
  }

  private void writeBackends() {
    json.writeObjectPropertyStart("backend");
    for (Map.Entry<Family, Optional<Backend>> entry : plan.backends().entrySet()) {
      if (entry.getValue().isEmpty()) {
        json.writeNullProperty(entry.getKey().label());
      } else {
        Backend backend = entry.getValue().get();
        json.writeObjectPropertyStart(entry.getKey().label());
        json.writeStringProperty("name", backend.kind().label());
        json.writeStringProperty("version", backend.version());
        json.writeEndObject();
      }
    }
    json.writeEndObject();
  }

  private void writeSummary() {
    Plan.Summary summary = plan.summary();
    json.writeObjectPropertyStart("summary");
    json.writeNumberProperty("add", summary.add());
    json.writeNumberProperty("change", summary.change());
    json.writeNumberProperty("remove", summary.remove());
    json.writeNumberProperty("move", summary.move());
    json.writeEndObject();
    Plan.Fates fates = plan.fates();
    json.writeObjectPropertyStart("counters");
    json.writeNumberProperty("kept", fates.kept());
    json.writeNumberProperty("carried", fates.carried());
    json.writeNumberProperty("ended", fates.ended());
    json.writeNumberProperty("new", fates.begun());
    json.writeEndObject();
  }

  private void writeChange(Plan.Located located) {
    Change change = located.change();
    json.writeStartObject();
    json.writeStringProperty("action", change.action().label());
    Texts texts = change.match(TEXTS);
    json.writeStringProperty("kind", texts.kind());
    json.writeStringProperty("address", Utf8Bytes.decode(located.address().toString()));
    if (change instanceof Change.Rewritten rewritten && rewritten.formerName().isPresent()) {
      json.writeStringProperty("renamedFrom", Utf8Bytes.decode(rewritten.formerName().get()));
    }
    writeText("before", texts.before());
    writeText("after", texts.after());
    if (change instanceof Change.CounterChange counter) {
      writeFate(counter.fate());
    }
    change.source().ifPresent(this::writeSource);
    json.writeEndObject();
  }

  private void writeUnmanaged(Plan.Standing standing) {
    Unmanaged rule = standing.rule();
    json.writeStartObject();
    json.writeStringProperty("address", Utf8Bytes.decode(standing.address().toString()));
    json.writeNumberProperty("position", rule.livePosition());
    json.writeStringProperty("rule", Utf8Bytes.decode(Words.join(rule.rule().words())));
    json.writeBooleanProperty("decides", rule.decides());
    JsonCells.counters(json, rule.counters());
    json.writeEndObject();
  }

  private void writeText(String name, Optional<String> text) {
    if (text.isPresent()) {
      json.writeStringProperty(name, text.get());
    } else {
      json.writeNullProperty(name);
    }
  }

  /**
   * What a change is of, and the texts before and after it.
   *
   * @param kind {@code chain}, {@code jump} or {@code rule}
   */
  private record Texts(String kind, Optional<String> before, Optional<String> after) {}

  private static final Change.Cases<Texts> TEXTS =
      new Change.Cases<>() {
        @Override
        public Texts chainRenamed(Change.ChainRenamed change) {
          return new Texts(
              "chain",
              Optional.of(Utf8Bytes.decode(change.from().value())),
              Optional.of(Utf8Bytes.decode(change.to().value())));
        }

        @Override
        public Texts ruleAdded(Change.RuleAdded change) {
          return new Texts("rule", Optional.empty(), match(change.rule().body()));
        }

        @Override
        public Texts ruleRemoved(Change.RuleRemoved change) {
          return new Texts("rule", match(change.body()), Optional.empty());
        }

        @Override
        public Texts ruleChanged(Change.RuleChanged change) {
          return new Texts("rule", match(change.before()), match(change.rule().body()));
        }

        @Override
        public Texts ruleMoved(Change.RuleMoved change) {
          return new Texts("rule", match(change.rule().body()), match(change.rule().body()));
        }

        @Override
        public Texts ruleRenamed(Change.RuleRenamed change) {
          return new Texts(
              "rule", text(change.before().words()), text(change.rule().rule().words()));
        }

        @Override
        public Texts jumpAdded(Change.JumpAdded change) {
          return new Texts("jump", Optional.empty(), jump(change.jump()));
        }

        @Override
        public Texts jumpRemoved(Change.JumpRemoved change) {
          return new Texts("jump", text(change.words()), Optional.empty());
        }

        @Override
        public Texts jumpReplaced(Change.JumpReplaced change) {
          return new Texts("jump", text(change.words()), jump(change.jump()));
        }

        private Optional<String> match(RuleBody body) {
          return text(body.words(List.of()));
        }

        private Optional<String> jump(Desired.Jump jump) {
          return text(jump.body().words(jump.comments()));
        }
      };

  private static Optional<String> text(List<String> words) {
    return Optional.of(Utf8Bytes.decode(Words.join(words)));
  }

  private void writeFate(Fate fate) {
    json.writeObjectPropertyStart("counter");
    fate.match(
        new Fate.Cases<JsonGenerator>() {
          @Override
          public JsonGenerator begins(Fate.New one) {
            return fate("new", Counters.ZERO);
          }

          @Override
          public JsonGenerator carried(Fate.Carried one) {
            return fate("carried", one.counters()).writeBooleanProperty("exact", one.exact());
          }

          @Override
          public JsonGenerator ended(Fate.Ended one) {
            return fate("ended", one.counters());
          }
        });
    json.writeEndObject();
  }

  private JsonGenerator fate(String name, Counters counters) {
    json.writeStringProperty("fate", name);
    JsonCells.counters(json, counters);
    return json;
  }

  private void writeSource(Position position) {
    json.writeObjectPropertyStart("source");
    writePlace(json, position);
    json.writeEndObject();
  }

  private static void writePlace(JsonGenerator json, Position position) {
    json.writeStringProperty("file", position.file());
    json.writeNumberProperty("line", position.line());
    json.writeNumberProperty("column", position.column());
  }

  private static void writeDiagnostics(JsonGenerator json, List<Diagnostic> diagnostics) {
    json.writeArrayPropertyStart("diagnostics");
    for (Diagnostic diagnostic : diagnostics) {
      json.writeStartObject();
      json.writeStringProperty("severity", diagnostic.severity().label());
      json.writeStringProperty("code", diagnostic.code().label());
      json.writeStringProperty("message", diagnostic.message());
      writePlace(json, diagnostic.position());
      json.writeEndObject();
    }
    json.writeEndArray();
  }
}
