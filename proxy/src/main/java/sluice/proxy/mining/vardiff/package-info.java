/** The policy that moves a channel's target. */
package sluice.proxy.mining.vardiff;
