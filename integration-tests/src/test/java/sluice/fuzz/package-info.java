/** Everything that reads bytes of others, fed with bytes that nobody would send. */
package sluice.fuzz;
