package acct.policy;

import acct.diagnostic.Code;
import acct.diagnostic.Diagnostics;
import acct.diagnostic.Position;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads YAML into {@link Yaml}, and refuses what a policy has no use for and an attacker has:
 * anchors, aliases and tags; more than {@value #MAX_DEPTH} levels; more than {@value #MAX_BYTES}
 * bytes; floats; keys twice or that are no texts.
 *
 * <p>It stands on the parser's events and not on snakeyaml-engine's composer, which overflows the
 * stack on deep nesting, builds aliases before anybody can refuse them, and does not look for
 * duplicate keys. Time and memory are linear in the size of the file.
 */
public final class YamlReader {
  /** Largest file: enough for 100,000 rules written out. */
  public static final int MAX_BYTES = 8 * 1024 * 1024;

  /** Deepest nesting; a policy needs eight. */
  public static final int MAX_DEPTH = 32;

  private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
  private static final Set<String> BOOLEANS =
      Set.of("true", "True", "TRUE", "false", "False", "FALSE");
  private static final Pattern FLOAT =
      Pattern.compile(
          "[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\\.(inf|Inf|INF)|\\.(nan|NaN|NAN)");
  private static final Pattern OTHER_BASE = Pattern.compile("0o[0-7]+|0x[0-9a-fA-F]+");

  private final String file;
  private final Iterator<Event> events;
  private final Diagnostics diagnostics;
  private int depth;

  /** Reading stops where the structure can't be trusted; a bad scalar or key is only reported. */
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Position position;

    Refused(Position position, String message) {
      super(message, null, false, false);
      this.position = position;
    }
  }

  private YamlReader(String file, String text, Diagnostics diagnostics) {
    this.file = file;
    this.diagnostics = diagnostics;
    LoadSettings settings =
        LoadSettings.builder()
            .setLabel(file)
            .setUseMarks(true)
            .setCodePointLimit(MAX_BYTES)
            .build();
    this.events = new ParserImpl(settings, new StreamReader(settings, text));
  }

  /**
   * Reads all documents of a file.
   *
   * @param file its name, for positions
   * @param bytes its content, UTF-8
   * @return the documents before the first error, which goes to the diagnostics
   */
  public static List<Yaml> read(String file, byte[] bytes, Diagnostics diagnostics) {
    List<Yaml> documents = new ArrayList<>();
    try {
      YamlReader reader = new YamlReader(file, decode(file, bytes), diagnostics);
      reader.documents(documents);
    } catch (Refused e) {
      diagnostics.error(Code.YAML, e.position, e.getMessage());
    } catch (MarkedYamlEngineException e) {
      Position position =
          e.getProblemMark().map(mark -> position(file, mark)).orElse(Position.file(file));
      diagnostics.error(Code.YAML, position, "not YAML: " + problem(e));
    } catch (YamlEngineException e) {
      diagnostics.error(Code.YAML, Position.file(file), "not YAML: " + firstLine(e.getMessage()));
    }
    return documents;
  }

  private static String problem(MarkedYamlEngineException e) {
    String context = e.getContext() == null ? "" : e.getContext() + ": ";
    return context + (e.getProblem() == null ? "" : e.getProblem());
  }

  private static String firstLine(String message) {
    return message == null ? "unreadable" : message.lines().findFirst().orElse("");
  }

  private static String decode(String file, byte[] bytes) throws Refused {
    if (bytes.length > MAX_BYTES) {
      throw new Refused(
          Position.file(file),
          "the file has "
              + bytes.length
              + " bytes; a policy has at most "
              + MAX_BYTES
              + ": split it, or write what repeats as a list");
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString();
      text = text.startsWith("\uFEFF") ? text.substring(1) : text;
      refuseControlCharacters(file, text);
      return text;
    } catch (CharacterCodingException e) {
      throw new Refused(Position.file(file), "the file is not UTF-8");
    }
  }

  /** The scanner would refuse them too, but without saying where. */
  private static void refuseControlCharacters(String file, String text) throws Refused {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line++;
        column = 0;
      } else if ((c < ' ' && c != '\t' && c != '\r') || c == 0x7f || c == 0xFFFE || c == 0xFFFF) {
        throw new Refused(
            new Position(file, line, column),
            String.format("a control character (U+%04X): is this a text file?", (int) c));
      }
      column += Character.isLowSurrogate(c) ? 0 : 1;
    }
  }

  private void documents(List<Yaml> documents) throws Refused {
    while (events.hasNext()) {
      Event event = events.next();
      if (event.getEventId() == Event.ID.DocumentStart) {
        documents.add(node(events.next()));
      }
    }
  }

  private Yaml node(Event event) throws Refused {
    Position position = position(event);
    if (event instanceof AliasEvent) {
      throw new Refused(position, "aliases are not read: write the value out");
    }
    if (event instanceof NodeEvent node && node.getAnchor().isPresent()) {
      throw new Refused(position, "anchors are not read: write each value out");
    }
    if (event instanceof ScalarEvent scalar) {
      refuseTag(scalar.getTag().isPresent(), position);
      return scalar(scalar, position);
    }
    if (++depth > MAX_DEPTH) {
      throw new Refused(position, "more than " + MAX_DEPTH + " levels");
    }
    Yaml read;
    if (event instanceof SequenceStartEvent sequence) {
      refuseTag(sequence.getTag().isPresent(), position);
      read = sequence(position);
    } else {
      refuseTag(((MappingStartEvent) event).getTag().isPresent(), position);
      read = mapping(position);
    }
    depth--;
    return read;
  }

  private static void refuseTag(boolean tagged, Position position) throws Refused {
    if (tagged) {
      throw new Refused(position, "tags (!…) are not read");
    }
  }

  private Yaml sequence(Position position) throws Refused {
    List<Yaml> items = new ArrayList<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.SequenceEnd) {
      items.add(node(event));
      event = events.next();
    }
    return new Yaml.Sequence(position, items);
  }

  private Yaml mapping(Position position) throws Refused {
    List<Yaml.Entry> entries = new ArrayList<>();
    Set<String> keys = new HashSet<>();
    Event event = events.next();
    while (event.getEventId() != Event.ID.MappingEnd) {
      Position keyPosition = position(event);
      Yaml key = node(event);
      Yaml value = node(events.next());
      if (!(key instanceof Yaml.Scalar scalar) || scalar.type() != Yaml.Scalar.Type.STRING) {
        diagnostics.error(
            Code.YAML, keyPosition, "a key must be a text, and this is " + key.kind());
      } else if (!keys.add(scalar.text())) {
        diagnostics.error(
            Code.DUPLICATE, keyPosition, "the key \"" + scalar.text() + "\" stands here already");
      } else {
        entries.add(new Yaml.Entry(keyPosition, scalar.text(), value));
      }
      event = events.next();
    }
    return new Yaml.Mapping(position, entries);
  }

  private Yaml scalar(ScalarEvent event, Position position) {
    String text = event.getValue();
    if (event.getScalarStyle() != ScalarStyle.PLAIN) {
      return new Yaml.Scalar(position, Yaml.Scalar.Type.STRING, text);
    }
    return new Yaml.Scalar(position, type(text, position), text);
  }

  private Yaml.Scalar.Type type(String text, Position position) {
    if (NULLS.contains(text)) {
      return Yaml.Scalar.Type.NULL;
    }
    if (BOOLEANS.contains(text)) {
      return Yaml.Scalar.Type.BOOLEAN;
    }
    char first = text.charAt(0);
    boolean numeric =
        first <= '9' && (first >= '0' || first == '-' || first == '+' || first == '.');
    if (!numeric || text.indexOf('.') != text.lastIndexOf('.')) {
      return Yaml.Scalar.Type.STRING;
    }
    boolean integer = isInteger(text);
    if (integer && text.length() <= 18) {
      return Yaml.Scalar.Type.INTEGER;
    }
    if (integer) {
      diagnostics.error(Code.BAD_VALUE, position, text + " is too large a number");
    } else if (OTHER_BASE.matcher(text).matches()) {
      diagnostics.error(
          Code.BAD_VALUE,
          position,
          text + " is a number to YAML: write it in decimal, or in quotes if it is a text");
    } else if (FLOAT.matcher(text).matches()) {
      diagnostics.error(
          Code.BAD_VALUE,
          position,
          text + " is a number with a fraction to YAML: write it in quotes if it is a text");
    }
    return Yaml.Scalar.Type.STRING;
  }

  /** Asked of every number and address of a file, and so without a pattern. */
  private static boolean isInteger(String text) {
    int first = text.charAt(0) == '-' || text.charAt(0) == '+' ? 1 : 0;
    for (int i = first; i < text.length(); i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return text.length() > first;
  }

  private Position position(Event event) {
    Optional<Mark> mark = event.getStartMark();
    return mark.isPresent() ? position(file, mark.get()) : Position.file(file);
  }

  private static Position position(String file, Mark mark) {
    return new Position(file, mark.getLine() + 1, mark.getColumn() + 1);
  }
}
