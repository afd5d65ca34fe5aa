package acct.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import acct.netfilter.Family;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The collection, run by the real ansible-playbook in a namespace. */
class AnsibleIT {
  private static final Path COLLECTIONS =
      Acct.DIST.toAbsolutePath().resolve("share/ansible/collections");
  private static final Pattern RECAP =
      Pattern.compile("ok=(\\d+) +changed=(\\d+) .*failed=(\\d+) ");

  @TempDir private Path directory;

  /** What the recap of a playbook says. */
  private record Played(int ok, int changed, int failed, String text) {}

  private Played play(Namespace namespace, String tasks, String... options) throws IOException {
    String text = "- hosts: all\n  gather_facts: false\n  become: true\n" + tasks.indent(2);
    Path playbook = Files.writeString(directory.resolve("play.yml"), text);
    List<String> words =
        new ArrayList<>(List.of("ansible-playbook", "-i", "localhost,", "-c", "local"));
    words.addAll(List.of(options));
    words.add(playbook.toString());
    Map<String, String> environment =
        Map.of(
            "ANSIBLE_COLLECTIONS_PATH", COLLECTIONS.toString(),
            "ANSIBLE_NOCOLOR", "1",
            "ANSIBLE_HOME", directory.resolve("ansible").toString(),
            "ANSIBLE_BECOME_METHOD", "su",
            "ANSIBLE_LOCALHOST_WARNING", "0",
            "LC_ALL", "C.UTF-8");
    Namespace.Result result = Namespace.finish(namespace.start(words, environment), "");
    String out = result.out() + result.err();
    Matcher recap = RECAP.matcher(out);
    assertTrue(recap.find(), out);
    return new Played(
        Integer.parseInt(recap.group(1)),
        Integer.parseInt(recap.group(2)),
        Integer.parseInt(recap.group(3)),
        out);
  }

  private String module(String module, Setup setup, String more) {
    return "tasks:\n- acct.netfilter."
        + module
        + ":\n    executable: "
        + Acct.DIST.toAbsolutePath().resolve("bin/acct")
        + "\n    state_dir: "
        + directory.resolve("state")
        + "\n    iptables: "
        + setup.iptables()
        + "\n"
        + more.indent(4);
  }

  private static String spec(Setup setup, String more) {
    return "families: "
        + setup.families()
        + "\nchains:\n- name: A\n  attach: [INPUT]\n  rules:\n  - {name: all}\n"
        + more;
  }

  private static void ping(Namespace namespace, Setup setup, int packets) {
    String target = setup.family() == Family.IPV4 ? "127.0.0.1" : "::1";
    namespace.run("ping", "-q", "-i", "0.002", "-c", Integer.toString(packets), target).ok();
  }

  private static void assertPlayed(int changed, int failed, Played played) {
    assertEquals(changed, played.changed(), played.text());
    assertEquals(failed, played.failed(), played.text());
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void aPolicyIsAppliedOnce(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, ""));
      String task = module("policy", setup, "policies: [" + policy + "]");

      Played check = play(namespace, task, "--check", "--diff");
      assertPlayed(1, 0, check);
      assertTrue(check.text().contains("\n+ipv4/filter -A A "), check.text());
      assertTrue(acct.rules("A").isEmpty());

      assertPlayed(1, 0, play(namespace, task));
      ping(namespace, setup, 20);
      assertPlayed(0, 0, play(namespace, task));
      ping(namespace, setup, 20);
      assertPlayed(0, 0, play(namespace, task, "--check"));

