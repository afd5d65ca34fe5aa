package acct.compile;

import java.util.List;
import java.util.Optional;

/**
 * The comment {@code acct:POLICY} on a jump. It is the only mark of ownership, and it is in the
 * kernel: the chain that such a jump leads to is the policy's.
 */
public final class OwnerMark {
  private static final String PREFIX = "acct:";

  private OwnerMark() {}

  /** The mark of a policy. */
  public static String of(String owner) {
    return PREFIX + owner;
  }

  /** The policy that a rule's comments mark it with. */
  public static Optional<String> owner(List<String> comments) {
    for (String comment : comments) {
      if (isMark(comment)) {
        return Optional.of(comment.substring(PREFIX.length()));
      }
    }
    return Optional.empty();
  }

  /** The comments of a rule that are its label and not a mark. */
  public static Optional<String> label(List<String> comments) {
    for (String comment : comments) {
      if (!isMark(comment)) {
        return Optional.of(comment);
      }
    }
    return Optional.empty();
  }

  /**
   * A mark names a policy, and nothing else: {@code acct:v1:client-1} is somebody's own comment.
   */
  private static boolean isMark(String comment) {
    if (!comment.startsWith(PREFIX) || comment.length() == PREFIX.length()) {
      return false;
    }
    for (int i = PREFIX.length(); i < comment.length(); i++) {
      char c = comment.charAt(i);
      if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
        return false;
      }
    }
    return true;
  }
}
