/** This machine: its iptables commands, and the rules for running them. */
package acct.host;
