/** The Netty side: the SV2-over-Noise pipeline of both roles, and the connection to a pool. */
package sluice.upstream.netty;