      acct.policy("p", spec(setup, "  - {name: udp, protocol: udp}\n"));
      assertPlayed(1, 0, play(namespace, task, "--diff"));
      assertPlayed(0, 0, play(namespace, task));
      assertEquals(80, acct.counters("A", "all").packets());
      assertEquals(80, acct.total("A", "all"));
      acct.assertSettled(policy);
    }
  }

  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void anInvalidPolicyIsToldByItsLine(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, "  - {name: x, protcol: udp}\n"));
      String task = module("policy", setup, "policies: [" + policy + "]");
      Played played = play(namespace, task);
      assertPlayed(0, 1, played);
      assertTrue(played.text().contains(policy + ":11:17: error: "), played.text());
      assertTrue(acct.rules("A").isEmpty());
      assertPlayed(0, 1, play(namespace, task, "--check"));
    }
  }

  private enum Content {
    TEXT,
    DATA
  }

  private String content(String chain, Content kind) {
    String data =
        "apiVersion: acct/v1\nkind: AccountingPolicy\nmetadata: {name: "
            + chain.toLowerCase(Locale.ROOT)
            + "}\nspec:\n  parameters: {port: 1}\n  families: [ipv4]\n"
            + "  chains:\n  - name: "
            + chain
            + "\n    attach: [INPUT]\n    rules:\n"
            + "    - {name: web, protocol: tcp, destinationPort: \"${port}\"}\n";
    return "content:" + (kind == Content.TEXT ? " |\n" : "\n") + data.indent(2);
  }

  @ParameterizedTest
  @EnumSource(Content.class)
  void twoPlaysHaveAPolicyEach(Content kind) throws Exception {
    Setup setup = Setup.ipv4().findFirst().orElseThrow();
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      String first = module("policy", setup, content("ONE", kind) + "parameters: {port: 443}\n");
      String second = module("policy", setup, content("TWO", kind));
      assertPlayed(1, 0, play(namespace, first));
      assertPlayed(1, 0, play(namespace, second));
      assertPlayed(0, 0, play(namespace, first));
      assertTrue(acct.rules("ONE").get(0).words().contains("443"));
      assertEquals(1, acct.rules("TWO").size());

      Played info = play(namespace, module("info", setup, content("ONE", kind)), "-v");
      assertPlayed(0, 0, info);
      assertTrue(info.text().contains("\"in_sync\": false"), info.text());
      assertTrue(info.text().contains("\"version\": \"0.1.0\""), info.text());

      assertPlayed(1, 0, play(namespace, module("zero", setup, "names: [ONE]"), "--check"));
      assertTrue(acct.run("log").out().lines().noneMatch(line -> line.contains("zero")));
      assertPlayed(1, 0, play(namespace, module("zero", setup, "names: [ONE]")));
      assertPlayed(0, 1, play(namespace, module("zero", setup, "names: [NONE]")));

      String pruned = first.replace("    content:", "    state: pruned\n    content:");
      assertPlayed(1, 0, play(namespace, pruned));
      assertTrue(acct.rules("TWO").isEmpty());
      String planned = second.replace("    content:", "    state: planned\n    content:");
      Played pending = play(namespace, planned, "-v");
      assertPlayed(0, 0, pending);
      assertTrue(pending.text().contains("\"pending\": true"), pending.text());
    }
  }

  /**
   * The role as its argument specification documents it; without systemd, which a namespace lacks.
   */
  @ParameterizedTest
  @MethodSource("acct.kernel.Setup#ipv4")
  void theRolePlacesAndApplies(Setup setup) throws Exception {
    try (Namespace namespace = Namespace.open()) {
      Acct acct = new Acct(namespace, setup, directory);
      Path policy = acct.policy("p", spec(setup, ""));
      Path prefix = Files.createDirectories(directory.resolve("usr"));
      Files.createDirectories(prefix.resolve("bin"));
      Files.createDirectories(prefix.resolve("lib"));
      String role =
          "roles:\n- role: acct.netfilter.host\n  host_archive: "
              + Acct.DIST.toAbsolutePath()
              + "-0.1.0.tar.gz\n  host_iptables: "
              + setup.iptables()
              + "\n  host_state_dir: "
              + directory.resolve("state")
              + "\n  host_prefix: "
              + prefix
              + "\n  host_packages: []\n  host_enable_units: false\n  host_policies: ["
              + policy
              + "]\n  host_policies_directory: "
              + directory.resolve("policies")
              + "\n";
      Played first = play(namespace, role);
      assertEquals(0, first.failed(), first.text());
      assertEquals(1, acct.rules("A").size());
      Path stale = directory.resolve("policies/stale.yaml");
      Files.writeString(stale, "not a policy");
      Played again = play(namespace, role);
      assertPlayed(1, 0, again);
      assertFalse(Files.exists(stale));
      assertPlayed(0, 0, play(namespace, role));
    }
  }

  private static String run(Path where, String... words) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(words).directory(where.toFile());
    builder.environment().put("ANSIBLE_COLLECTIONS_PATH", COLLECTIONS.toString());
    builder.environment().put("ANSIBLE_NOCOLOR", "1");
    Process process = builder.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out;
  }

  @Test
  void theArchiveIsInstalledAndSound() throws Exception {
    Path archive = Acct.DIST.toAbsolutePath().resolve("share/ansible/acct-netfilter-1.0.0.tar.gz");
    String to = directory.resolve("installed").toString();
    run(directory, "ansible-galaxy", "collection", "install", archive.toString(), "-p", to);
    run(
        directory,
        "ansible-galaxy",
        "collection",
        "verify",
        "--offline",
        "-p",
        to,
        "acct.netfilter");
  }

  @Test
  void itsDocumentationIsRendered() throws Exception {
    for (String module : List.of("policy", "info", "zero")) {
      String text = run(COLLECTIONS, "ansible-doc", "acct.netfilter." + module);
      assertTrue(text.contains("state_dir") && text.contains("EXAMPLES"), text);
    }
    String role = run(COLLECTIONS, "ansible-doc", "-t", "role", "acct.netfilter.host");
    assertTrue(role.contains("host_archive"), role);
  }

  @Test
  void theLintersProductionProfilePasses() throws Exception {
    Path copy = directory.resolve("ansible_collections/acct/netfilter");
    Files.createDirectories(copy.getParent());
    Path sources = COLLECTIONS.resolve("ansible_collections/acct/netfilter");
    run(directory, "cp", "-R", sources.toString(), copy.toString());
    Path example = Path.of("examples/ansible/site.yml").toAbsolutePath();
    run(directory, "cp", example.toString(), copy.resolve("site.yml").toString());
    run(copy, "ansible-lint", "--offline", "--profile", "production");
  }
}
