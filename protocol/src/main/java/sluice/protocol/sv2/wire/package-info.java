/** Stratum V2 framing and wire types (SV2 3.1, 3.2, 3.4): bytes to values and back, with every length checked. */
package sluice.protocol.sv2.wire;
