package io.penstock.interchange.xml;

import io.penstock.interchange.ImportException;
import io.penstock.interchange.ImportLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads a document into a tree, with the JDK's StAX parser. Document types and with them entities
 * are refused, external or not; nothing is fetched. Memory is bounded by the limits.
 */
public final class XmlReader {
  private XmlReader() {}

  /**
   * Reads a document.
   *
   * @param source name of the file, for messages
   * @param in the bytes; read up to one more than the limit, not closed
   * @param limits how much is read
   * @return the root
   * @throws ImportException when it is no well-formed document within the limits
   * @throws UncheckedIOException when the stream cannot be read
   */
  public static XmlElement read(
      final String source, final InputStream in, final ImportLimits limits) {
    final byte[] bytes;
    try {
      bytes = in.readNBytes(limits.bytesMax() + 1);
    } catch (final IOException e) {
      throw new UncheckedIOException(e);
    }
    if (bytes.length > limits.bytesMax()) {
      throw new ImportException(
          source,
          0,
          "file must not be longer than the limit: bytesMax="
              + limits.bytesMax()
              + "; raise ImportLimits.bytesMax if it is to be trusted",
          null);
    }
    return new Parse(source, limits).run(bytes);
  }

  /** One run of the parser. */
  private static final class Parse {
    private final String source;
    private final ImportLimits limits;
    private final Deque<XmlElement> open = new ArrayDeque<>();
    private int elements;
    private int line;

    Parse(final String source, final ImportLimits limits) {
      this.source = source;
      this.limits = limits;
    }

    XmlElement run(final byte[] bytes) {
      try {
        return parse(bytes);
      } catch (final ImportException e) {
        throw e;
      } catch (final XMLStreamException e) {
        final int at = e.getLocation() == null ? line : e.getLocation().getLineNumber();
        throw unreadable(at, e);
      } catch (final RuntimeException e) {
        // The parser throws some of its own on malformed input.
        throw unreadable(line, e);
      }
    }

    private ImportException unreadable(final int at, final Exception cause) {
      final String text = String.valueOf(cause.getMessage());
      final int message = text.indexOf("Message: ");
      return new ImportException(
          source,
          Math.max(0, at),
          "document must be well-formed XML: fault="
              + XmlElement.shorten(message < 0 ? text : text.substring(message + 9)),
          cause);
    }

    private String decode(final byte[] bytes) {
      try {
        return Encoding.decode(bytes);
      } catch (final CharacterCodingException | IllegalArgumentException e) {
        throw new ImportException(
            source,
            1,
            "document must be text in the encoding that it declares: fault="
                + XmlElement.shorten(String.valueOf(e)),
            e);
      }
    }

    private XmlElement parse(final byte[] bytes) throws XMLStreamException {
      final XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
      factory.setProperty(XMLInputFactory.IS_COALESCING, true);
      factory.setXMLReporter((message, type, information, location) -> {});
      factory.setXMLResolver(
          (publicId, systemId, baseUri, namespace) -> {
            throw new XMLStreamException("external entities are not fetched");
          });
      final String text = decode(bytes);
      final int crowded = new Tags(text).lineOfTooMany();
      if (crowded > 0) {
        throw new ImportException(
            source,
            crowded,
            "element must not have more attributes than the limit: attributesMax="
                + Tags.ATTRIBUTES_MAX,
            null);
      }
      final XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(text));
      try {
        XmlElement root = null;
        while (reader.hasNext()) {
          final int event = reader.next();
          line = Math.max(0, reader.getLocation().getLineNumber());
          switch (event) {
            case XMLStreamConstants.START_ELEMENT -> {
              final XmlElement element = begin(reader);
              root = root == null ? element : root;
            }
            case XMLStreamConstants.END_ELEMENT -> open.pop();
            case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> {
              if (!open.isEmpty()) {
                open.peek().append(reader.getText());
              }
            }
            case XMLStreamConstants.DTD ->
                throw new ImportException(
                    source,
                    line,
                    "document must not have a document type: element=DOCTYPE; take it out",
                    null);
            case XMLStreamConstants.ENTITY_REFERENCE ->
                throw new ImportException(
                    source,
                    line,
                    "document must not have entities of its own: entity="
                        + XmlElement.shorten(String.valueOf(reader.getLocalName())),
                    null);
            default -> {}
          }
        }
        if (root == null) {
          throw new ImportException(source, line, "document must have an element", null);
        }
        return root;
      } finally {
        reader.close();
      }
    }

    private XmlElement begin(final XMLStreamReader reader) {
      final String namespace = reader.getNamespaceURI();
      final XmlElement element =
          new XmlElement(namespace == null ? "" : namespace, reader.getLocalName(), line);
      for (int i = 0; i < reader.getNamespaceCount(); i++) {
        final String prefix = reader.getNamespacePrefix(i);
        final String uri = reader.getNamespaceURI(i);
        if (prefix != null && !prefix.isEmpty() && uri != null) {
          element.prefix(prefix, uri);
        }
      }
      for (int i = 0; i < reader.getAttributeCount(); i++) {
        final String local = reader.getAttributeLocalName(i);
        final String value = reader.getAttributeValue(i);
        final String uri = reader.getAttributeNamespace(i);
        element.attribute(uri == null ? "" : uri, local, value);
      }
      elements++;
      if (elements > limits.elementsMax()) {
        throw new ImportException(
            source,
            line,
            "document must not have more elements than the limit: elementsMax="
                + limits.elementsMax(),
            null);
      }
      if (!open.isEmpty()) {
        open.peek().add(element);
      }
      open.push(element);
      if (open.size() > limits.depthMax()) {
        throw new ImportException(
            source,
            line,
            "elements must not be nested deeper than the limit: depthMax=" + limits.depthMax(),
            null);
      }
      return element;
    }
  }
}
