/** A plan as text, as JSON, and as the script that carries it out. Pure. */
package acct.view;
