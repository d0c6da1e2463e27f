package sluice.proxy.session;

import java.time.Instant;
import java.util.Optional;
import sluice.proxy.event.GatewayEvent;
import sluice.proxy.mining.extranonce.ExtranonceShape;
import sluice.proxy.mining.job.MiningJob;
import sluice.proxy.mining.profile.MinerOrigin;
import sluice.proxy.mining.profile.MinerProfile;
import sluice.proxy.mining.profile.ProfileBook;

/** The profile of one SV1 miner, by what is known of it so far, and what operators are told of it. Confined to the session. */
final class Sv1Treatment {
    private final MinerContext context;
    private final long connectionId;
    private final MinerOrigin origin;
    private String user = "";
    private String userAgent = "";
    private MinerProfile profile;
    private boolean coinbaseReported;

    Sv1Treatment(MinerContext context, long connectionId, MinerOrigin origin) {
        this.context = context;
        this.connectionId = connectionId;
        this.origin = origin;
        this.profile = context.profiles().of(origin, user, userAgent);
    }

    MinerOrigin origin() {
        return origin;
    }

    MinerProfile profile() {
        return profile;
    }

    void userAgent(String said) {
        userAgent = ProfileBook.readableUserAgent(said);
    }

    void identify(String name) {
        user = name;
        renew();
    }

    /** Looks the profile up again. Says whether it is another. */
    boolean renew() {
        MinerProfile next = context.profiles().of(origin, user, userAgent);
        if (next.equals(profile)) {
            return false;
        }
        profile = next;
        coinbaseReported = false;
        return true;
    }

    /** What operators are told of a profile that is not the common one. */
    Optional<GatewayEvent> event(Instant now) {
        return profile.names().isEmpty()
                ? Optional.empty()
                : Optional.of(new GatewayEvent.MinerProfiled(
                        now, connectionId, Sv1MinerSession.CHANNEL_ID, user, userAgent, profile));
    }

    /** What operators are told, once, where the job's coinbase is larger than the miner can take. */
    Optional<GatewayEvent> beyondBudget(MiningJob job, ExtranonceShape shape, Instant now) {
        if (coinbaseReported) {
            return Optional.empty();
        }
        int bytes = job.coinbaseSize(shape);
        coinbaseReported = profile.isBeyondBudget(bytes);
        return coinbaseReported
                ? Optional.of(new GatewayEvent.CoinbaseBeyondBudget(
                        now, connectionId, Sv1MinerSession.CHANNEL_ID, profile, bytes))
                : Optional.empty();
    }
}
