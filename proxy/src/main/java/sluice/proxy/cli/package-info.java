/** The command line: what an operator types, and where the process begins and ends. */
package sluice.proxy.cli;
