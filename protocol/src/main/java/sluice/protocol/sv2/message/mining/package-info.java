/** Messages of the Mining Protocol (SV2 5.3). */
package sluice.protocol.sv2.message.mining;
