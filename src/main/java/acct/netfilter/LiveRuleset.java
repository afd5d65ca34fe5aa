package acct.netfilter;

import java.util.Optional;

/**
 * The live ruleset of a family.
 *
 * @param name of the dump or the command it comes from, for messages
 * @param backend where the dump or the host said
 */
public record LiveRuleset(Family family, Ruleset ruleset, String name, Optional<Backend> backend) {}
