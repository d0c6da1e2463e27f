/** Deterministic simulation: real sessions and routes between simulated pools and miners, on a virtual clock, all chance drawn from one seed. */
package sluice.simulation;
