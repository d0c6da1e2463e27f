/** The registry of all Stratum V2 messages, and what they have in common (SV2 3 and 8). */
package sluice.protocol.sv2.message;
