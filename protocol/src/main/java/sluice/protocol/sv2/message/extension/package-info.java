/** What the registered extensions add: negotiation (0x0001) and worker identity (0x0002). */
package sluice.protocol.sv2.message.extension;
