package sluice.simulation;

import java.util.Optional;

/** A gateway as the rest of the simulation sees it: a port for miners, and books that can be checked. */
interface GatewaySide {
    /** Begins to take work from upstream. */
    void start();

    Port port();

    Books books();

    /** Throws unless every sum is right and every queue and map under its limit. */
    void check();

    /** Throws unless nothing is under way any more and every verdict has arrived. */
    void checkSettled();

    /** Who watched the connection that came over this link. */
    Optional<Witness> witness(int link);

    int openConnections();

    int maxConnections();

    /** Shares sent upstream that have no verdict yet. */
    long unanswered();
}
