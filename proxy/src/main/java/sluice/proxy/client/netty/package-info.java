/** Ports for SV2 clients that are no miners: who is let in, and one client's connection, whatever is spoken on it. */
package sluice.proxy.client.netty;
