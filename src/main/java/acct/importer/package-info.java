/**
 * Live chains as policies: which could be imported, and the policy that describes them. What a
 * policy can't say becomes an error with its line. Start with {@link acct.importer.Importer}. Pure.
 */
package acct.importer;
