/** Messages of the Template Distribution Protocol (SV2 7). */
package sluice.protocol.sv2.message.template;
