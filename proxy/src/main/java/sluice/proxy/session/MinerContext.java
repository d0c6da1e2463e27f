package sluice.proxy.session;

import java.util.Optional;
import java.util.OptionalDouble;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.extranonce.IndexSource;
import sluice.proxy.mining.profile.ProfileBook;
import sluice.proxy.mining.share.ShareValidator;
import sluice.proxy.route.RouteReplica;

/** What the sessions of one loop share. Confined to that loop. */
public final class MinerContext {
    private final RouteReplica route;
    private final ExtranonceShape shape;
    private final IndexSource indexes;
    private final ShareValidator validator;
    private final Optional<CustomWork> customWork;
    private ProfileBook profiles;
    private OptionalDouble leastDifficulty = OptionalDouble.empty();
    private boolean versionRollingAllowed = true;

    /** Where no client may make its own jobs. */
    public MinerContext(
            RouteReplica route,
            ExtranonceShape shape,
            IndexSource indexes,
            ShareValidator validator,
            ProfileBook profiles) {
        this(route, shape, indexes, validator, profiles, Optional.empty());
    }

    /**
     * @param route what feeds a miner until it is told of another route
     * @param shape of SV1 miners; where it is a narrow one, of all
     * @param indexes the loop's part of the local extranonce indexes
     * @param customWork present where clients may make their own jobs
     */
    public MinerContext(
            RouteReplica route,
            ExtranonceShape shape,
            IndexSource indexes,
            ShareValidator validator,
            ProfileBook profiles,
            Optional<CustomWork> customWork) {
        this.route = route;
        this.shape = shape;
        this.indexes = indexes;
        this.validator = validator;
        this.profiles = profiles;
        this.customWork = customWork;
    }

    public RouteReplica route() {
        return route;
    }

    /** How the extranonce of SV1 miners is cut; where it is narrow, of all miners. */
    public ExtranonceShape shape() {
        return shape;
    }

    public IndexSource indexes() {
        return indexes;
    }

    public ShareValidator validator() {
        return validator;
    }

    /** Present where clients may make their own jobs. */
    public Optional<CustomWork> customWork() {
        return customWork;
    }

    /** How miners are treated. */
    public ProfileBook profiles() {
        return profiles;
    }

    /** The sessions that are there have to be told. */
    public void profiles(ProfileBook next) {
        profiles = next.withLeastDifficulty(leastDifficulty);
    }

    /** Below which none is chosen, whatever profiles say; empty: as they say. Sessions have to be told. */
    public void leastDifficulty(OptionalDouble difficulty) {
        leastDifficulty = difficulty;
        profiles(profiles);
    }

    /** Whether all upstreams that are known here allow a job's version to be rolled: any may feed a miner without a lane. */
    boolean versionRollingAllowed() {
        return versionRollingAllowed;
    }

    public void versionRollingAllowed(boolean now) {
        versionRollingAllowed = now;
    }
}
