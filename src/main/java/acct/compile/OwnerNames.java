package acct.compile;

import acct.netfilter.BadValueException;

/**
 * What names of users and groups become. The kernel knows numbers only, and only the host that
 * applies a policy knows which.
 */
@FunctionalInterface
public interface OwnerNames {
  /** Leaves them as they are: for a check without a host. */
  OwnerNames LEFT = (name, group) -> name;

  /** Refuses them: a dump has numbers only, and its host may not be this one. */
  OwnerNames REFUSED =
      (name, group) -> {
        throw new BadValueException(
            "\""
                + name
                + "\" is a name, and against a dump only numbers can be compared; write its number");
      };

  /**
   * The number of a name.
   *
   * @param group whether it is a group's and not a user's
   * @throws BadValueException when there is none
   */
  String number(String name, boolean group) throws BadValueException;
}
