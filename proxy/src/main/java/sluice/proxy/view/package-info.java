/** What is true of the farm now, folded from events. */
package sluice.proxy.view;
