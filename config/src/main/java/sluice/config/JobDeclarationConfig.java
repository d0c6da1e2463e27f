package sluice.config;

/**
 * That we make the jobs for a pool ourselves.
 *
 * @param server which declarations go to, and which tokens come from
 * @param mode how much of a job the pool gets to see
 */
public record JobDeclarationConfig(Sv2PoolAddress server, DeclarationMode mode) {}
