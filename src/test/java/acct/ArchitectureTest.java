package acct;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The order of the rooms: data flows one way. */
@AnalyzeClasses(packages = "acct", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule ROOMS_IMPORT_ONLY_WHAT_STANDS_ABOVE_THEM =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("text")
          .definedBy("acct.text..")
          .layer("netfilter")
          .definedBy("acct.netfilter..")
          .layer("policy")
          .definedBy("acct.policy..")
          .layer("compile")
          .definedBy("acct.compile..")
          .layer("counter")
          .definedBy("acct.counter..")
          .layer("plan")
          .definedBy("acct.plan..")
          .layer("totals")
          .definedBy("acct.totals..")
          .layer("dataplane")
          .definedBy("acct.dataplane..")
          .layer("view")
          .definedBy("acct.view..")
          .layer("host")
          .definedBy("acct.host..")
          .layer("reconcile")
          .definedBy("acct.reconcile..")
          .layer("cli")
          .definedBy("acct.cli..")
          .whereLayer("text")
          .mayNotAccessAnyLayer()
          .whereLayer("netfilter")
          .mayOnlyAccessLayers("text")
          .whereLayer("policy")
          .mayOnlyAccessLayers("text", "netfilter")
          .whereLayer("compile")
          .mayOnlyAccessLayers("text", "netfilter", "policy")
          .whereLayer("counter")
          .mayOnlyAccessLayers("text", "netfilter")
          .whereLayer("plan")
          .mayOnlyAccessLayers("text", "netfilter", "policy", "compile", "counter")
          .whereLayer("totals")
          .mayOnlyAccessLayers("text", "netfilter", "policy", "compile", "counter", "plan")
          .whereLayer("dataplane")
          .mayOnlyAccessLayers(
              "text", "netfilter", "policy", "compile", "counter", "plan", "totals")
          .whereLayer("view")
          .mayOnlyAccessLayers(
              "text", "netfilter", "policy", "compile", "counter", "plan", "totals", "dataplane")
          .whereLayer("host")
          .mayOnlyAccessLayers(
              "text",
              "netfilter",
              "policy",
              "compile",
              "counter",
              "plan",
              "totals",
              "dataplane",
              "view")
          .whereLayer("reconcile")
          .mayOnlyAccessLayers(
              "text",
              "netfilter",
              "policy",
              "compile",
              "counter",
              "plan",
              "totals",
              "dataplane",
              "view",
              "host");

  @ArchTest
  static final ArchRule ROOMS_HAVE_NO_CYCLES =
      slices().matching("acct.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_CORE_IS_PURE =
      noClasses()
          .that()
          .resideInAnyPackage(
              "acct.text..",
              "acct.netfilter..",
              "acct.compile..",
              "acct.plan..",
              "acct.totals..",
              "acct.dataplane..",
              "acct.view..")
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
