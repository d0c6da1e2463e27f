/** Answers MiningOS's worker for DATUM gateways in the shapes that it reads, and knows it by HTTP's digest. */
package sluice.proxy.api.miningos;
