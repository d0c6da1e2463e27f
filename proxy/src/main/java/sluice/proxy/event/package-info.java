/** What happened, for operators, in one sealed type. */
package sluice.proxy.event;
