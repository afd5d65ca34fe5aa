package acct.policy;

import acct.netfilter.Family;
import acct.netfilter.TableName;
import acct.text.Utf8Bytes;
import acct.text.YamlText;
import java.util.ArrayList;
import java.util.List;

/** Writes a policy as YAML, each rule on a line of its own. */
public final class PolicyWriter {
  private final StringBuilder out = new StringBuilder();

  private PolicyWriter() {}

  /**
   * The policy as a document.
   *
   * @param head comment lines that stand above it
   */
  public static String of(Policy policy, String head) {
    PolicyWriter writer = new PolicyWriter();
    writer.out.append(head);
    writer.write(policy);
    return writer.out.toString();
  }

  private void write(Policy policy) {
    out.append("apiVersion: ").append(PolicyReader.API_VERSION).append('\n');
    out.append("kind: ").append(PolicyReader.KIND).append('\n');
    out.append("metadata:\n  name: ").append(YamlText.plainOrQuoted(policy.name())).append('\n');
    out.append("spec:\n");
    List<String> families = policy.families().stream().map(Family::label).toList();
    out.append("  families: ").append(list(families)).append('\n');
    if (!policy.table().equals(TableName.FILTER)) {
      out.append("  table: ").append(YamlText.plainOrQuoted(policy.table().value())).append('\n');
    }
    if (!policy.allow().isEmpty()) {
      List<String> allow = policy.allow().stream().sorted().map(Policy.Allow::label).toList();
      out.append("  allow: ").append(list(allow)).append('\n');
    }
    out.append("  chains:\n");
    policy.chains().forEach(this::write);
  }

  private void write(Policy.Chain chain) {
    out.append("    - name: ").append(YamlText.plainOrQuoted(chain.name())).append('\n');
    if (!chain.attachments().isEmpty()) {
      out.append("      attach:\n");
      for (Policy.Attachment attachment : chain.attachments()) {
        out.append("        - ").append(attachment(attachment)).append('\n');
      }
    }
    out.append("      rules:\n");
    for (Policy.RuleSpec rule : chain.rules()) {
      out.append("        - ").append(rule(rule)).append('\n');
    }
  }

  private static String attachment(Policy.Attachment attachment) {
    boolean top = attachment.place() == Policy.Place.TOP;
    String from = YamlText.plainOrQuoted(Utf8Bytes.decode(attachment.from().value()));
    if (top && attachment.match().isEmpty() && attachment.families().isEmpty()) {
      return from;
    }
    List<String> keys = new ArrayList<>();
    keys.add("chain: " + from);
    if (!attachment.families().isEmpty()) {
      keys.add("families: " + list(attachment.families().stream().map(Family::label).toList()));
    }
    if (!top) {
      keys.add("position: " + attachment.place().label());
    }
    if (!attachment.match().isEmpty()) {
      keys.add("match: " + block(clauses(attachment.match())));
    }
    return block(keys);
  }

  private static String rule(Policy.RuleSpec rule) {
    List<String> keys = new ArrayList<>();
    rule.name().ifPresent(name -> keys.add("name: " + YamlText.plainOrQuoted(name.text())));
    rule.comment().ifPresent(comment -> keys.add("comment: " + YamlText.quoted(comment)));
    if (!rule.families().isEmpty()) {
      keys.add("families: " + list(rule.families().stream().map(Family::label).toList()));
    }
    keys.addAll(clauses(rule.clauses()));
    rule.options().ifPresent(options -> keys.add("options: " + YamlText.quoted(options.text())));
    rule.jump().ifPresent(jump -> keys.add("jump: " + YamlText.plainOrQuoted(jump.target())));
    return block(keys);
  }

  private static List<String> clauses(List<Policy.Clause> clauses) {
    List<String> keys = new ArrayList<>();
    List<String> negated = new ArrayList<>();
    for (MatchKey key : MatchKey.all()) {
      for (Policy.Clause clause : clauses) {
        if (clause.key() == key) {
          (clause.negated() ? negated : keys).add(key.key() + ": " + values(clause));
        }
      }
    }
    if (!negated.isEmpty()) {
      keys.add("not: " + block(negated));
    }
    return keys;
  }

  private static String values(Policy.Clause clause) {
    List<String> values = clause.values().stream().map(PolicyWriter::scalar).toList();
    return values.size() == 1 ? values.get(0) : list(values);
  }

  private static String scalar(Policy.Written written) {
    return written.type() == Yaml.Scalar.Type.STRING
        ? YamlText.plainOrQuoted(written.text())
        : written.text();
  }

  private static String block(List<String> keys) {
    return "{" + String.join(", ", keys) + "}";
  }

  private static String list(List<String> values) {
    return "[" + String.join(", ", values) + "]";
  }
}
