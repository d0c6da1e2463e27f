/** What {@code bench flood} measures: honest miners beside hostile clients of every kind. */
package sluice.proxy.cli.flood;
