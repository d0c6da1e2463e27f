/** Messages of the Job Declaration Protocol (SV2 6.4). */
package sluice.protocol.sv2.message.jobdeclaration;
