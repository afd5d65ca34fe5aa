/**
 * What is found wrong, and where: findings with a code, a severity and a position, and the spelling
 * that was probably meant. What is looked for is not here: each package finds its own. Start with
 * {@link acct.diagnostic.Diagnostic}. Pure.
 */
package acct.diagnostic;
