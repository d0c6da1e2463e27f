/** Which upstream feeds which miners: goals, lanes, pins, failover and live switches; pure. */
package sluice.proxy.goal;
