/** The encrypted transport of Stratum V2 (spec chapter 4): Noise NX handshake, certificates, authority keys, transport frames. */
package sluice.protocol.sv2.noise;
