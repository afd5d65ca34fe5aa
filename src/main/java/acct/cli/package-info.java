/** The command line: one class for each command, and the table they stand in. */
package acct.cli;
