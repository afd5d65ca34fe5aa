/**
 * Text of others, made safe for each output format: terminals and logs, CSV, TSV, JSON, Markdown,
 * YAML, GitHub's annotations. Names, comments, file names and operands are data, and none of them
 * may move a cursor, begin a line, a cell, a link or a command of a CI system. Read {@link
 * acct.text.PrintableText} first. Pure; it knows nothing of rules and policies.
 */
package acct.text;
