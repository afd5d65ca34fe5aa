/**
 * Plans, totals, the journal and chains for people: text, Markdown, tables. Text of others becomes
 * part of them only through {@link acct.text}. Start with {@link acct.render.PlanView}. Pure.
 */
package acct.render;
