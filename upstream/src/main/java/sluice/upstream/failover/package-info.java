/** When to try an upstream again, and which. */
package sluice.upstream.failover;
