package acct.cli;

import acct.compile.OwnerNames;
import acct.netfilter.BadValueException;

/** Knows whether a policy names users or groups: what they are is a matter of the host. */
final class AskedOwners implements OwnerNames {
  private final OwnerNames owners;
  private boolean asked;

  AskedOwners(OwnerNames owners) {
    this.owners = owners;
  }

  @Override
  public String number(String name, boolean group) throws BadValueException {
    asked = true;
    return owners.number(name, group);
  }

  boolean wereAsked() {
    return asked;
  }
}
