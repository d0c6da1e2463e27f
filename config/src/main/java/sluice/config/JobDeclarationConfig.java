package sluice.config;

/**
 * That we make the jobs for a pool ourselves.
 *
 * @param server which declarations go to, and which tokens come from
 * @param mode how much of a job the pool gets to see
 * @param paysProvider whether a coinbase provider's outputs stand behind the pool's
 */
public record JobDeclarationConfig(Sv2PoolAddress server, DeclarationMode mode, boolean paysProvider) {

    /** That pays the pool only. */
    public JobDeclarationConfig(Sv2PoolAddress server, DeclarationMode mode) {
        this(server, mode, false);
    }
}
