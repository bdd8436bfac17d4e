package io.penstock.lab.peers;

/** The withdrawal as BPMN, with service tasks that call a class. */
final class AtmModel {
  /** Id of the process. */
  static final String ID = "atm";

  /** Name of the file that it pretends to be. */
  static final String FILE = "atm.bpmn20.xml";

  private AtmModel() {}

  /**
   * The model.
   *
   * @param vendor namespace of the engine's own attributes, of which {@code class} names a delegate
   * @param nothing class that does nothing
   * @param covered class that sets the variable {@code covered} to true
   */
  static String xml(final String vendor, final Class<?> nothing, final Class<?> covered) {
    return """
        <?xml version="1.0" encoding="UTF-8"?>
        <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
            xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
            xmlns:v="%1$s" targetNamespace="penstock">
          <process id="atm" isExecutable="true">
            <startEvent id="start"/>
            <sequenceFlow id="f1" sourceRef="start" targetRef="verify"/>
            <serviceTask id="verify" v:class="%2$s"/>
            <sequenceFlow id="f2" sourceRef="verify" targetRef="check"/>
            <serviceTask id="check" v:class="%3$s"/>
            <sequenceFlow id="f3" sourceRef="check" targetRef="choice"/>
            <exclusiveGateway id="choice" default="no"/>
            <sequenceFlow id="yes" sourceRef="choice" targetRef="dispense">
              <conditionExpression xsi:type="tFormalExpression">${covered}</conditionExpression>
            </sequenceFlow>
            <sequenceFlow id="no" sourceRef="choice" targetRef="decline"/>
            <serviceTask id="dispense" v:class="%2$s"/>
            <sequenceFlow id="f4" sourceRef="dispense" targetRef="update"/>
            <serviceTask id="update" v:class="%2$s"/>
            <sequenceFlow id="f5" sourceRef="update" targetRef="print"/>
            <serviceTask id="print" v:class="%2$s"/>
            <sequenceFlow id="f6" sourceRef="print" targetRef="paid"/>
            <endEvent id="paid"/>
            <serviceTask id="decline" v:class="%2$s"/>
            <sequenceFlow id="f7" sourceRef="decline" targetRef="declined"/>
            <endEvent id="declined"/>
          </process>
        </definitions>
        """
        .formatted(vendor, nothing.getName(), covered.getName());
  }
}
