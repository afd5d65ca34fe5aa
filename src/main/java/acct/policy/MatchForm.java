package acct.policy;

import acct.netfilter.BadValueException;
import acct.netfilter.Family;
import acct.netfilter.IcmpType;
import acct.netfilter.PortRange;
import acct.netfilter.Protocol;
import acct.netfilter.RuleParser;
import acct.netfilter.Text;
import acct.netfilter.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a key of a rule becomes in a kernel rule: how its values are read, and its words. */
public sealed interface MatchForm {
  /**
   * Reads a value strictly.
   *
   * @param shape of the key
   */
  Value read(Shape shape, String text) throws BadValueException;

  /** The only family it exists in. */
  Optional<Family> family();

  /** Dispatches by the kind of form. */
  <T> T match(Cases<T> cases);

  /** Reads a value. */
  @FunctionalInterface
  interface Reader {
    Value read(String text) throws BadValueException;
  }

  /** An option that needs no extension: {@code -s}. */
  record Core(String option, Reader reader) implements MatchForm {
    @Override
    public Value read(Shape shape, String text) throws BadValueException {
      return reader.read(text);
    }

    @Override
    public Optional<Family> family() {
      return Optional.empty();
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.core(this);
    }
  }

  /**
   * Ports: of the protocol's own match where one range stands alone, and of multiport else.
   *
   * @param single the option of the protocol's match; nothing where it has none for it
   * @param several the option of multiport
   */
  record Ports(Optional<String> single, String several) implements MatchForm {
    @Override
    public Value read(Shape shape, String text) throws BadValueException {
      return PortRange.strict(text);
    }

    @Override
    public Optional<Family> family() {
      return Optional.empty();
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.ports(this);
    }
  }

  /** The type of an ICMP message, which brings its protocol along. */
  record Icmp(Protocol protocol, Family only, String extension, String option)
      implements MatchForm {
    @Override
    public Value read(Shape shape, String text) throws BadValueException {
      return IcmpType.strict(text, only);
    }

    @Override
    public Optional<Family> family() {
      return Optional.of(only);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.icmp(this);
    }
  }

  /**
   * An option of a match extension.
   *
   * @param extension behind {@code -m}
   * @param option behind that
   * @param family the only one it exists in
   * @param needs keys that must stand in the same rule
   */
  record InExtension(String extension, String option, Optional<Family> family, List<String> needs)
      implements MatchForm {
    public InExtension {
      needs = List.copyOf(needs);
    }

    /** What iptables would refuse in the value, its own reader knows. */
    @Override
    public Value read(Shape shape, String text) throws BadValueException {
      List<String> words = new ArrayList<>();
      if (extension.equals("tcp")) {
        words.addAll(List.of("-p", "tcp"));
      }
      words.addAll(List.of("-m", extension));
      words.addAll(shape.optionWords(option, text));
      RuleParser.parse(words, family.orElse(text.indexOf(':') >= 0 ? Family.IPV6 : Family.IPV4));
      return new Text(text);
    }

    @Override
    public <T> T match(Cases<T> cases) {
      return cases.inExtension(this);
    }
  }

  /**
   * What to do for each kind.
   *
   * @param <T> what comes out
   */
  interface Cases<T> {
    T core(Core form);

    T ports(Ports form);

    T icmp(Icmp form);

    T inExtension(InExtension form);
  }
}
