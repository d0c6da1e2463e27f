/** The whole over loopback: miners honest and hostile, a gateway, and pools that judge for themselves. */
package sluice.endtoend;
