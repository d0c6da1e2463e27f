/** Stratum V1: JSON lines in both directions, their typed messages, and the tolerance that deployed firmware needs. */
package sluice.protocol.sv1;
