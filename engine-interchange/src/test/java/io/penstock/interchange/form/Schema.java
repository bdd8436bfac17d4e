package io.penstock.interchange.form;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.util.Set;

/** Validates documents by the published schema. */
final class Schema {
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
          .getSchema(WorkflowForm.schema(), InputFormat.JSON);

  private Schema() {}

  static Set<ValidationMessage> faults(final String json) {
    return SCHEMA.validate(json, InputFormat.JSON);
  }

  static void check(final String json) {
    assertThat(faults(json)).as(json).isEmpty();
  }
}
