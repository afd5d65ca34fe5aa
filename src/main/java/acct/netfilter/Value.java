package acct.netfilter;

import java.util.List;

/** What an option of a match is given, in one form for each meaning. */
public interface Value {
  /** The words behind the option, canonical: numeric, and accepted by every iptables version. */
  List<String> words();
}
