package io.penstock.examples;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between modules and packages, which all point inward. */
@AnalyzeClasses(packages = "io.penstock", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String[] CORE = {
    "io.penstock.net..",
    "io.penstock.workflow..",
    "io.penstock.objective..",
    "io.penstock.spi..",
    "io.penstock.engine.."
  };

  @ArchTest
  static final ArchRule CORE_NEEDS_ONLY_THE_JDK_AGRONA_AND_SLF4J =
      classes()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(CORE)
                  .or(
                      resideInAnyPackage(
                          "java..", "org.agrona..", "org.slf4j..", "org.jspecify.annotations..")));

  @ArchTest
  static final ArchRule THE_NET_KNOWS_NOBODY =
      classes()
          .that()
          .resideInAPackage("io.penstock.net..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                  "io.penstock.net..",
                  "java.lang..",
                  "java.util",
                  "java.util.stream",
                  "java.util.function",
                  "java.nio",
                  "org.agrona..",
                  "org.jspecify.annotations.."));

  @ArchTest
  static final ArchRule THE_WORKFLOW_KNOWS_ONLY_THE_NET =
      noClasses()
          .that()
          .resideInAPackage("io.penstock.workflow..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.penstock.engine..", "io.penstock.spi..", "org.agrona..");

  @ArchTest
  static final ArchRule OBJECTIVES_KNOW_NO_CLOCK_AND_NO_ENGINE =
      noClasses()
          .that()
          .resideInAPackage("io.penstock.objective..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.penstock.engine..", "io.penstock.spi..");

  @ArchTest
  static final ArchRule PORTS_DO_NOT_KNOW_THE_ENGINE =
      noClasses()
          .that()
          .resideInAPackage("io.penstock.spi..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.penstock.engine..");

  @ArchTest
  static final ArchRule STORAGE_NEVER_KNOWS_WHAT_A_JOIN_IS =
      noClasses()
          .that()
          .resideInAPackage("io.penstock.storage..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.penstock.net..",
              "io.penstock.engine..",
              "io.penstock.workflow..",
              "io.penstock.telemetry..");

  @ArchTest
  static final ArchRule TELEMETRY_DOES_NOT_KNOW_STORAGE =
      noClasses()
          .that()
          .resideInAPackage("io.penstock.telemetry..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.penstock.storage..");

  @ArchTest
  static final ArchRule INTERCHANGE_NEEDS_ONLY_THE_CORE_AND_READERS_OF_NOTATIONS =
      classes()
          .that()
          .resideInAPackage("io.penstock.interchange..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(CORE)
                  .or(
                      resideInAnyPackage(
                          "io.penstock.interchange..",
                          "java..",
                          "javax.xml.stream..",
                          "com.fasterxml.jackson.core..",
                          "org.snakeyaml.engine..",
                          "org.agrona..",
                          "org.jspecify.annotations..")));

  /** Which reader of JSON or YAML it is, is known to the form alone. */
  @ArchTest
  static final ArchRule READERS_OF_NOTATIONS_STAY_IN_THE_FORM =
      noClasses()
          .that()
          .resideInAPackage("io.penstock.interchange..")
          .and()
          .resideOutsideOfPackage("io.penstock.interchange.form..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("com.fasterxml.jackson..", "org.snakeyaml..");

  @ArchTest
  static final ArchRule NOBODY_NEEDS_INTERCHANGE_TO_RUN_CASES =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .or()
          .resideInAnyPackage("io.penstock.storage..", "io.penstock.telemetry..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.penstock.interchange..");

  /** These are loaded only where the SDK is; everything else runs without it. */
  @ArchTest
  static final ArchRule THE_SDK_OF_OPENTELEMETRY_IS_THE_USERS =
      noClasses()
          .that()
          .haveNameNotMatching(
              "io\\.penstock\\.telemetry\\.(PenstockMetricProducer|ExplicitPoint|SdkData|PenstockAutoConfiguration).*")
          .should()
          .dependOnClassesThat(resideInAnyPackage("io.opentelemetry.sdk.."));

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices().matching("io.penstock.(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule THE_STEP_USES_NO_CLOCK_THREAD_OR_FILE =
      noClasses()
          .that()
          .haveNameMatching(
              "io\\.penstock\\.(net\\..*|engine\\.(Kernel|CasePlayer|CaseRoster|CaseFile|CaseRecord|CaseIndex|Mailbox|TimerQueue|Effects).*)")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "java.io..",
                      "java.nio.file..",
                      "java.nio.channels..",
                      "java.util.concurrent..")
                  .or(
                      com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(
                          java.time.Clock.class))
                  .or(
                      com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(
                          Thread.class))
                  .or(
                      com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(
                          io.penstock.spi.EngineClock.class))
                  .or(
                      com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(
                          java.util.Random.class)));

  @ArchTest
  static final ArchRule NO_LOCK_IN_THE_CORE =
      noClasses()
          .that()
          .resideInAnyPackage(CORE)
          .should()
          .dependOnClassesThat(
              com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(
                  java.util.concurrent.locks.Lock.class));

  @ArchTest
  static final ArchRule THIRD_PARTY_TYPES_STAY_INSIDE =
      methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat()
          .resideInAnyPackage(
              "io.penstock.workflow..", "io.penstock.engine..", "io.penstock.storage..")
          .and()
          .areDeclaredInClassesThat()
          .arePublic()
          .should()
          .haveRawReturnType(
              not(
                  resideInAnyPackage(
                      "org.agrona..",
                      "net.openhft..",
                      "org.HdrHistogram..",
                      "io.opentelemetry..")));
}
