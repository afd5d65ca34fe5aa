package acct.netfilter;

import java.util.ArrayList;
import java.util.List;

/** {@code -s a,b -d c,d} is the product of its lists: iptables makes several rules of one line. */
final class AddressLists {
  private AddressLists() {}

  static List<String> split(String spec) {
    for (String option : List.of("-s ", "-d ")) {
      int at = spec.indexOf(option);
      int end = at < 0 ? -1 : spec.indexOf(' ', at + 3);
      String value = at < 0 ? "" : spec.substring(at + 3, end < 0 ? spec.length() : end);
      if (value.indexOf(',') > 0 && value.matches("[0-9a-f.:/,]+")) {
        List<String> all = new ArrayList<>();
        for (String one : value.split(",")) {
          String rest = end < 0 ? "" : spec.substring(end);
          all.addAll(split(spec.substring(0, at) + option + one + rest));
        }
        return all;
      }
    }
    return List.of(spec);
  }
}
