/** Messages of every sub-protocol, their flags and error codes (SV2 3.6). */
package sluice.protocol.sv2.message.common;
