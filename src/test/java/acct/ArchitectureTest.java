package acct;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import java.util.List;

/** The order of the packages: data flows one way. */
@AnalyzeClasses(packages = "acct", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  /** From above: a package imports only packages that stand before it. */
  private static final List<String> PACKAGES =
      List.of(
          "text",
          "diagnostic",
          "netfilter",
          "policy",
          "compile",
          "counter",
          "plan",
          "importer",
          "host",
          "dataplane",
          "state",
          "reconcile",
          "render",
          "agent",
          "cli");

  @ArchTest static final ArchRule PACKAGES_IMPORT_ONLY_WHAT_STANDS_ABOVE_THEM = layers();

  private static ArchRule layers() {
    LayeredArchitecture rule = layeredArchitecture().consideringOnlyDependenciesInLayers();
    for (String name : PACKAGES) {
      rule = rule.layer(name).definedBy("acct." + name + "..");
    }
    for (int i = 0; i < PACKAGES.size(); i++) {
      String[] above = PACKAGES.subList(0, i).toArray(String[]::new);
      rule =
          i == 0
              ? rule.whereLayer(PACKAGES.get(i)).mayNotAccessAnyLayer()
              : rule.whereLayer(PACKAGES.get(i)).mayOnlyAccessLayers(above);
    }
    return rule;
  }

  @ArchTest
  static void everyPackageIsInTheList(JavaClasses classes) {
    for (JavaClass one : classes) {
      String name = one.getPackageName();
      assertTrue(name.equals("acct") || PACKAGES.contains(name.split("\\.")[1]), one.getFullName());
    }
  }

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("acct.(*)..").should().beFreeOfCycles();

  /** Above the dataplane nothing knows of scripts and iptables commands; the commands wire it. */
  @ArchTest
  static final ArchRule ONLY_ITS_WIRING_KNOWS_THE_IPTABLES_DATAPLANE =
      noClasses()
          .that()
          .resideOutsideOfPackages("acct.dataplane.iptables..", "acct.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("acct.dataplane.iptables..");

  @ArchTest
  static final ArchRule THE_CORE_IS_PURE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "acct.text..",
              "acct.netfilter..",
              "acct.compile..",
              "acct.plan..",
              "acct.counter..",
              "acct.diagnostic..",
              "acct.importer..",
              "acct.policy..",
              "acct.render..")
          .and()
          // Reads the schema, which is in the jar.
          .doNotHaveFullyQualifiedName("acct.policy.SchemaCheck$Holder")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.nio.file..", "java.net..", "java.util.logging..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(java.time.Clock.class)
          .orShould()
          .callMethod(java.time.Instant.class, "now")
          .orShould()
          .dependOnClassesThat()
          .haveNameMatching("java\\.io\\.(File.*|.*Stream|RandomAccessFile|Console)")
          .orShould()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "getenv", String.class);

  @ArchTest
  static final ArchRule ONLY_THE_HOST_RUNS_PROGRAMS =
      noClasses()
          .that()
          .resideOutsideOfPackage("acct.host..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.apache.commons.exec..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(ProcessBuilder.class);
}
