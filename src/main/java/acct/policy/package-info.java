/**
 * The language of the operator: YAML with positions, read into typed policies. Pure: texts come in,
 * policies and diagnostics go out.
 */
package acct.policy;
