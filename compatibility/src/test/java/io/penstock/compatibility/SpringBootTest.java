package io.penstock.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.engine.Engine;
import io.penstock.workflow.Workflow;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** An application of one version of Spring Boot, with an engine on a directory as a bean. */
class SpringBootTest {
  private static final Workflow WORKFLOW = Workflow.define("w").inlineTask("t", work -> {}).build();

  /** The application. */
  @Configuration(proxyBeanMethods = false)
  static class Application {
    @Bean
    Engine engine() {
      return Engine.open(Path.of(System.getProperty("penstock.directory"))).deploy(WORKFLOW);
    }
  }

  @Test
  void shouldRunCasesInAnApplication(@TempDir final Path directory) {
    System.setProperty("penstock.directory", directory.toString());
    assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("spring-boot"));
    try (ConfigurableApplicationContext context = SpringApplication.run(Application.class)) {
      final Engine engine = context.getBean(Engine.class);
      engine.start(WORKFLOW, "k", in -> {}).join();
      assertThat(engine.objectives().report()).contains("W1");
    }
  }
}
