/** What {@code bench flood} and {@code bench events} measure: honest miners beside hostile clients, and beside readers of events. */
package sluice.proxy.cli.flood;
